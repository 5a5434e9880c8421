"""Taking in a table: hand in the file, look at what every row would do, decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from audit import trail
from processes import export
from processes.errors import DomainError
from processes.imports import Importer, importer_for, machine, template
from processes.models import ImportState, TableImport, Verdict
from processes.paging import page_of
from processes.requests import person

ROWS = 100
RECENT = 10
MOST_OFFERS = 500
REFUSED = [
    export.Column("row", gettext_lazy("Row"), "row", kind="number"),
    export.Column("label", gettext_lazy("Who or what"), "label"),
    export.Column("text", gettext_lazy("Why it was refused"), "text"),
]


class TableInput(forms.FileInput):
    """One file, chosen or dropped."""

    layout = "file"


class TableForm(forms.Form):
    """The file to be looked at."""

    file = forms.FileField(
        label=gettext_lazy("Table (XLSX or CSV)"),
        widget=TableInput(attrs={"accept": ".xlsx,.csv,.txt"}),
        error_messages={"required": gettext_lazy("Choose a file.")},
    )


@never_cache
@require_http_methods(["GET", "POST"])
def import_new(request: HttpRequest, key: str) -> HttpResponse:
    """Hand a table in; nothing is written before the preview was seen."""
    user = person(request)
    importer = importer_for(key, user)
    scope = request.GET.get("scope", "").replace("\x00", "")[:100]
    title = importer.scope_title(scope, user)
    form = TableForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                table = machine.take_in(importer, upload.file, upload.name or "", scope=scope, by=user)
            except DomainError as refusal:
                form.add_error("file", str(refusal))
                status = refusal.status
            else:
                return redirect("import-preview", key, table.pk)
    context = {
        "importer": importer,
        "scope": scope,
        "scope_title": title,
        "form": form,
        "columns": [(column, template.meaning_of(column)) for column in importer.columns],
        "recent": TableImport.objects.filter(kind=key, scope=scope, by=user)[:RECENT],
    }
    return render(request, "processes/imports/new.html", context, status=status)


@require_safe
def import_template(request: HttpRequest, key: str) -> HttpResponseBase:
    """An empty table with the heads."""
    return template.workbook(importer_for(key, person(request)))


@never_cache
@require_http_methods(["GET", "POST"])
def import_preview(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Every row with what it would do, and the decision."""
    user = person(request)
    importer = importer_for(key, user)
    table = machine.table_for(importer, pk, user)
    if request.method == "POST":
        return _decided(request, importer, table)
    shown = request.GET.get("show", "")
    shown = shown if shown in Verdict.values else ""
    lines = table.lines.filter(verdict=shown) if shown else table.lines.all()
    offers = machine.offers_of(importer, table, user)
    page = page_of(lines, ("row", "pk"), request.GET.get("cursor", ""), size=ROWS)
    context = {
        "importer": importer,
        "table": table,
        "scope_title": importer.scope_title(table.scope, user),
        "is_open": table.state == ImportState.PREVIEWED,
        "page": page,
        "lines": [(line, importer.label_of(line.verdict)) for line in page.rows],
        "tabs": _tabs(importer, table, shown),
        "counts": [(importer.label_of(verdict), count) for verdict, count in table.counts.items()],
        "before": machine.same_file_before(table),
        "offers": offers[:MOST_OFFERS],
        "more_offers": max(0, len(offers) - MOST_OFFERS),
        "again_url": _new_url(table),
        "done_url": importer.done_url(table.scope),
        "count": table.new_count + table.changed_count,
        "submit": importer.submit,
    }
    return render(request, "processes/imports/preview.html", context)


@require_safe
def import_refused(request: HttpRequest, key: str, pk: int) -> HttpResponseBase:
    """The refused rows with their reasons, as a file to correct the table by."""
    user = person(request)
    table = machine.table_for(importer_for(key, user), pk, user)
    trail.record(table, "exported")
    lines = table.lines.filter(verdict=Verdict.REFUSED).order_by("row", "pk")
    return export.csv(lines, REFUSED, _("refused rows"))


def _decided(request: HttpRequest, importer: Importer, table: TableImport) -> HttpResponse:
    user = person(request)
    try:
        if "drop" in request.POST:
            machine.drop(table, by=user)
            messages.success(request, _("The table was not taken in; its rows were forgotten."))
            return redirect(_new_url(table))
        done = machine.confirm(importer, table, by=user, ticked=request.POST.getlist("ticked"))
    except DomainError as refusal:
        trail.refused(table, refusal.code)
        messages.error(request, str(refusal))
        return redirect("import-preview", importer.key, table.pk)
    messages.success(request, machine.told(importer, done))
    return redirect(importer.done_url(table.scope))


def _new_url(table: TableImport) -> str:
    address = reverse("import-new", args=(table.kind,))
    return f"{address}?{urlencode({'scope': table.scope})}" if table.scope else address


def _tabs(importer: Importer, table: TableImport, shown: str) -> list[dict[str, Any]]:
    """All rows, then those of each verdict there are."""
    counts = table.counts
    rows: list[tuple[str, Any, int]] = [("", _("All rows"), sum(counts.values()))]
    rows += [(verdict.value, importer.label_of(verdict), counts[verdict]) for verdict in Verdict]
    return [
        {
            "label": label,
            "url": f"?show={value}" if value else "?",
            "count": count,
            "is_current": value == shown,
        }
        for value, label, count in rows
    ]
