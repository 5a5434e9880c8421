"""The numbers Word computes for paragraphs and never writes down: “4.2”, “a)”, “Madde 3”."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
LEVELS = 9
MOST = 100_000  # no list is longer; a start beyond it is nonsense


@dataclass(frozen=True)
class Level:
    """How the paragraphs of one level are numbered; `text` holds %1 to %9 for the levels."""

    kind: str = "decimal"
    text: str = ""
    start: int = 1
    style: str = ""


@dataclass
class Scheme:
    """The numbering of a document: which list has which levels, and which styles are numbered."""

    levels: dict[str, dict[int, Level]] = field(default_factory=dict)  # by abstract list
    lists: dict[str, str] = field(default_factory=dict)  # list to abstract list
    starts: dict[tuple[str, int], int] = field(default_factory=dict)  # where a list begins anew
    styles: dict[str, tuple[str, int]] = field(default_factory=dict)  # style to list and level


def value(node: Any, name: str) -> str:
    """The value of a child such as <w:ilvl w:val="1"/>; empty when there is none."""
    child = node.find(f"{WORD}{name}") if node is not None else None
    return str(child.get(f"{WORD}val", "")) if child is not None else ""


def number(text: str, otherwise: int = 0) -> int:
    """A whole number that makes sense in a list."""
    return int(text) if text.isascii() and text.isdigit() and int(text) <= MOST else otherwise


def scheme_of(numbering: Any, styles: Any) -> Scheme:
    """Read numbering.xml and styles.xml; either may be missing."""
    found = Scheme()
    for abstract in numbering.iter(f"{WORD}abstractNum") if numbering is not None else ():
        found.levels[abstract.get(f"{WORD}abstractNumId", "")] = dict(
            map(_level, abstract.iter(f"{WORD}lvl"))
        )
    for row in numbering.iter(f"{WORD}num") if numbering is not None else ():
        key = row.get(f"{WORD}numId", "")
        found.lists[key] = value(row, "abstractNumId")
        for override in row.iter(f"{WORD}lvlOverride"):
            if start := value(override, "startOverride"):
                found.starts[key, number(override.get(f"{WORD}ilvl", ""))] = number(start, 1)
    if styles is not None:
        rows = {one.get(f"{WORD}styleId", ""): one for one in styles.iter(f"{WORD}style")}
        found.styles = {key: place for key in rows if (place := _of_style(found, rows, key))}
    return found


def _level(node: Any) -> tuple[int, Level]:
    place = number(node.get(f"{WORD}ilvl", ""))
    start = number(value(node, "start"), 1)
    return place, Level(value(node, "numFmt"), value(node, "lvlText"), start, value(node, "pStyle"))


def _of_style(scheme: Scheme, rows: Mapping[str, Any], key: str) -> tuple[str, int] | None:
    """The list a style numbers its paragraphs by, its own or that of the style it is based on."""
    at, seen = key, set[str]()
    while at in rows and at not in seen:
        seen.add(at)
        given = rows[at].find(f"{WORD}pPr/{WORD}numPr")
        if given is not None:
            name = value(given, "numId")
            levels = scheme.levels.get(scheme.lists.get(name, ""), {})
            by_style = next((place for place, level in levels.items() if level.style in (key, at)), 0)
            return (name, number(value(given, "ilvl"), by_style)) if name != "0" else None
        at = value(rows[at], "basedOn")
    return None


class Counter:
    """Counts through a document from its first paragraph to its last."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        self.counts: dict[str, list[int | None]] = {}
        self.begun: set[tuple[str, int]] = set()

    def label(self, paragraph: Any) -> str:
        """What Word would print before this paragraph; empty for a bullet and for one without a number."""
        place = self._place(paragraph)
        if place is None:
            return ""
        name, at = place
        abstract = self.scheme.lists.get(name, "")
        levels = self.scheme.levels.get(abstract, {})
        level = levels.get(at)
        if level is None or level.kind == "bullet":
            return ""
        counts = self.counts.setdefault(abstract, [None] * LEVELS)
        before = counts[at]
        counts[at] = level.start if before is None else before + 1
        if (name, at) in self.scheme.starts and (name, at) not in self.begun:
            counts[at] = self.scheme.starts[name, at]
        self.begun.add((name, at))
        counts[at + 1 :] = [None] * (LEVELS - at - 1)
        text = level.text
        for one in range(at + 1):
            shown = levels.get(one, Level())
            count = counts[one] if counts[one] is not None else shown.start
            text = text.replace(f"%{one + 1}", written(count or 0, shown.kind))
        return text.strip()

    def _place(self, paragraph: Any) -> tuple[str, int] | None:
        properties = paragraph.find(f"{WORD}pPr")
        given = properties.find(f"{WORD}numPr") if properties is not None else None
        of_style = self.scheme.styles.get(value(properties, "pStyle"))
        if given is None:
            return of_style
        name = value(given, "numId") or (of_style[0] if of_style else "")
        at = number(value(given, "ilvl"), of_style[1] if of_style else 0)
        return (name, at) if name and name != "0" and at < LEVELS else None


def written(count: int, kind: str) -> str:
    """A count as the level writes it."""
    if kind == "none":
        return ""
    if kind == "decimalZero":
        return f"{count:02d}"
    if kind in ("lowerLetter", "upperLetter") and count > 0:
        text = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return text.upper() if kind == "upperLetter" else text
    if kind in ("lowerRoman", "upperRoman") and 0 < count < 4000:
        text = ""
        for worth, sign in ROMAN:
            while count >= worth:
                text, count = text + sign, count - worth
        return text.upper() if kind == "upperRoman" else text
    return str(count)
