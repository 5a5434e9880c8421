"""CSV files as offices write them: whichever of the usual encodings and separators."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import BinaryIO

from django.utils.translation import gettext as _

from accounts.tables.columns import SEARCHED_FOR_HEADS, Column, RawRow, UnreadableTable, heads_among

CHUNK = 1 << 16
SEPARATORS = (";", ",", "\t", "|")
WINDOWS = "cp1254"
# Turkish letters written in UTF-8 and read as if in the Windows code page.
_TWICE_WRITTEN = tuple(letter.encode() for letter in "çğıöşüÇĞİÖŞÜâîû")


def rows_of(file: BinaryIO, columns: Sequence[Column]) -> Iterator[RawRow]:
    """The records of a file, blank ones included, so that numbers are those Excel shows."""
    encoding = _encoding(file)
    separator = _separator(file, encoding, columns)
    yield from _records(file, encoding, separator)


def _encoding(file: BinaryIO) -> str:
    """What the whole file can be read in; UTF-16 and UTF-8 with their mark, UTF-8 without, else the Windows code page."""
    start = file.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _if_readable(file, "utf-16")
    if start[1::2] == b"\0\0":
        return _if_readable(file, "utf-16-le")
    if start.lstrip().startswith((b"<", codecs.BOM_UTF8 + b"<")):
        raise UnreadableTable(
            _(
                "This is a web page under the name of a table. Open it in Excel, save it as .xlsx and send it again."
            ),
            status=415,
        )
    if start.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8", b"{\\rt")):
        raise UnreadableTable(_neither(), status=415)
    if _reads(file, "utf-8-sig"):
        return "utf-8-sig"
    return _windows(file)


def _if_readable(file: BinaryIO, encoding: str) -> str:
    if _reads(file, encoding):
        return encoding
    raise UnreadableTable(_neither(), status=415)


def _reads(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        for chunk in iter(lambda: file.read(CHUNK), b""):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _windows(file: BinaryIO) -> str:
    """The Windows code page, unless lines of the file were written in another encoding than the rest."""
    file.seek(0)
    for number, line in enumerate(file, start=1):
        try:
            line.decode("utf-8")
            is_other = not line.isascii()
        except UnicodeDecodeError:
            is_other = any(letter in line for letter in _TWICE_WRITTEN)
        if is_other:
            raise UnreadableTable(
                _(
                    "The file mixes two ways of writing Turkish letters, for example in line %(line)d. "
                    "Open it in Excel, correct the letters and save it as .xlsx."
                )
                % {"line": number}
            )
        try:
            line.decode(WINDOWS)
        except UnicodeDecodeError as error:
            raise UnreadableTable(_neither(), status=415) from error
        if b"\0" in line:
            raise UnreadableTable(_neither(), status=415)
    return WINDOWS


def _separator(file: BinaryIO, encoding: str, columns: Sequence[Column]) -> str:
    """The sign between cells: the one under which the heads are found, else the semicolon."""
    refused: UnreadableTable | None = None
    for separator in SEPARATORS:
        try:
            start = list(islice(_records(file, encoding, separator), SEARCHED_FOR_HEADS))
            found = heads_among(start, columns)
        except UnreadableTable as refusal:
            refused = refused or refusal
            continue
        if found is not None:
            return separator
    if refused is not None:
        raise refused
    return SEPARATORS[0]


def _records(file: BinaryIO, encoding: str, separator: str) -> Iterator[RawRow]:
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    number = 0
    try:
        for record in csv.reader(text, delimiter=separator, strict=True):
            number += 1
            yield RawRow(number, record)
    except csv.Error as error:
        raise UnreadableTable(
            _("Row %(row)d cannot be read: its quotation marks do not close, or a cell is far too long.")
            % {"row": number + 1}
        ) from error
    finally:
        text.detach()


def _neither() -> str:
    return _(
        "This is neither a CSV nor an Excel (.xlsx) file, or it is damaged. Save the table as .xlsx and send it again."
    )
