"""Lists of cases: filtered, saved, exported, worked on in bulk."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.authority import works_in_unit
from accounts.models import User
from accounts.queries import people_with_role
from accounts.roles import UNIT_STAFF
from audit import trail
from processes import export, rooms
from processes.errors import DomainError, RuleBroken
from processes.filters import CaseFilter
from processes.models import Case
from processes.paging import page_of
from processes.queries import cases_for_list
from processes.requests import person
from processes.services import cases
from processes.views.keeping import exported, shown_views

LIST = "cases"
ROWS = 25
BULK = 200
SHOWN = ("number", "title", "state", "step", "due", "assignee", "opened")
MAIN_FILTERS = ("q", "status", "due", "assignee")
DUE, NEWEST = ("queue_at", "pk"), ("-opened_at", "-pk")

COLUMNS = [
    export.Column("number", gettext_lazy("Number"), lambda case: case.number),
    export.Column("title", gettext_lazy("Subject"), lambda case: case.title),
    export.Column("state", gettext_lazy("State"), rooms.state_label),
    export.Column("step", gettext_lazy("Waits for"), lambda case: case.step.short_name if case.step else ""),
    export.Column("due", gettext_lazy("Due"), lambda case: case.due_at, kind="time"),
    export.Column(
        "assignee", gettext_lazy("Assigned to"), lambda case: case.assignee.full_name if case.assignee else ""
    ),
    export.Column(
        "institution",
        gettext_lazy("Institution"),
        lambda case: case.applicant_institution.name if case.applicant_institution else "",
    ),
    export.Column("channel", gettext_lazy("Reached us by"), lambda case: case.get_channel_display()),
    export.Column("opened", gettext_lazy("Opened"), lambda case: case.opened_at, kind="time"),
    export.Column("closed", gettext_lazy("Closed"), lambda case: case.closed_at, kind="time"),
]


def case_list(request: HttpRequest) -> HttpResponseBase:
    """Every case this person may see, narrowed by the filters in the address; `export` gives them as a file."""
    user = person(request)
    chosen = CaseFilter(request.GET, queryset=cases_for_list(user), by=user)
    order = DUE if chosen.is_open_only else NEWEST
    if kind := request.GET.get("export"):
        return exported(kind, user, LIST, chosen.qs.order_by(*order), COLUMNS, _("cases"), title=_("Cases"))
    is_staff = works_in_unit(user)
    number = chosen.data.get("subprocess", "")
    context = {
        "filter": chosen,
        "main_filters": MAIN_FILTERS if is_staff else MAIN_FILTERS[:3],
        "page": page_of(chosen.qs, order, request.GET.get("cursor", ""), size=ROWS),
        "columns": [column for column in COLUMNS if column.key in SHOWN],
        "is_staff": is_staff,
        "people": chosen.people,
        "views": shown_views(request, user, LIST),
        "room": rooms.room_for(number) if rooms.has_room(number) else None,
        "now": timezone.now(),
    }
    return render(request, "processes/list.html", context)


@dataclass(frozen=True)
class Result:
    """What a bulk action did to one case; `refusal` is empty when it was done."""

    case: Case
    refusal: str = ""


@require_POST
def case_bulk(request: HttpRequest) -> HttpResponse:
    """Direct the chosen cases to a person; each is told apart, done or refused with its sentence."""
    user = person(request)
    keys = {
        int(key)
        for key in request.POST.getlist("chosen")
        if key.isascii() and key.isdigit() and len(key) < 19
    }
    if not keys:
        raise RuleBroken(
            _("Choose at least one case in the list, then repeat the action. Nothing was changed.")
        )
    if len(keys) > BULK:
        raise RuleBroken(_("Choose at most %(count)d cases at once. Nothing was changed.") % {"count": BULK})
    to = receiver(request.POST.get("to", ""), user)
    found = Case.objects.visible_to(user).light().filter(pk__in=keys).order_by(*DUE)
    results = [_assigned(case, user, to) for case in found]
    context = {
        "results": results,
        "to": to,
        "done": sum(not one.refusal for one in results),
        "missing": len(keys) - len(results),
        "back": request.POST.get("back", ""),
    }
    return render(request, "processes/bulk.html", context)


def receiver(value: str, user: User) -> User | None:
    """The person chosen: oneself, a member of the unit, or nobody."""
    if value == "none":
        return None
    staff = {str(one.pk): one for one in people_with_role(*UNIT_STAFF)} | {"me": user}
    if value not in staff:
        raise RuleBroken(_("Choose a member of the unit. Nothing was changed."))
    return staff[value]


def _assigned(case: Case, by: User, to: User | None) -> Result:
    try:
        cases.assign(case, by=by, to=to)
    except DomainError as refusal:
        trail.refused(case, refusal.code, changes={"step": "assign"})
        return Result(case, str(refusal))
    return Result(case)
