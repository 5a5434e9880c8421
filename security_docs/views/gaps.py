"""The gaps somebody was made to close, whether or not they work in the unit: their list, and how each was closed."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.authority import works_in_unit
from accounts.models import User
from processes.errors import NotFound
from processes.paging import page_of
from processes.requests import person
from security_docs import queries
from security_docs.forms.papers import GapForm
from security_docs.models import Clause
from security_docs.services import evaluations
from security_docs.views.acting import bound, form_page

ROWS = 25


@require_safe
def my_gaps(request: HttpRequest) -> HttpResponse:
    """What the person is still to close, the earliest day first, and what they closed."""
    user = person(request)
    closed = gaps_of(user).filter(closed_on__isnull=False)
    context = {
        "gaps": list(queries.open_gaps().filter(owner=user)),
        "page": page_of(closed, ("-closed_on", "-pk"), request.GET.get("cursor", ""), size=ROWS),
        "today": timezone.localdate(),
        "in_unit": works_in_unit(user),
    }
    return render(request, "security_docs/my_gaps.html", context)


@require_http_methods(["GET", "POST"])
def my_gap_close(request: HttpRequest, pk: int) -> HttpResponse:
    """What was missing is there now, says who was to see to it."""
    user = person(request)
    clause = gaps_of(user).filter(pk=pk).first()
    if clause is None:
        raise NotFound(_("There is no such gap among yours."))

    def act(values: dict[str, object]) -> None:
        evaluations.close_gap(clause, by=user, **values)  # type: ignore[arg-type]  # the form's own fields

    return form_page(
        request,
        GapForm(*bound(request)),
        act,
        heading=_("Close the gap of clause %(number)s") % {"number": clause.number},
        back=reverse("security-my-gaps"),
        done=_("The gap is closed."),
        submit=_("Close the gap"),
        lead=clause.gap,
        about=clause,
    )


def gaps_of(user: User) -> QuerySet[Clause]:
    """The gaps this person was made to close, open or closed."""
    mine = Clause.objects.filter(owner=user).exclude(gap="")
    return mine.select_related("compliance").defer("compliance__search")
