"""What came of the posted forms: certificates typed in for many requests at once, pasted from a table, or from a file.

Whatever way they come, they are a table of certificates: its preview shows every row before anything is written.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.tables import Column as Head
from esignature import queries
from esignature.filters import OutcomeFilter
from esignature.imports import COLUMNS, IMPORTER, KEY
from esignature.models import Request
from processes import export
from processes.errors import DomainError, RuleBroken
from processes.imports import machine
from processes.models import TableImport, Verdict
from processes.paging import page_of
from processes.requests import person
from processes.turkish import fold
from processes.views.keeping import exported

ROWS = 25
MOST_TEXT = 200_000
MOST_WRONG = 50
# What is typed for each request; what is left empty there is taken from the line “for all rows”.
TYPED = ("produced_on", "delivered_on", "serial", "carrier", "valid_from", "valid_until")
SHARED = tuple(name for name in TYPED if name != "serial")
HEADS: dict[str, Head] = {column.key: column for column in COLUMNS}
PASTED = ("request", "serial", "carrier", "valid_from", "valid_until", "produced_on", "delivered_on")


def _kept(name: str) -> Any:
    """What the register has of the request's certificate already."""

    def value(one: Request) -> Any:
        certificate = getattr(one, "certificate", None)
        return (getattr(certificate, name) or None) if certificate is not None else None

    return value


SHEET = [
    export.Column("request", HEADS["request"].title, "number"),
    export.Column("registry_no", HEADS["registry_no"].title, "holder.registry_no"),
    export.Column("holder", gettext_lazy("Holder"), "holder.full_name"),
    export.Column("institution", gettext_lazy("Institution"), "holder.institution.name"),
    export.Column("kind", HEADS["kind"].title, lambda one: one.get_kind_display()),
    *(
        export.Column(name, HEADS[name].title, _kept(name), kind="date")
        for name in ("produced_on", "delivered_on")
    ),
    *(export.Column(name, HEADS[name].title, _kept(name)) for name in ("serial", "carrier")),
    *(
        export.Column(name, HEADS[name].title, _kept(name), kind="date")
        for name in ("valid_from", "valid_until")
    ),
]


class PasteForm(forms.Form):
    """Rows copied from a spreadsheet or the list Kamu SM sent."""

    rows = forms.CharField(
        label=gettext_lazy("Rows"),
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "With the heads of the table, or without them in this order: request or registry number; serial number; "
            "carrier; valid from; valid until; produced on; delivered on."
        ),
    )


@never_cache
@require_http_methods(["GET", "POST"])
def outcomes(request: HttpRequest) -> HttpResponseBase:
    """Requests at Kamu SM whose certificate is not active yet, with room to type in what came."""
    user = person(request)
    chosen = OutcomeFilter(request.GET, queryset=queries.without_outcome())
    if kind := request.GET.get("export"):
        return exported(
            kind,
            user,
            "esignature-outcomes",
            chosen.qs,
            SHEET,
            _("certificates-to-record"),
            title=_("Certificates to record"),
        )
    page = page_of(chosen.qs, ("opened_at", "pk"), request.GET.get("cursor", ""), size=ROWS)
    paste = PasteForm(request.POST if "rows" in request.POST else None)
    status, refusal, wrong = 200, "", list[str]()
    if request.method == "POST":
        try:
            text = pasted(paste) if "rows" in request.POST else typed(request.POST, page.rows)
            name = _("pasted rows.csv") if "rows" in request.POST else _("typed rows.csv")
            if text:
                table = machine.take_in(IMPORTER, io.BytesIO(text.encode()), name, scope="", by=user)
                if not table.refused_count:
                    return redirect("import-preview", KEY, table.pk)
                wrong = _wrong(table, user)
                refusal = ngettext(
                    "%(count)d row cannot be taken in; nothing was written. Correct it here, or take it out:",
                    "%(count)d rows cannot be taken in; nothing was written. Correct them here, or take them out:",
                    len(wrong),
                ) % {"count": len(wrong)}
            status = 422
        except DomainError as refused:
            status, refusal = refused.status, str(refused)
    context = {
        "filter": chosen,
        "page": page,
        "rows": [
            (one, f"take-{one.pk}" in request.POST, _grouped(_cells(one, request.POST))) for one in page.rows
        ],
        "shared": [
            {
                "name": f"all-{name}",
                "label": _title(name),
                "value": request.POST.get(f"all-{name}", ""),
                "is_day": name != "carrier",
            }
            for name in SHARED
        ],
        "heads": _grouped([{} for _name in TYPED]),
        "paste": paste,
        "refusal": refusal,
        "wrong": wrong[:MOST_WRONG],
    }
    return render(request, "esignature/outcomes.html", context, status=status)


def _wrong(table: TableImport, user: User) -> list[str]:
    """What is wrong with rows typed in here; the table is given up, for they stay on the page to be corrected."""
    rows = table.lines.filter(verdict=Verdict.REFUSED).order_by("row").values_list("row", "label", "text")
    told = [": ".join(filter(None, (label or f"{row - 1}.", text))) for row, label, text in rows]
    machine.drop(table, by=user)
    return told


def typed(data: Mapping[str, str], rows: Iterable[Request]) -> str:
    """The rows somebody ticked or typed into, as a table; what is empty in them is taken from the line for all."""
    shared = {name: data.get(f"all-{name}", "").strip() for name in SHARED}
    lines = []
    for one in rows:
        own = {name: data.get(f"{name}-{one.pk}", "").strip() for name in TYPED}
        if f"take-{one.pk}" in data or any(own[name] not in ("", _shown(one, name)) for name in TYPED):
            lines.append([one.number, *(own[name] or shared.get(name, "") for name in TYPED)])
    if not lines:
        raise RuleBroken(_("Type in at least one certificate, or tick the rows the first line is for."))
    return _written(["request", *TYPED], lines)


def pasted(form: PasteForm) -> str:
    """Pasted rows as a table; without heads they are in the order the page names."""
    if not form.is_valid():
        return ""
    text: str = form.cleaned_data["rows"].strip("\r\n")
    sign = "\t" if "\t" in text else ";"
    lines = [
        [cell.strip() for cell in line] for line in csv.reader(io.StringIO(text), delimiter=sign) if any(line)
    ]
    known = {fold(title) for head in COLUMNS for title in head.titles}
    if any(fold(cell) in known for cell in lines[0]):
        return text
    by_number = "/" in lines[0][0]
    return _written(["request" if by_number else "registry_no", *PASTED[1:]], lines)


def _written(keys: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    sheet = io.StringIO()
    writer = csv.writer(sheet, delimiter=";")
    writer.writerow([HEADS[key].title for key in keys])
    writer.writerows(line[: len(keys)] for line in lines)
    return sheet.getvalue()


def _cells(one: Request, data: Mapping[str, str]) -> list[dict[str, Any]]:
    """The inputs of one request: what was typed, else what the register has."""
    cells = []
    for name in TYPED:
        value = data.get(f"{name}-{one.pk}", _shown(one, name))
        is_day = name not in ("serial", "carrier")
        cells.append({"name": f"{name}-{one.pk}", "label": _title(name), "value": value, "is_day": is_day})
    return cells


def _grouped(cells: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Two inputs below each other in every column."""
    heads = (_("Production and delivery"), _("Number and carrier"), _("Validity"))
    return [(head, cells[2 * place : 2 * place + 2]) for place, head in enumerate(heads)]


def _shown(one: Request, name: str) -> str:
    """What an input begins with."""
    kept = _kept(name)(one)
    return kept.isoformat() if isinstance(kept, date) else str(kept or "")


def _title(name: str) -> str:
    return {
        "produced_on": _("Produced on"),
        "delivered_on": _("Delivered on"),
        "serial": _("Serial number"),
        "carrier": _("Carrier"),
        "valid_from": _("Valid from"),
        "valid_until": _("Valid until"),
    }[name]
