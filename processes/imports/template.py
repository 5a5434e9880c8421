"""The empty workbook people fill in: one sheet with the heads, one that says what each column takes."""

from __future__ import annotations

import tempfile

import xlsxwriter
from django.http import FileResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from processes.export import XLSX_TYPE
from processes.imports import Column, Importer

WIDTH = 22


def workbook(importer: Importer) -> FileResponse:
    """An empty table of this kind. Cells are text, so that Excel leaves zeros and numbers as they are typed."""
    target = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115 - the response closes it when it is sent
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        needed = book.add_format({"bold": True, "bottom": 2, "text_wrap": True, "valign": "top"})
        other = book.add_format({"bottom": 1, "text_wrap": True, "valign": "top"})
        text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(_("Table"))
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(importer.columns):
            sheet.set_column(place, place, WIDTH, text)
            sheet.write_string(0, place, column.title, needed if column.required else other)
        notes = book.add_worksheet(_("Explanation"))
        notes.set_column(0, 0, WIDTH, text)
        notes.set_column(1, 1, 4 * WIDTH)
        for line, column in enumerate(importer.columns):
            notes.write_string(line, 0, column.title, needed if column.required else other)
            notes.write_string(line, 1, meaning_of(column))
        if importer.hint:
            notes.write_string(len(importer.columns) + 1, 1, str(importer.hint))
    target.seek(0)
    response = FileResponse(target, content_type=XLSX_TYPE)
    response["Content-Disposition"] = content_disposition_header(True, f"{importer.key}.xlsx")
    return response


def meaning_of(column: Column) -> str:
    """What a column takes, in words."""
    words = [_("has to be filled in") if column.required else _("may be left empty")]
    if column.is_date:
        words.append(_("a day, like 22.11.2026"))
    elif column.digits:
        words.append(_("%(count)d digits, entered as text") % {"count": column.digits})
    else:
        words.append(_("at most %(count)d characters") % {"count": column.max_length})
    return "; ".join(words)
