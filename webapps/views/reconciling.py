"""Comparing an application's list of users: look at the differences, settle each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from processes import export, wording
from processes.errors import NotFound, RuleBroken
from processes.filters import Narrowed
from processes.requests import person
from webapps import reconciling, remedies
from webapps.acts import AcceptAllForm, AcceptForm, KindForm
from webapps.beginnings import Beginnings, begins_something
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
    export.Column("left", gettext_lazy("Left on"), "employee.left_on", kind="date"),
    export.Column("listed_since", gettext_lazy("Since, by the list"), "listed_since", kind="date"),
    export.Column("came_back", gettext_lazy("Found again on"), "came_back_at", kind="date"),
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
    if request.method != "POST":
        return _shown(request, run)
    if request.POST.get("settle") == "case":
        return _asked_for(request, run)
    form = AcceptAllForm(request.POST)
    counts: list[int] = []

    def accept_all(**given: Any) -> None:
        counts.append(reconciling.accept_all(run, by=person(request), **given))

    if refusal := _refused(form, accept_all):
        return _shown(request, run, all_form=form, status=refusal)
    messages.success(
        request,
        ngettext("%(count)d difference was accepted.", "%(count)d differences were accepted.", counts[0])
        % {"count": counts[0]},
    )
    if form.cleaned_data["kind"] == DifferenceKind.EXTRA:
        left = run.differences.filter(
            kind=DifferenceKind.EXTRA, settlement=Settlement.OPEN, employee__left_on__isnull=False
        ).count()
        if left:
            messages.warning(
                request,
                ngettext(
                    "%(count)d of somebody who left was not taken over: open a request that removes it.",
                    "%(count)d of people who left were not taken over: open a request that removes them.",
                    left,
                )
                % {"count": left},
            )
    return redirect(_back_to(request, run))


def _asked_for(request: HttpRequest, run: Reconciliation) -> HttpResponseBase:
    """Requests for every difference of one kind; the message names them and says how many still wait."""
    form = KindForm(request.POST, auto_id="all_%s")
    came: list[remedies.Opened] = []
    if refusal := _refused(
        form, lambda **given: came.append(remedies.open_all(run, by=person(request), **given))
    ):
        return _shown(request, run, refused=form, status=refusal)
    opened = came[0]
    messages.success(
        request,
        ngettext(
            "%(count)d difference is settled by requests: %(numbers)s.",
            "%(count)d differences are settled by requests: %(numbers)s.",
            opened.differences,
        )
        % {
            "count": opened.differences,
            "numbers": ", ".join(str(one.number) for one in opened.requests),
        },
    )
    if opened.waiting:
        messages.info(
            request,
            ngettext(
                "%(count)d difference still waits; open the next requests.",
                "%(count)d differences still wait; open the next requests.",
                opened.waiting,
            )
            % {"count": opened.waiting},
        )
    return redirect(_back_to(request, run))


@require_POST
def difference_settle(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Accept a difference with a reason, or open the request that removes it."""
    found = Difference.objects.select_related("reconciliation__application", "reconciliation__made_by")
    difference = found.filter(pk=pk).first()
    if difference is None:
        raise NotFound(_("There is no such difference."))
    user, run = person(request), difference.reconciliation
    if request.POST.get("settle") == "case":
        opened = remedies.open_case(difference, by=user)
        messages.success(request, _("Registered as %(number)s.") % {"number": opened.number})
        return redirect(_back_to(request, run))
    form = AcceptForm(request.POST)
    if refusal := _refused(form, lambda **given: reconciling.accept(difference, by=user, **given)):
        return _shown(request, run, one=(difference.pk, form), status=refusal)
    messages.success(request, _("The difference was accepted."))
    return redirect(_back_to(request, run))


def _refused(form: forms.Form, act: Callable[..., Any]) -> int:
    """Do what a form asks for; the status of the refusal, told in the form, or 0 when it was done."""
    if not form.is_valid():
        return RuleBroken.status
    try:
        act(**form.cleaned_data)
    except RuleBroken as refusal:
        for name, texts in (refusal.fields or {"": [refusal.message]}).items():
            form.add_error(name if name in form.fields else None, [str(text) for text in texts])
        return refusal.status
    return 0


def _back_to(request: HttpRequest, run: Reconciliation) -> str:
    """The same page of the same differences."""
    query = request.GET.urlencode()
    return f"{run.get_absolute_url()}?{query}" if query else run.get_absolute_url()


def _shown(
    request: HttpRequest,
    run: Reconciliation,
    *,
    one: tuple[int, forms.Form] | None = None,
    all_form: forms.Form | None = None,
    refused: forms.Form | None = None,
    status: int = 200,
) -> HttpResponseBase:
    """The page of a comparison; what was refused stands in its form again, with the reason."""
    chosen = DifferenceFilter(
        request.GET,
        queryset=run.differences.select_related("employee", "role", "case").prefetch_related("grants"),
    )
    waiting = _waiting(run)
    shown_form = all_form or AcceptAllForm(auto_id="all_%s")
    shown_form.fields["kind"].choices = waiting  # type: ignore[attr-defined]  # a field of choices

    def prepare(rows: Sequence[Difference]) -> None:
        """Each row that is not settled has its form; where something begins by it, with the day proposed."""
        days = Beginnings(rows, run.seen_on)
        for row in rows:
            form: forms.Form = AcceptForm(auto_id=f"difference_{row.pk}_%s")
            if one is not None and one[0] == row.pk:
                form = one[1]
                form.auto_id = f"difference_{row.pk}_%s"
            if not begins_something(row):
                del form.fields["since"]
            elif not form.is_bound:
                form.initial = {"since": days.offered(row)}
            row.form = form  # type: ignore[attr-defined]  # read by the template alone

    return shown(
        request,
        chosen.qs,
        COLUMNS,
        ("kind", "pk"),
        template="webapps/reconciliation.html",
        list_name="webapps-differences",
        title=_("Reconciliation: %(application)s") % {"application": run.application.name},
        chosen=chosen,
        prepare=prepare,
        status=status,
        run=run,
        query=request.GET.urlencode(),
        refused=refused or (one[1] if one is not None else all_form),
        all_form=shown_form if waiting else None,
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
