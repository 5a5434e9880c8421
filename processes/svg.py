"""The parts a drawing is made of: each has a class for the page and, for paper, attributes the class outranks."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

# How a part looks on paper. On the page the style sheet says otherwise: it outranks these attributes.
PAINT: dict[str, str] = {
    "chart__grid": 'stroke="#ddd"',
    "chart__axis": 'stroke="#777"',
    "chart__goal": 'stroke="#805300" stroke-width="1.5" stroke-dasharray="5 4"',
    "chart__goal-word": 'fill="#805300"',
    "chart__word": 'fill="#444"',
    "chart__value": 'fill="#111"',
    "chart__inside": 'fill="#fff"',
    "chart__bar--1": 'fill="#0b6b6b"',
    "chart__bar--2": 'fill="#6d7f86"',
    "chart__bar--3": 'fill="#9cc9c4"',
    "chart__bar--4": 'fill="#b5bfc2"',
    "chart__bar--late": 'fill="#b3261e"',
    "chart__bar--soon": 'fill="#c98a12"',
    "chart__bar--calm": 'fill="#3f8453"',
    "chart__bar--none": 'fill="none" stroke="#777" stroke-dasharray="3 3"',
    "spark__line": 'fill="none" stroke="#0b6b6b" stroke-width="1.6"',
    "spark__goal": 'stroke="#777" stroke-dasharray="3 3"',
    "spark__end": 'fill="#0b6b6b"',
}


def look(name: str) -> SafeString:
    """The class of a part and how it looks where no style sheet reaches into the drawing."""
    return format_html('class="{}" {}', name, mark_safe(PAINT[name]))  # noqa: S308 - our own constants


def word(name: str, x: object, y: object, anchor: str, words: object) -> SafeString:
    """Words at a point."""
    return format_html(
        '<text {} x="{}" y="{}" text-anchor="{}" font-size="12" font-family="sans-serif">{}</text>',
        look(name),
        x,
        y,
        anchor,
        words,
    )


def line(name: str, x1: object, x2: object, y: str) -> SafeString:
    """A line across at one height."""
    return format_html('<line {} x1="{}" x2="{}" y1="{}" y2="{}"/>', look(name), x1, x2, y, y)


def at(value: float) -> str:
    """A coordinate, to a tenth."""
    return f"{value:.1f}".removesuffix(".0")


def joined(parts: Sequence[SafeString]) -> SafeString:
    """Parts one after another."""
    return format_html_join("", "{}", ((part,) for part in parts))
