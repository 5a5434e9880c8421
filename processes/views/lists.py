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
from processes.errors import DomainError, NotFound, RuleBroken
from processes.filters import CaseFilter
from processes.models import Case
from processes.paging import page_of
from processes.queries import case_for, cases_for_list, views_of
from processes.requests import person
from processes.services import cases

LIST = "cases"
ROWS = 50
BULK = 200
DUE, NEWEST = ("queue_at", "pk"), ("-opened_at", "-pk")

COLUMNS = [
    export.Column("number", gettext_lazy("Number"), lambda case: case.number),
    export.Column("title", gettext_lazy("Subject"), lambda case: case.title),
    export.Column("state", gettext_lazy("State"), rooms.state_label),
    export.Column("step", gettext_lazy("Waits for"), lambda case: case.step.short_name if case.step else ""),
    export.Column("due", gettext_lazy("Due"), lambda case: case.due_at, kind="datetime"),
    export.Column(
        "assignee", gettext_lazy("Assigned to"), lambda case: case.assignee.full_name if case.assignee else ""
    ),
    export.Column(
        "institution",
        gettext_lazy("Institution"),
        lambda case: case.applicant_institution.name if case.applicant_institution else "",
    ),
    export.Column("channel", gettext_lazy("Reached us by"), lambda case: case.get_channel_display()),
    export.Column("opened", gettext_lazy("Opened"), lambda case: case.opened_at, kind="datetime"),
    export.Column("closed", gettext_lazy("Closed"), lambda case: case.closed_at, kind="datetime"),
]


def case_list(request: HttpRequest) -> HttpResponse:
    """Every case this person may see, narrowed by the filters in the address."""
    user = person(request)
    chosen = CaseFilter(request.GET, queryset=cases_for_list(user), by=user)
    order = DUE if chosen.is_open_only else NEWEST
    page = page_of(chosen.qs, order, request.GET.get("cursor", ""), size=ROWS)
    is_staff = works_in_unit(user)
    context = {
        "filter": chosen,
        "page": page,
        "is_staff": is_staff,
        "people": people_with_role(*UNIT_STAFF) if is_staff else [],
        "views": views_of(user, LIST),
        "room": rooms.room_for(chosen.data["subprocess"])
        if rooms.has_room(chosen.data.get("subprocess", ""))
        else None,
        "now": timezone.now(),
    }
    template = "processes/list_rows.html" if getattr(request, "htmx", False) else "processes/list.html"
    return render(request, template, context)


def case_export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The list as a file: csv, xlsx or pdf, with the same filters."""
    user = person(request)
    makers = {"csv": export.csv, "xlsx": export.xlsx, "pdf": export.pdf}
    if kind not in makers:
        raise NotFound(_("Lists are exported as csv, xlsx or pdf."))
    chosen = CaseFilter(request.GET, queryset=cases_for_list(user), by=user)
    rows = chosen.qs.order_by(*(DUE if chosen.is_open_only else NEWEST))
    trail.record(user, "export", reason=f"{LIST} {kind}")
    return makers[kind](rows, COLUMNS, filename=_("cases"), title=_("Cases"))


@dataclass(frozen=True)
class Result:
    """What a bulk action did to one case; `refusal` is empty when it was done."""

    number: str
    title: str
    refusal: str = ""


@require_POST
def case_bulk(request: HttpRequest) -> HttpResponse:
    """Direct the chosen cases to a person; each is told apart, done or refused with its sentence."""
    user = person(request)
    numbers = list(dict.fromkeys(request.POST.getlist("numbers")))
    if not numbers:
        raise RuleBroken(
            _("Choose at least one case in the list, then repeat the action. Nothing was changed.")
        )
    if len(numbers) > BULK:
        raise RuleBroken(_("Choose at most %(count)d cases at once. Nothing was changed.") % {"count": BULK})
    to = _receiver(request.POST.get("to", ""), user)
    results = [_assigned(number, user, to) for number in numbers]
    back = request.POST.get("back", "")
    return render(
        request,
        "processes/bulk.html",
        {"results": results, "to": to, "done": sum(not one.refusal for one in results), "back": back},
    )


def _receiver(value: str, user: User) -> User | None:
    """The person chosen: oneself, a member of the unit, or nobody."""
    if value == "none":
        return None
    staff = {str(one.pk): one for one in people_with_role(*UNIT_STAFF)} | {"me": user}
    if value not in staff:
        raise RuleBroken(_("Choose a member of the unit. Nothing was changed."))
    return staff[value]


def _assigned(number: str, by: User, to: User | None) -> Result:
    title = ""
    try:
        case: Case = case_for(by, number)
        title = case.title
        cases.assign(case, by=by, to=to)
    except DomainError as refusal:
        return Result(number, title, str(refusal))
    return Result(number, title)
