"""Which institution is covered by valid certificates, and whose staff is not."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Institution
from esignature import queries
from esignature.asking import MOST
from esignature.models import Kind
from esignature.views.common import ROWS
from processes import export
from processes.errors import NotFound
from processes.paging import AFTER, BEFORE, Page, page_of
from processes.requests import person
from processes.views.keeping import exported

COLUMNS = [
    export.Column("name", gettext_lazy("Institution"), "name"),
    export.Column("staff", gettext_lazy("Staff"), "staff", kind="number"),
    export.Column("covered", gettext_lazy("With a valid certificate"), "covered", kind="number"),
    export.Column("uncovered", gettext_lazy("Without"), "uncovered", kind="number"),
    export.Column("ending", gettext_lazy("Ending within 90 days"), "ending", kind="number"),
    export.Column("share", gettext_lazy("Covered"), "share", kind="percent"),
]
STAFF = [
    export.Column("name", gettext_lazy("Name"), "full_name"),
    export.Column("title", gettext_lazy("Job title"), "title"),
    export.Column("unit", gettext_lazy("Unit"), "unit.name"),
    export.Column("registry", gettext_lazy("Registry number"), "registry_no"),
    export.Column("ended", gettext_lazy("Earlier certificate ended"), "ended", kind="date"),
    export.Column("asked", gettext_lazy("Request under way"), "asked"),
]


class KindForm(forms.Form):
    """Which kind of signature is looked at."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Kind.choices)


class CoverageForm(KindForm):
    """Which kind is looked at, and in which institutions."""

    q = forms.CharField(label=gettext_lazy("Institution"), max_length=200, required=False)


def kind_of(request: HttpRequest) -> str:
    """The kind in the address; e-signatures when none is named."""
    kind = request.GET.get("kind", Kind.ESIGN)
    return kind if kind in Kind.values else str(Kind.ESIGN)


def coverage(request: HttpRequest) -> HttpResponseBase:
    """Staff with and without a valid certificate, institution by institution, the least covered first."""
    kind, words = kind_of(request), request.GET.get("q", "")[:200].strip()
    everywhere = queries.coverage(kind)
    rows = among(everywhere, words) if words else everywhere
    title = _("Coverage: %(kind)s") % {"kind": queries.kind_label(kind)}
    if chosen := request.GET.get("export"):
        return exported(
            chosen, person(request), "esignature-coverage", rows, COLUMNS, _("coverage"), title=title
        )
    context = {
        "page": paged(rows, request.GET.get("cursor", "")),
        "columns": COLUMNS,
        "kind": kind,
        "words": words,
        "form": CoverageForm({"kind": kind, "q": words}),
        "staff": sum(one.staff for one in everywhere),
        "covered": sum(one.covered for one in everywhere),
        "ending": sum(one.ending for one in everywhere),
        "title": title,
    }
    return render(request, "esignature/coverage.html", context)


def among(rows: list[queries.Cover], words: str) -> list[queries.Cover]:
    """Those whose name fits what was typed."""
    places = set(Institution.objects.found_by(words).values_list("pk", flat=True))
    return [one for one in rows if one.pk in places]


def paged(rows: list[queries.Cover], cursor: str) -> Page[queries.Cover]:
    """A page of institutions, before or after the one the cursor names: all are counted anyway, few are printed."""
    direction, _dash, key = cursor.partition("-")
    at = next((place for place, one in enumerate(rows) if str(one.pk) == key), None)
    begin = 0
    if at is not None:
        begin = at + 1 if direction == AFTER else max(0, at - ROWS)
    shown = rows[begin : begin + ROWS]
    return Page(
        shown,
        f"{AFTER}-{shown[-1].pk}" if begin + ROWS < len(rows) else "",
        f"{BEFORE}-{shown[0].pk}" if shown and begin else "",
    )


def uncovered(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The staff of one institution who hold no valid certificate."""
    place = Institution.objects.filter(pk=pk).first()
    if place is None:
        raise NotFound(_("There is no such institution."))
    kind = kind_of(request)
    rows = queries.without_certificate(place.pk, kind)
    if chosen := request.GET.get("export"):
        listed = rows.order_by("sort_key", "pk")
        return exported(
            chosen, person(request), "esignature-uncovered", listed, STAFF, _("uncovered"), title=place.name
        )
    context = {
        "place": place,
        "page": page_of(rows, ("sort_key", "pk"), request.GET.get("cursor", ""), size=ROWS),
        "columns": STAFF,
        "kind": kind,
        "kind_label": queries.kind_label(kind),
        "most": MOST,
        "form": KindForm({"kind": kind}),
    }
    return render(request, "esignature/uncovered.html", context)
