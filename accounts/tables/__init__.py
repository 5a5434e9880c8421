"""Tables people hand in: CSV and Excel files read safely, with a sentence for everything that is not taken in.

`read` knows the columns it expects and finds them by their heads, in any order, with or without Turkish letters. What
is wrong with a whole file is one `UnreadableTable`; what is wrong with a row is a `Refusal` that names row and column,
and the other rows are read on. All values are text: leading zeros count, days are `2026-11-22`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import BinaryIO

from django.utils.translation import gettext as _

from accounts.tables import text, workbook
from accounts.tables.columns import (
    SEARCHED_FOR_HEADS,
    Column,
    Heads,
    RawRow,
    Refusal,
    Row,
    UnreadableTable,
    expected,
    heads_among,
    understood,
)

__all__ = ["LARGEST", "MOST_ROWS", "Column", "Refusal", "Row", "Table", "UnreadableTable", "read"]

LARGEST = 50 * 1024 * 1024
MOST_ROWS = 50_000


@dataclass
class Table:
    """What was read. A row with a refusal is not among the rows; numbers are those Excel shows beside them.

    `ignored` are heads nobody asked for: their columns were passed over.
    """

    rows: list[Row] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    ignored: tuple[str, ...] = ()

    @property
    def refused_rows(self) -> set[int]:
        """The rows with at least one refusal."""
        return {refusal.row for refusal in self.refusals}


def read(file: BinaryIO, name: str, columns: Sequence[Column], *, most_rows: int = MOST_ROWS) -> Table:
    """The rows of a CSV or Excel file under the columns expected; UnreadableTable for a file that is no such table.

    `name` is as the sender gave it; it is not believed, the content tells what the file is.
    """
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    if size > LARGEST:
        raise UnreadableTable(
            _("The file is larger than %(megabytes)d MB. Send fewer rows at a time.")
            % {"megabytes": LARGEST // 2**20},
            status=413,
        )
    if not size:
        raise UnreadableTable(_("The file is empty."))
    start = file.read(8)
    file.seek(0)
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableTable(
            _(
                "This is an old Excel file (.xls), or one locked with a password. "
                "Save it as .xlsx without a password and send it again."
            ),
            status=415,
        )
    if start.startswith(b"PK"):
        with workbook.opened(file) as book:
            return _of_workbook(book, columns, most_rows)
    return _table(text.rows_of(file, columns), columns, most_rows, is_text=True)


def _of_workbook(book: workbook.Workbook, columns: Sequence[Column], most_rows: int) -> Table:
    """The one sheet that has the heads; the others may hold explanations."""
    wanted = []
    refused: UnreadableTable | None = None
    for sheet in book.sheets:
        try:
            if heads_among(list(islice(book.rows(sheet), SEARCHED_FOR_HEADS)), columns) is not None:
                wanted.append(sheet)
        except UnreadableTable as refusal:
            refused = refused or refusal
    if len(wanted) > 1:
        raise UnreadableTable(
            _("More than one sheet holds such a table: %(names)s. Leave only one of them in the workbook.")
            % {"names": ", ".join(sheet.name for sheet in wanted)}
        )
    if not wanted:
        raise refused or _no_heads(columns)
    table = _table(book.rows(wanted[0]), columns, most_rows)
    return _without_merged(table, book.merged)


def _without_merged(table: Table, spans: Iterable[tuple[int, int]]) -> Table:
    """Rows that merged cells run through are refused: what stands in them is not what one sees."""
    touched = {row.number for row in table.rows if any(first <= row.number <= last for first, last in spans)}
    if touched:
        sentence = _("The row has merged cells. Undo the merging and fill every cell.")
        table.rows = [row for row in table.rows if row.number not in touched]
        table.refusals += [Refusal(number, "", sentence) for number in sorted(touched)]
        table.refusals.sort(key=lambda refusal: refusal.row)
    return table


def _table(
    rows: Iterator[RawRow], columns: Sequence[Column], most_rows: int, *, is_text: bool = False
) -> Table:
    start = list(islice(rows, SEARCHED_FOR_HEADS))
    found = heads_among(start, columns)
    if found is None:
        raise _no_heads(columns)
    place, heads = found
    table = Table(ignored=heads.ignored)
    count = 0
    for row in chain(start[place + 1 :], rows):
        if row.is_blank and not row.odd:
            continue
        count += 1
        if count > most_rows:
            raise UnreadableTable(
                _("The table has more than %(count)d rows. Send it in parts.") % {"count": most_rows},
                status=413,
            )
        _take(row, heads, table, is_text=is_text)
    if not count:
        raise UnreadableTable(_("There is no row below the heads."))
    return table


def _take(row: RawRow, heads: Heads, table: Table, *, is_text: bool) -> None:
    """One row, among those taken or with what is wrong with it."""
    if is_text and len(row.texts) > heads.width and any(row.texts[heads.width :]):
        sentence = _(
            "The row has more cells than there are heads: a separator stands inside a cell without quotation marks."
        )
        table.refusals.append(Refusal(row.number, "", sentence))
        return
    taken, refusals = understood(row, heads)
    if refusals:
        table.refusals += refusals
    else:
        table.rows.append(taken)


def _no_heads(columns: Sequence[Column]) -> UnreadableTable:
    return UnreadableTable(
        _("No row with the heads of the table was found. %(expected)s") % {"expected": expected(columns)}
    )
