"""Comparing an application's list of users: look at the differences, settle each."""

from __future__ import annotations

from typing import Any

import django_filters
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from processes import export, wording
from processes.errors import NotFound, RuleBroken
from processes.filters import Narrowed
from processes.requests import person
from webapps import reconciling
from webapps.models import Difference, DifferenceKind, Reconciliation, Settlement
from webapps.views.listing import shown

RUNS = [
    export.Column("made", gettext_lazy("Compared"), "made_at", kind="time"),
    export.Column("application", gettext_lazy("Application"), "application.name"),
    export.Column("file", gettext_lazy("File"), "file_name"),
    export.Column("rows", gettext_lazy("Rows"), "rows", kind="number"),
    export.Column("same", gettext_lazy("Rows that agree"), "same", kind="number"),
    export.Column("by", gettext_lazy("Compared by"), "made_by.full_name"),
]
COLUMNS = [
    export.Column("kind", gettext_lazy("Difference"), "get_kind_display"),
    export.Column("login", gettext_lazy("Registry number"), "login"),
    export.Column("name", gettext_lazy("Name"), "listed_name"),
    export.Column("role", gettext_lazy("Role"), "role_code"),
    export.Column("settled", gettext_lazy("Settled"), "get_settlement_display"),
    export.Column("reason", gettext_lazy("Reason"), "reason"),
]


class DifferenceFilter(Narrowed):
    """What the differences of a comparison can be narrowed by."""

    kind = django_filters.ChoiceFilter(
        label=gettext_lazy("Difference"), choices=DifferenceKind.choices, empty_label=gettext_lazy("All")
    )
    settled = django_filters.ChoiceFilter(
        label=gettext_lazy("Settled"),
        method="by_settled",
        empty_label=gettext_lazy("All"),
        choices=[("open", gettext_lazy("Not settled yet")), ("done", gettext_lazy("Settled"))],
    )

    class Meta:
        model = Difference
        fields: tuple[str, ...] = ()

    def by_settled(self, rows: Any, name: str, value: str) -> Any:
        """Settled or not."""
        opened = rows.filter(settlement=Settlement.OPEN)
        return opened if value == "open" else rows.exclude(settlement=Settlement.OPEN)


def reconciliations(request: HttpRequest) -> HttpResponseBase:
    """Every comparison, the newest first."""
    return shown(
        request,
        Reconciliation.objects.select_related("application", "made_by"),
        RUNS,
        ("-made_at", "-pk"),
        template="webapps/list.html",
        list_name="webapps-reconciliations",
        title=_("Reconciliations"),
        nothing=_("No list was compared yet. Begin on the page of an application."),
        intro=_("A comparison is begun on the page of the application."),
    )


def reconciliation(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The differences of one comparison, each to be settled; or all of one kind at once, with one reason."""
    run = Reconciliation.objects.select_related("application", "made_by").filter(pk=pk).first()
    if run is None:
        raise NotFound(_("There is no such comparison."))
    if request.method == "POST":
        kind = request.POST.get("kind", "")
        if kind not in DifferenceKind.values:
            raise RuleBroken(_("Choose which differences are accepted. Nothing was changed."))
        reason = request.POST.get("reason", "")[:1000]
        count = reconciling.accept_all(run, kind, by=person(request), reason=reason)
        messages.success(
            request,
            ngettext("%(count)d difference was accepted.", "%(count)d differences were accepted.", count)
            % {"count": count},
        )
        return redirect(run)
    chosen = DifferenceFilter(
        request.GET, queryset=run.differences.select_related("employee", "role", "case")
    )
    return shown(
        request,
        chosen.qs,
        COLUMNS,
        ("kind", "pk"),
        template="webapps/reconciliation.html",
        list_name="webapps-differences",
        title=_("Reconciliation: %(application)s") % {"application": run.application.name},
        chosen=chosen,
        run=run,
        waiting=_waiting(run),
        intro=_("%(file)s, compared %(moment)s: %(same)s of %(rows)s rows agree.")
        % {
            "file": run.file_name,
            "moment": wording.full_moment(run.made_at),
            "same": wording.number(run.same),
            "rows": wording.number(run.rows),
        },
    )


def _waiting(run: Reconciliation) -> list[tuple[str, str]]:
    """The kinds of which several wait, as choices that say how many."""
    rows = run.differences.filter(settlement=Settlement.OPEN).order_by("kind").values_list("kind")
    return [
        (kind, f"{DifferenceKind(kind).label} ({wording.number(count)})")
        for kind, count in rows.annotate(count=Count("pk"))
        if count > 1
    ]


@require_POST
def difference_settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept a difference with a reason, or open the request that removes it."""
    difference = Difference.objects.select_related("reconciliation").filter(pk=pk).first()
    if difference is None:
        raise NotFound(_("There is no such difference."))
    user = person(request)
    if request.POST.get("settle") == "case":
        opened = reconciling.open_case(difference, by=user)
        messages.success(request, _("Registered as %(number)s.") % {"number": opened.number})
    else:
        reconciling.accept(difference, by=user, reason=request.POST.get("reason", "")[:1000])
        messages.success(request, _("The difference was accepted."))
    return redirect(reverse("webapps-reconciliation", args=(difference.reconciliation_id,)))
