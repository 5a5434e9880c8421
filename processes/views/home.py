"""İşlerim: what waits for me, in the order it is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.authority import authorities, roles_of, works_in_unit
from accounts.models import User
from processes.filters import end_of_day
from processes.models import Case
from processes.models.case import NO_CLOCK
from processes.paging import page_of
from processes.panels import urgent_for
from processes.queries import capped_counts, cases_for_list
from processes.requests import person

ROWS = 25
MOST = 1000  # a tile counts no further; it then says “1.000+”
SATURDAY = 5  # at the weekend “this week” is the one to come


@dataclass(frozen=True)
class Group:
    """Rows that are due in the same span of time."""

    key: str
    title: str | Promise
    rows: list[Case]


@dataclass(frozen=True)
class Tile:
    """A count above the list, and the filters of the list it counts."""

    label: str | Promise
    count: int
    filters: str
    tone: str = ""

    @property
    def is_capped(self) -> bool:
        """There are at least as many as were counted."""
        return self.count >= MOST


def home(request: HttpRequest) -> HttpResponse:
    """The page a working day begins on."""
    user = person(request)
    is_staff = works_in_unit(user)
    desks = tabs(user) if is_staff else {"requests": _("My open requests")}
    tab = request.GET.get("tab", "")
    tab = tab if tab in desks else next(iter(desks))
    now = timezone.now()
    page = page_of(on_desk(tab, user), ("queue_at", "pk"), request.GET.get("cursor", ""), size=ROWS)
    context = {
        "tabs": desks,
        "tab": tab,
        "page": page,
        "groups": grouped(page.rows, now),
        "tiles": tiles(user, now) if is_staff else [],
        "urgent": urgent_for(user),
        "is_staff": is_staff,
        "now": now,
    }
    return render(request, "processes/home.html", context)


def tabs(user: User) -> dict[str, str | Promise]:
    """The desks a member of the unit looks at; the lent ones only while somebody lends."""
    found: dict[str, str | Promise] = {
        "mine": _("Assigned to me"),
        "unit": _("My unit"),
        "waiting": _("Waiting"),
    }
    if lenders(user):
        found["delegated"] = _("By delegation")
    return found


def lenders(user: User) -> list[int]:
    """The people in whose name this person acts today."""
    return [authority.on_behalf_of.pk for authority in authorities(user) if authority.on_behalf_of]


def on_desk(tab: str, user: User) -> QuerySet[Case]:
    """The open cases of a tab."""
    cases = cases_for_list(user).open()
    match tab:
        case "mine":
            return cases.filter(assignee=user)
        case "unit":
            return cases.filter(step__roles__overlap=sorted(roles_of(user)), waiting_since__isnull=True)
        case "waiting":
            return cases.filter(waiting_since__isnull=False)
        case "delegated":
            return cases.filter(assignee__in=lenders(user))
        case _:
            return cases


def grouped(rows: list[Case], now: datetime) -> list[Group]:
    """Rows in order, under the span of time they are due in; empty spans are left out."""
    today = end_of_day(now)
    weekday = timezone.localdate(now).weekday()
    week = today + timedelta(days=6 - weekday if weekday < SATURDAY else 13 - weekday)
    spans: list[Group] = [
        Group("overdue", _("Overdue"), []),
        Group("today", _("Today"), []),
        Group("week", _("This week"), []),
        Group("later", _("Later, or without a date"), []),
    ]
    for row in rows:
        place = 0 if row.queue_at < now else 1 if row.queue_at < today else 2 if row.queue_at < week else 3
        spans[place].rows.append(row)
    return [span for span in spans if span.rows]


def tiles(user: User, now: datetime) -> list[Tile]:
    """Four counts in one query, each no further than a thousand."""
    cases = Case.objects.visible_to(user).open()
    late, today, nobody, waiting = capped_counts(
        [
            cases.filter(queue_at__lt=now),
            cases.filter(queue_at__gte=now, queue_at__lt=end_of_day(now)),
            cases.filter(assignee__isnull=True),
            cases.filter(queue_at=NO_CLOCK, waiting_since__isnull=False),
        ],
        MOST,
    )
    return [
        Tile(_("Overdue"), late, "due=overdue", "late" if late else ""),
        Tile(_("Due today"), today, "due=today", "soon" if today else ""),
        Tile(_("On nobody's desk"), nobody, "assignee=none"),
        Tile(_("Clock stopped"), waiting, "due=waiting"),
    ]
