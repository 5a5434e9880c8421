"""What a table is expected to hold: its columns, how their heads are recognised, and what a cell may be."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, NamedTuple

from django.utils.translation import gettext as _

from accounts.turkish import fold

Odd = Literal["formula", "error", "date", "number", "inexact"]
DAY_FORMATS = ("%d.%m.%Y", "%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y")
SEARCHED_FOR_HEADS = 20  # a title and a date may stand above the heads
_FORMULA = re.compile(r"[=@＝＠]|[+\-＋－](?![\s\d().,/\-]*\Z)")
_OWN_GUARD = re.compile(r"'(?=[=+\-@＝＋－＠])")  # our own files write it before such a text
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffd]")


class UnreadableTable(Exception):
    """The whole file is refused: one sentence that says why and what to do. `status` is what a page answers with."""

    def __init__(self, message: str, *, status: int = 422) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


@dataclass(frozen=True)
class Column:
    """One column expected. Any of `titles` is its head, however it is spelled; the first is what messages call it.

    `required`: the column has to be there, and every row has to fill it. `digits`: a number of exactly so many digits,
    whose leading zeros Excel may have dropped. `is_date`: read into `2026-11-22`.
    """

    key: str
    titles: tuple[str, ...]
    required: bool = False
    max_length: int = 200
    digits: int = 0
    is_date: bool = False

    @property
    def title(self) -> str:
        """What messages and templates call it."""
        return str(self.titles[0])


class Row(NamedTuple):
    """One row as read: its number in the file and a text for every column expected, empty where there is none."""

    number: int
    values: dict[str, str]


class Refusal(NamedTuple):
    """Why a row was not taken: its number, the column's title and a sentence."""

    row: int
    column: str
    text: str


@dataclass
class RawRow:
    """A row before it is understood: texts by place, and what is odd about some of the cells."""

    number: int
    texts: list[str]
    odd: dict[int, Odd] = field(default_factory=dict)

    @property
    def is_blank(self) -> bool:
        """Nothing stands in it."""
        return not any(self.texts) or not any(text.strip() for text in self.texts)


@dataclass(frozen=True)
class Heads:
    """Where each column stands, how wide the row of heads is, and which heads nobody asked for."""

    places: tuple[tuple[Column, int | None], ...]
    width: int
    ignored: tuple[str, ...]


def key_of(title: str) -> str:
    """What makes two heads the same: letters and digits without case, dots and tails."""
    return "".join(sign for sign in fold(title) if sign.isalnum() or sign == "~")


def heads_among(rows: Sequence[RawRow], columns: Sequence[Column]) -> tuple[int, Heads] | None:
    """The row that holds the heads and where the columns stand; None when no row has one of them.

    Raises UnreadableTable when columns are missing, or stand there twice.
    """
    by_key = {key_of(title): column for column in columns for title in column.titles}
    best, most = None, 0
    for place, row in enumerate(rows):
        fits = len({by_key[key].key for text in row.texts if (key := key_of(text)) in by_key})
        if fits > most:
            best, most = place, fits
    if best is None:
        return None
    return best, _placed(rows[best], by_key, columns)


def _placed(row: RawRow, by_key: dict[str, Column], columns: Sequence[Column]) -> Heads:
    places: dict[str, int] = {}
    ignored = []
    for place, text in enumerate(row.texts):
        column = by_key.get(key_of(text))
        if column is None:
            if text.strip():
                ignored.append(text.strip()[:60])
        elif column.key in places:
            raise UnreadableTable(
                _("The column “%(title)s” stands in the table twice. %(expected)s")
                % {"title": column.title, "expected": expected(columns)}
            )
        else:
            places[column.key] = place
    missing = [column.title for column in columns if column.required and column.key not in places]
    if missing:
        raise UnreadableTable(
            _("The table lacks these columns: %(missing)s. %(expected)s")
            % {"missing": ", ".join(missing), "expected": expected(columns)}
        )
    found = tuple((column, places.get(column.key)) for column in columns)
    return Heads(found, len(row.texts), tuple(ignored))


def expected(columns: Sequence[Column]) -> str:
    """The sentence that lists what a table may hold."""
    needed = ", ".join(column.title for column in columns if column.required)
    others = ", ".join(column.title for column in columns if not column.required)
    if not others:
        return _("Expected columns: %(needed)s.") % {"needed": needed}
    if not needed:
        return _("Expected columns, as far as there are any: %(others)s.") % {"others": others}
    return _("Expected columns: %(needed)s; and, as far as there are any: %(others)s.") % {
        "needed": needed,
        "others": others,
    }


def understood(row: RawRow, heads: Heads) -> tuple[Row, list[Refusal]]:
    """The row's values, and what is wrong with them."""
    values: dict[str, str] = {}
    refusals: list[Refusal] = []
    texts, odd, count = row.texts, row.odd, len(row.texts)
    for column, place in heads.places:
        text = texts[place] if place is not None and place < count else ""
        if text and not text.isascii():
            text = _plain(text)
        if text:
            text = " ".join(text.split())
        problem = ""
        if odd and place is not None and place in odd:
            problem = _odd_sentence(odd[place], text, column)
        elif text:
            if _FORMULA.match(text):
                problem = _("The cell begins like a formula. Write its text only.")
            elif text[0] == "'":
                text = _OWN_GUARD.sub("", text, count=1)
            if not problem and column.is_date:
                text, problem = _day(text)
        if text and not problem:
            problem = _misfit(text, column)
        if not text and not problem and column.required:
            problem = _("This has to be filled in.")
        if problem:
            refusals.append(Refusal(row.number, column.title, problem))
        values[column.key] = text
    return Row(row.number, values), refusals


def _plain(text: str) -> str:
    """Composed letters, without the invisible marks that copying from web pages leaves behind."""
    text = unicodedata.normalize("NFC", text)
    if text.isprintable():
        return text
    return "".join(sign for sign in text if unicodedata.category(sign) != "Cf")


def _misfit(text: str, column: Column) -> str:
    if _CONTROL.search(text):
        return _("The cell holds signs that are no text.")
    if len(text) > column.max_length:
        return _("This is longer than %(count)d characters.") % {"count": column.max_length}
    return ""


def _odd_sentence(odd: Odd, text: str, column: Column) -> str:
    """What is wrong with a cell that Excel keeps as something else than text; empty when it may stand."""
    if odd == "formula":
        return _("The cell holds a formula. Paste its value only.")
    if odd == "error":
        return _("The cell shows an error of Excel.")
    if odd == "inexact":
        return _("Excel kept this number inexactly. Format the column as text and enter it again.")
    if odd == "date":
        return (
            ""
            if column.is_date
            else _("Excel turned this cell into a date. Format the column as text and enter it again.")
        )
    if column.is_date:
        return _("This is a number and no date.")
    if column.digits and len(text) < column.digits:
        return _(
            "Excel dropped the zeros at the beginning of this number. Format the column as text and enter it again."
        )
    return ""


def _day(text: str) -> tuple[str, str]:
    """A day as we write it, and what is wrong when it is none; a time after it is passed over."""
    word = text.split(" ")[0].split("T")[0]
    for pattern in DAY_FORMATS:
        try:
            day = datetime.strptime(word, pattern).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        if day >= date(1900, 1, 1):
            return day.isoformat(), ""
    return text, _("This is no date. Write it like 22.11.2026.")
