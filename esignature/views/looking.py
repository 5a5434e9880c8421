"""Forms on the desk looked at many at once: those in order with one click, exceptions each on its own page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from esignature import batches, queries, workflow
from esignature.fields import check_choices
from esignature.filters import WaitingFilter
from esignature.forms import ReasonForm
from esignature.models import Request
from esignature.views.batches import FORMS
from esignature.views.common import ROWS, chosen_keys, done, ticked
from processes import export
from processes.errors import DomainError, RuleBroken
from processes.paging import page_of
from processes.requests import person
from processes.views.keeping import exported

LIST = "esignature-forms"
IN_ORDER = "in-order"


def missing_words(request: Request) -> str:
    """What keeps a form from the letter."""
    if request.holder_id is None:
        return _("For whom it is")
    if request.checked_at is None:
        return _("Not looked at yet")
    return "; ".join(queries.missing_checks(request))


COLUMNS = [*FORMS, export.Column("missing", gettext_lazy("Missing"), missing_words)]
HEADS = [
    export.Column("request", gettext_lazy("Request")),
    export.Column("subject", gettext_lazy("Subject")),
    export.Column("received", gettext_lazy("Received")),
    export.Column("missing", gettext_lazy("Missing")),
]


@require_http_methods(["GET", "POST"])
def forms(request: HttpRequest) -> HttpResponseBase:
    """Forms not yet found in order; the other tab shows those that are, so that a wrong click can be taken back."""
    user = person(request)
    shown = IN_ORDER if request.GET.get("show") == IN_ORDER else ""
    rows: QuerySet[Request] = queries.waiting() if shown else queries.unchecked()
    columns = COLUMNS[:6] if shown else COLUMNS
    chosen = WaitingFilter(request.GET, queryset=rows)
    if kind := request.GET.get("export"):
        return exported(
            kind, user, LIST, chosen.qs, columns, _("forms-to-look-at"), title=_("Forms to look at")
        )
    form = ReasonForm(request.POST if request.method == "POST" and shown else None)
    status, refusal = 200, ""
    if request.method == "POST":
        if shown:
            status = done(
                request, form, lambda reason: _again(request, reason), _("They wait to be looked at again.")
            )
        else:
            try:
                return _in_order(request, chosen)
            except DomainError as refused:
                status, refusal = refused.status, str(refused)
        if not status:
            return redirect(request.get_full_path())
    counts = queries.unchecked().order_by().count(), queries.waiting().order_by().count()
    page = page_of(chosen.qs, ("opened_at", "pk"), request.GET.get("cursor", ""), size=ROWS)
    for row in page.rows:
        row.missing_words = missing_words(row)
    context: dict[str, Any] = {
        "filter": chosen,
        "page": page,
        "columns": columns,
        "heads": HEADS[:-1] if shown else HEADS,
        "shown": shown,
        "keep": {"show": shown} if shown else {},
        "tabs": _tabs(shown, *counts),
        "checks": [label for _title, label in check_choices()],
        "form": form,
        "ticked": ticked(request),
        "refusal": refusal,
        "waiting": counts[1],
        "most": batches.MOST,
    }
    return render(request, "esignature/forms.html", context, status=status)


def _in_order(request: HttpRequest, chosen: WaitingFilter) -> HttpResponse:
    """Every line was found in order on the ticked forms, or on all that the filters show."""
    if "all" in request.POST:
        found = list(chosen.qs.filter(holder__isnull=False)[: batches.MOST])
    else:
        found = _ticked(request, queries.unchecked())
    if not found:
        raise RuleBroken(_("Choose at least one form."))
    workflow.check_all(found, by=person(request))
    sentence = ngettext(
        "%(count)d form was found in order and waits for the letter.",
        "%(count)d forms were found in order and wait for the letter.",
        len(found),
    )
    messages.success(request, sentence % {"count": len(found)})
    return redirect(request.get_full_path())


def _again(request: HttpRequest, reason: str) -> None:
    workflow.uncheck_all(_ticked(request, queries.waiting()), by=person(request), reason=reason)


def _ticked(request: HttpRequest, rows: QuerySet[Request]) -> list[Request]:
    """The ticked forms; refused when one of them is no longer on the list."""
    keys = chosen_keys(
        request,
        batches.MOST,
        _("Choose at least one form."),
        _("Choose at most %(count)d forms at once.") % {"count": batches.MOST},
    )
    found = list(rows.filter(pk__in=keys))
    if len(found) != len(keys):
        raise RuleBroken(_("Some of the chosen forms are no longer on this list. Nothing was changed."))
    return found


def _tabs(shown: str, unchecked: int, in_order: int) -> list[dict[str, Any]]:
    home = reverse("esignature-forms")
    return [
        {"label": _("To be looked at"), "url": home, "count": unchecked, "is_current": not shown},
        {
            "label": _("In order"),
            "url": f"{home}?show={IN_ORDER}",
            "count": in_order,
            "is_current": bool(shown),
        },
    ]
