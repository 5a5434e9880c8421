"""Excel workbooks read part by part: no formula is worked out, nothing is unfolded beyond a limit, no program is run."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError, fromstring
from django.utils.translation import gettext as _

from accounts.tables.columns import Odd, RawRow, UnreadableTable

MOST_PARTS = 2_000
MOST_UNFOLDED = 200 * 1024 * 1024
SMALL_PART = 4 * 1024 * 1024
CHUNK = 1 << 18
MOST_CELLS = 256  # in a row; what stands further right is passed over
EXACT = 10**15
_DATE_FORMATS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_DATE_SIGNS = re.compile(r"[ymdhs]", re.IGNORECASE)
_NO_SIGNS = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.')
_COLUMN_LETTERS = re.compile(r"[A-Z]{1,3}")
_RANGE = re.compile(r"[A-Z]{1,3}([0-9]{1,7}):[A-Z]{1,3}([0-9]{1,7})\Z")


@dataclass(frozen=True)
class Sheet:
    """One sheet that people see when they open the workbook."""

    name: str
    part: str


@dataclass(frozen=True)
class _Book:
    """What cells refer to: texts kept once, which formats are dates, and the day dates are counted from."""

    texts: list[str]
    dates: frozenset[int]
    begins: datetime


class Workbook:
    """An opened workbook; `sheets` are those that are not hidden, in their order."""

    def __init__(self, package: zipfile.ZipFile) -> None:
        self._package = package
        self.merged: list[tuple[int, int]] = []
        main = self._small("xl/workbook.xml")
        targets = self._targets()
        self.sheets = [
            Sheet(sheet.get("name", ""), part)
            for sheet in _all(main, "sheet")
            if sheet.get("state", "visible") == "visible" and (part := targets.get(_relation(sheet), ""))
        ]
        is_1904 = any(one.get("date1904") in {"1", "true"} for one in _all(main, "workbookPr"))
        begins = datetime(1904, 1, 1) if is_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 - a day has no zone
        self._book = _Book(self._shared_texts(), self._date_styles(), begins)

    def rows(self, sheet: Sheet) -> Iterator[RawRow]:
        """The rows of a sheet as they are read, blank ones left out. Merged areas are known only at the end (`merged`)."""
        reader = _SheetReader(self._book)
        for _piece in self._fed(sheet.part, reader):
            yield from reader.taken()
        self.merged = reader.merged

    def _fed(self, part: str, reader: _PartReader) -> Iterator[None]:
        """Push a part through a parser, piece by piece."""
        parser = DefusedXMLParser(target=reader, forbid_dtd=True)
        # Straight to the reader: half a million cells are heard without a tree being built of them.
        expat: Any = parser.parser
        expat.StartElementHandler = reader.start
        expat.EndElementHandler = reader.end
        expat.CharacterDataHandler = reader.text
        with self._package.open(part) as source:
            while piece := source.read(CHUNK):
                parser.feed(piece)
                yield
        parser.close()
        yield

    def _small(self, part: str) -> Any:
        """A part that is small in every honest workbook, as a tree."""
        if self._package.getinfo(part).file_size > SMALL_PART:
            raise _damaged()
        return fromstring(self._package.read(part), forbid_dtd=True)

    def _targets(self) -> dict[str, str]:
        """The parts the workbook refers to, by the name of the reference."""
        parts = set(self._package.namelist())
        found = {}
        for relation in self._small("xl/_rels/workbook.xml.rels"):
            target = relation.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            if path in parts:
                found[relation.get("Id", "")] = path
        return found

    def _shared_texts(self) -> list[str]:
        part = "xl/sharedStrings.xml"
        if part not in self._package.namelist():
            return []
        reader = _TextsReader()
        for _piece in self._fed(part, reader):
            pass
        return reader.texts

    def _date_styles(self) -> frozenset[int]:
        """The styles under which Excel shows a number as a day or a time."""
        part = "xl/styles.xml"
        if part not in self._package.namelist():
            return frozenset()
        tree = self._small(part)
        own = {
            int(one.get("numFmtId", "-1"))
            for one in _all(tree, "numFmt")
            if _DATE_SIGNS.search(_NO_SIGNS.sub("", one.get("formatCode", "")))
        }
        dates = own | _DATE_FORMATS
        cells = next(_all(tree, "cellXfs"), ())
        return frozenset(
            place for place, style in enumerate(cells) if int(style.get("numFmtId", "0")) in dates
        )


class _PartReader:
    """Hears the elements of a part, one after the other. Attributes come as name, value, name, value."""

    def start(self, tag: str, attributes: list[str]) -> None:
        """An element begins."""

    def end(self, tag: str) -> None:
        """An element ends."""

    def text(self, text: str) -> None:
        """What stands between."""


class _TextsReader(_PartReader):
    """Texts that several cells share; what is only a reading aid (rPh) is passed over."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._parts: list[str] = []
        self._listens = False
        self._is_aid = False

    def start(self, tag: str, attributes: list[str]) -> None:
        name = tag.rpartition("}")[2]
        if name == "t":
            self._listens = not self._is_aid
        elif name == "si":
            self._parts = []
        elif name == "rPh":
            self._is_aid = True

    def end(self, tag: str) -> None:
        name = tag.rpartition("}")[2]
        if name == "t":
            self._listens = False
        elif name == "si":
            self.texts.append("".join(self._parts))
        elif name == "rPh":
            self._is_aid = False

    def text(self, text: str) -> None:
        if self._listens:
            self._parts.append(text)


class _SheetReader(_PartReader):
    """The cells of a sheet, row by row."""

    def __init__(self, book: _Book) -> None:
        self.merged: list[tuple[int, int]] = []
        self._book = book
        self._rows: list[RawRow] = []
        self._row = RawRow(0, [])
        self._place = -1
        self._type, self._style = "", 0
        self._value: list[str] = []
        self._has_formula = self._listens = self._is_aid = False
        self._names: dict[str, str] = {}
        self._places: dict[str, int] = {}

    def taken(self) -> list[RawRow]:
        """The rows finished since it was asked last."""
        rows, self._rows = self._rows, []
        return rows

    def start(self, tag: str, attributes: list[str]) -> None:
        name = self._names.get(tag) or self._names.setdefault(tag, tag.rpartition("}")[2])
        if name == "c":
            given = dict(zip(attributes[::2], attributes[1::2], strict=True))
            self._place = self._place_of(given.get("r", ""))
            self._type, self._style = given.get("t", "n"), int(given.get("s", "0"))
            self._value.clear()
            self._has_formula = False
        elif name == "v" or name == "t":
            self._listens = not self._is_aid
        elif name == "f":
            self._has_formula = True
        elif name == "row":
            given = dict(zip(attributes[::2], attributes[1::2], strict=True))
            self._row = RawRow(int(given.get("r", self._row.number + 1)), [])
            self._place = -1
        elif name == "rPh":
            self._is_aid = True
        elif name == "mergeCell":
            self._merge(dict(zip(attributes[::2], attributes[1::2], strict=True)).get("ref", ""))

    def end(self, tag: str) -> None:
        name = self._names[tag]
        if name == "v" or name == "t":
            self._listens = False
        elif name == "c":
            if (self._value or self._has_formula) and self._place < MOST_CELLS:
                self._put()
        elif name == "row":
            if self._row.odd or not self._row.is_blank:
                self._rows.append(self._row)
        elif name == "rPh":
            self._is_aid = False

    def text(self, text: str) -> None:
        if self._listens:
            self._value.append(text)

    def _place_of(self, reference: str) -> int:
        letters = reference.rstrip("0123456789")
        place = self._places.get(letters)
        if place is None:
            if not _COLUMN_LETTERS.fullmatch(letters):
                return self._place + 1
            place = 0
            for letter in letters:
                place = place * 26 + ord(letter) - 64
            place -= 1
            self._places[letters] = place
        return place

    def _put(self) -> None:
        """The finished cell, at its place in the row."""
        text, odd = self._read("".join(self._value))
        texts = self._row.texts
        if len(texts) < self._place:
            texts.extend([""] * (self._place - len(texts)))
        if len(texts) == self._place:
            texts.append(text)
        else:
            texts[self._place] = text
        if self._has_formula:
            self._row.odd[self._place] = "formula"
        elif odd is not None:
            self._row.odd[self._place] = odd

    def _read(self, value: str) -> tuple[str, Odd | None]:
        kind = self._type
        if kind == "s":
            return self._book.texts[int(value)], None
        if kind in ("inlineStr", "str"):
            return value, None
        if kind == "b":
            return value, None
        if kind == "e":
            return value, "error"
        if kind == "d":
            return value[:10], "date"
        return self._number(value.strip())

    def _number(self, value: str) -> tuple[str, Odd | None]:
        """A number as it would be typed; a day where the cell is formatted as one."""
        if not value:
            return "", None
        number = float(value)
        if self._style in self._book.dates:
            try:
                return (self._book.begins + timedelta(days=number)).date().isoformat(), "date"
            except OverflowError:
                return value, "error"
        if abs(number) >= EXACT:
            return value, "inexact"
        return (str(int(number)) if number.is_integer() else str(number)), "number"

    def _merge(self, reference: str) -> None:
        found = _RANGE.match(reference)
        if found:
            self.merged.append((int(found[1]), int(found[2])))


@contextmanager
def opened(file: BinaryIO) -> Iterator[Workbook]:
    """The workbook in a file; whatever is wrong with it, now or while it is read, is one sentence."""
    try:
        with zipfile.ZipFile(file) as package:
            _examine(package)
            yield Workbook(package)
    except (
        *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError),
        *(ParseError, DefusedXmlException, KeyError, IndexError, ValueError, OverflowError),
    ) as error:
        raise _damaged() from error


def _examine(package: zipfile.ZipFile) -> None:
    """Refuse what is no plain workbook before anything in it is read.

    What a part says of its size holds: nothing beyond it is ever unfolded.
    """
    parts = package.infolist()
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names:
        raise UnreadableTable(
            _("This is neither a CSV nor an Excel (.xlsx) file. Save the table as .xlsx and send it again."),
            status=415,
        )
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise UnreadableTable(
            _("The workbook carries macros. Save it as .xlsx, without macros, and send it again."), status=415
        )
    if any(part.flag_bits & 0x1 for part in parts):
        raise UnreadableTable(
            _("The workbook is locked with a password. Save it without one and send it again."), status=415
        )
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNFOLDED:
        raise UnreadableTable(
            _("The workbook unfolds to more than is read here. Copy the table alone into a new workbook."),
            status=413,
        )


def _damaged() -> UnreadableTable:
    return UnreadableTable(
        _("The workbook is damaged or incomplete. Open it in Excel, save it anew and send it again.")
    )


def _all(tree: Any, name: str) -> Iterator[Any]:
    """Every element of that name, in whichever of the two namespaces."""
    return (one for one in tree.iter() if one.tag.rpartition("}")[2] == name)


def _relation(sheet: Any) -> str:
    """The name of the reference to the sheet's part."""
    return next((value for name, value in sheet.attrib.items() if name.endswith("}id")), "")
