"""Two versions of a text side by side: which lines are new, gone or changed, and which words in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

AROUND = 2  # unchanged lines shown on each side of a change
MOST_LINES = 20_000
LONG = 1_500  # lines beyond which the comparison is the quick one
WORDS = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True)
class Span:
    """A few words of a line; `changed` when the other side does not have them."""

    text: str
    changed: bool


@dataclass(frozen=True)
class Row:
    """One line of the table: number and words on either side; `kind` is same, added, removed, changed or gap."""

    kind: str
    old_number: int | None = None
    new_number: int | None = None
    old: tuple[Span, ...] = ()
    new: tuple[Span, ...] = ()
    skipped: int = 0


@dataclass(frozen=True)
class Comparison:
    """The rows, and how many lines came, went and changed."""

    rows: tuple[Row, ...]
    added: int
    removed: int
    changed: int

    @property
    def is_same(self) -> bool:
        """Both say the same."""
        return not (self.added or self.removed or self.changed)


def compare(old: str, new: str, *, whole: bool = False) -> Comparison:
    """Compare two texts line by line; `whole` shows the unchanged lines as well."""
    before, after = _lines(old), _lines(new)
    rows = list(_rows(before, after))
    counts = {kind: sum(row.kind == kind for row in rows) for kind in ("added", "removed", "changed")}
    return Comparison(tuple(rows if whole else _shortened(rows)), **counts)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in re.split(r"[\n\f]", text) if line.strip()][:MOST_LINES]


def _rows(before: list[str], after: list[str]) -> Iterator[Row]:
    matcher = SequenceMatcher(None, before, after, autojunk=len(before) + len(after) > LONG)
    for kind, i, i_end, j, j_end in matcher.get_opcodes():
        if kind == "equal":
            for step in range(i_end - i):
                spans = (Span(before[i + step], False),)
                yield Row("same", i + step + 1, j + step + 1, spans, spans)
            continue
        for left, right in zip_longest(range(i, i_end), range(j, j_end)):
            if right is None and left is not None:
                yield Row("removed", left + 1, None, (Span(before[left], True),))
            elif left is None and right is not None:
                yield Row("added", None, right + 1, (), (Span(after[right], True),))
            elif left is not None and right is not None:
                old, new = _words(before[left], after[right])
                yield Row("changed", left + 1, right + 1, old, new)


def _words(old: str, new: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """The two sides of a changed line, word by word."""
    left, right = WORDS.findall(old), WORDS.findall(new)
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    if matcher.quick_ratio() < 0.3:
        return (Span(old, True),), (Span(new, True),)
    before, after = [], []
    for kind, i, i_end, j, j_end in matcher.get_opcodes():
        if i_end > i:
            before.append(Span("".join(left[i:i_end]), kind != "equal"))
        if j_end > j:
            after.append(Span("".join(right[j:j_end]), kind != "equal"))
    return tuple(before), tuple(after)


def _shortened(rows: list[Row]) -> Iterator[Row]:
    """Changes with a few lines around them; longer stretches of the same become one line that says how many."""
    near = {
        place + shift
        for place, row in enumerate(rows)
        if row.kind != "same"
        for shift in range(-AROUND, AROUND + 1)
    }
    skipped = 0
    for place, row in enumerate(rows):
        if place in near:
            if skipped:
                yield Row("gap", skipped=skipped)
                skipped = 0
            yield row
        else:
            skipped += 1
    if skipped:
        yield Row("gap", skipped=skipped)
