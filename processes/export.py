"""A list as a file: CSV, XLSX or PDF, from the same columns the page shows.

Files follow what Turkish Excel expects whatever the reader's language: semicolons, decimal commas, 23.11.2026. Only the
words of the heads are in the reader's language.
"""

from __future__ import annotations

import csv as csv_writer
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any, Literal, TypeVar

import xlsxwriter
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from processes import wording
from processes.errors import NotFound

Kind = Literal["text", "number", "percent", "date", "time", "yes_no"]
Text = str | Promise
ResponseT = TypeVar("ResponseT", bound=HttpResponseBase)

FORMATS = ("csv", "xlsx", "pdf")
CSV_MOST = 1_000_000
XLSX_MOST = 200_000
PDF_MOST = 1_000
CHUNK = 1_000
CELL_MOST = 32_000
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A cell that begins with one of these is a formula to a spreadsheet; text from outside must never be one.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
WIDTHS: dict[str, int] = {"text": 28, "number": 12, "percent": 10, "date": 12, "time": 17, "yes_no": 8}


@dataclass(frozen=True)
class Column:
    """One column of a list, on the page and in a file alike.

    `value` is a function of the row, or a path such as "applicant_institution.name"; the key when left out.
    `kind` decides how it is written: percent means 97.2, not 0.972. `sort` is the parameter the page sorts by.
    """

    key: str
    label: Text
    value: str | Callable[[Any], Any] = ""
    kind: Kind = "text"
    sort: str = ""

    def of(self, row: Any) -> Any:
        """The bare value in a row."""
        if callable(self.value):
            return self.value(row)
        for part in (self.value or self.key).split("."):
            if row is None:
                return None
            row = row.get(part) if isinstance(row, dict) else getattr(row, part)
        return row() if callable(row) else row

    def words(self, row: Any) -> Any:
        """The value as the reader of a page writes it."""
        return written(self.of(row), self.kind)


def written(value: Any, kind: Kind) -> Any:
    """A value in the reader's language; a value without a writing of its own stays as it is."""
    if value is None or value == "":
        return wording.MISSING
    if kind == "yes_no":
        return _("yes") if value else _("no")
    if kind == "percent":
        return wording.percent(value)
    if kind == "number":
        return wording.number(value)
    if kind == "time" and isinstance(value, datetime):
        return wording.full_moment(value)
    if kind in ("date", "time") and isinstance(value, date):
        return wording.full_date(value)
    return value


def respond(
    chosen: str,
    rows: Iterable[Any],
    columns: Sequence[Column],
    filename: str,
    *,
    title: Text = "",
    subtitle: Text = "",
) -> HttpResponseBase:
    """The file a reader asked for with ?export=csv, xlsx or pdf; `filename` has no ending."""
    if chosen == "csv":
        return csv(rows, columns, filename)
    if chosen == "xlsx":
        return xlsx(rows, columns, filename)
    if chosen == "pdf":
        return pdf(rows, columns, filename, title=title, subtitle=subtitle)
    raise NotFound(_("Lists can be had as CSV, XLSX or PDF."))


def csv(
    rows: Iterable[Any], columns: Sequence[Column], filename: str, *, most: int = CSV_MOST
) -> StreamingHttpResponse:
    """Text with semicolons, sent while it is read, so the length of the list costs no memory."""
    language = translation.get_language() or "tr"
    response = StreamingHttpResponse(
        _csv_lines(rows, columns, language, most), content_type="text/csv; charset=utf-8"
    )
    return _named(response, f"{filename}.csv")


def xlsx(
    rows: Iterable[Any], columns: Sequence[Column], filename: str, *, most: int = XLSX_MOST
) -> FileResponse:
    """A spreadsheet whose dates and numbers are dates and numbers; written to a file on disk row by row."""
    target = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 - the response closes it when it is sent
    with xlsxwriter.Workbook(
        target,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    ) as book:
        sheet = book.add_worksheet()
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        formats = {
            "date": book.add_format({"num_format": "dd.mm.yyyy"}),
            "time": book.add_format({"num_format": "dd.mm.yyyy hh:mm"}),
            "number": book.add_format({"num_format": "#,##0.##;-#,##0.##;0"}),
            "whole": book.add_format({"num_format": "#,##0"}),
            "percent": book.add_format({"num_format": "0.0%"}),
        }
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, WIDTHS[column.kind])
            sheet.write_string(0, place, str(column.label), head)
        shown, is_cut = 0, False
        for row in _chunked(rows, most + 1):
            if shown == most:
                is_cut = True
                break
            shown += 1
            for place, column in enumerate(columns):
                _write_cell(sheet, shown, place, column.of(row), column.kind, formats)
        sheet.autofilter(0, 0, shown, max(len(columns) - 1, 0))
        if is_cut:
            sheet.write_string(shown + 1, 0, cut_sentence(most))
    target.seek(0)
    response = FileResponse(target, content_type=XLSX_TYPE)
    return _named(response, f"{filename}.xlsx")


def pdf(
    rows: Iterable[Any],
    columns: Sequence[Column],
    filename: str,
    *,
    title: Text = "",
    subtitle: Text = "",
    most: int = PDF_MOST,
) -> HttpResponse:
    """The list on A4, across; the first `most` rows, saying so when there are more."""
    from processes.pdf import render

    taken = list(_chunked(rows, most + 1))
    is_cut = len(taken) > most
    context = {
        "title": title or filename,
        "subtitle": subtitle,
        "columns": columns,
        "lines": [[(column.kind, column.words(row)) for column in columns] for row in taken[:most]],
        "cut": cut_sentence(most) if is_cut else "",
    }
    return _named(
        HttpResponse(render("pdf/list.html", context), content_type="application/pdf"), f"{filename}.pdf"
    )


def cut_sentence(most: int) -> str:
    """What a file says that does not hold the whole list."""
    return ngettext(
        "Only the first row of this list is in this file; narrow the list to have the rest.",
        "Only the first %(count)s rows of this list are in this file; narrow the list to have the rest.",
        most,
    ) % {"count": wording.number(most)}


def safe_text(value: Any) -> str:
    """Text no spreadsheet takes for a formula."""
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def _csv_lines(rows: Iterable[Any], columns: Sequence[Column], language: str, most: int) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv_writer.writer(buffer, delimiter=";", quoting=csv_writer.QUOTE_MINIMAL, lineterminator="\r\n")

    def taken() -> str:
        text = buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        return text

    with translation.override(language):
        writer.writerow([safe_text(column.label) for column in columns])
    yield "\ufeff" + taken()
    count = 0
    source = _chunked(rows, most + 1)
    while batch := list(islice(source, CHUNK)):
        with translation.override(language):
            for row in batch[: most - count]:
                writer.writerow([_csv_cell(column.of(row), column.kind) for column in columns])
            count += len(batch)
            if count > most:
                writer.writerow([cut_sentence(most)])
        yield taken()


def _csv_cell(value: Any, kind: Kind) -> str:
    if value is None:
        return ""
    if kind == "yes_no":
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%d.%m.%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d.%m.%Y")
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return str(value).replace(".", ",")
    return safe_text(value)


def _write_cell(sheet: Any, line: int, place: int, value: Any, kind: Kind, formats: dict[str, Any]) -> None:
    if value is None or value == "":
        return
    if kind == "yes_no":
        sheet.write_string(line, place, _("yes") if value else _("no"))
    elif isinstance(value, datetime):
        moment = timezone.localtime(value).replace(tzinfo=None, microsecond=0)
        sheet.write_datetime(line, place, moment, formats["time"])
    elif isinstance(value, date):
        sheet.write_datetime(line, place, value, formats["date"])
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        if kind == "percent":
            sheet.write_number(line, place, float(Decimal(str(value)) / 100), formats["percent"])
        else:
            sheet.write_number(line, place, value, formats["whole" if isinstance(value, int) else "number"])
    else:
        sheet.write_string(line, place, str(value)[:CELL_MOST])


def _chunked(rows: Iterable[Any], most: int) -> Iterator[Any]:
    """The rows one by one; a query is read in portions through a cursor of the database."""
    source = rows.iterator(chunk_size=CHUNK) if isinstance(rows, QuerySet) else iter(rows)
    return islice(source, most)


def _named(response: ResponseT, filename: str) -> ResponseT:
    response["Content-Disposition"] = content_disposition_header(True, filename)
    return response
