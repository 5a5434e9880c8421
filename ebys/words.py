"""Placeholders of rooms: what a letter of one sub-process can say that those of the others cannot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from ebys.wording import PLACEHOLDERS
from processes.models import Case


@dataclass(frozen=True)
class Words:
    """The placeholders of one room: what each stands for, and how they are filled in for a case."""

    names: Mapping[str, str | Promise]
    fill: Callable[[Any], Mapping[str, str]]


_offered: dict[str, Words] = {}


def offer(number: str, names: Mapping[str, str | Promise], fill: Callable[[Any], Mapping[str, str]]) -> None:
    """Let the templates of a sub-process use these placeholders; called once from its AppConfig.ready().

    `fill` is given the engine's case and answers a text for each name.
    """
    _offered[number] = Words(names, fill)


def known_in(number: str) -> frozenset[str]:
    """Every placeholder a template of this sub-process may use."""
    own = _offered.get(number)
    return PLACEHOLDERS | frozenset(own.names if own else ())


def explained() -> list[tuple[str, str, str]]:
    """Sub-process, placeholder and meaning of every room's own, for whoever writes templates."""
    return [
        (number, name, str(meaning))
        for number, words in sorted(_offered.items())
        for name, meaning in words.names.items()
    ]


def of_room(case: Case) -> Mapping[str, str]:
    """What the room's placeholders stand for on this case."""
    own = _offered.get(case.official_number)
    return own.fill(case) if own else {}
