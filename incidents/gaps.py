"""When nobody is on call (Ek-5 5.1.6): hours of the weeks ahead that no window of the rota covers, shown and warned of.

While the office is open the lead sits there and is told; a rota of nights, weekends and holidays has no gap.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.queries import people_with_role
from accounts.roles import Role
from incidents.models import Shift
from processes import inbox
from processes.calendar import OFFICE, closing, is_working_day
from processes.clock import days_off

OPENS = time(8, 0)
AHEAD = timedelta(weeks=4)  # as far as gaps are shown
WARNED = timedelta(days=3)  # as early as somebody is told of one
ROTA = "/breaches/rota/"


@dataclass(frozen=True)
class Span:
    """From one moment to another, the end left out."""

    starts_at: datetime
    ends_at: datetime


def gaps(since: datetime, until: datetime) -> list[Span]:
    """The spans between two moments in which nobody is on call and the office is closed."""
    shifts = Shift.objects.filter(cancelled_at__isnull=True, ends_at__gt=since, starts_at__lt=until)
    windows = [Span(*pair) for pair in shifts.values_list("starts_at", "ends_at")]
    return uncovered([*windows, *office_hours(since, until)], since, until)


def uncovered(covered: Iterable[Span], since: datetime, until: datetime) -> list[Span]:
    """What of a span none of the others covers, in order."""
    found = []
    for one in sorted(covered, key=lambda span: span.starts_at):
        if one.starts_at >= until:
            break
        if one.starts_at > since:
            found.append(Span(since, one.starts_at))
        since = max(since, one.ends_at)
    return [*found, Span(since, until)] if since < until else found


def office_hours(since: datetime, until: datetime) -> list[Span]:
    """When the office is open between two moments."""
    first = since.astimezone(OFFICE).date()
    closed, halves = days_off(first)
    count = (until.astimezone(OFFICE).date() - first).days + 1
    days = [first + timedelta(days=place) for place in range(count)]
    return [_open(day, halves) for day in days if is_working_day(day, closed)]


def _open(day: date, halves: frozenset[date]) -> Span:
    return Span(datetime.combine(day, OPENS, OFFICE), closing(day, halves))


def warn(now: datetime) -> int:
    """Tell the leads, else the unit head, of the first gap of the days ahead; says how many people were told."""
    found = gaps(now, now + WARNED)
    if not found:
        return 0
    today = timezone.localdate(now)
    people = people_with_role(Role.HIS_LEAD, on=today) or people_with_role(Role.UNIT_HEAD, on=today)
    text = gettext_noop("Nobody is on call for breaches from %(since)s to %(until)s. Plan somebody.")
    since, until = (timezone.localtime(moment) for moment in (found[0].starts_at, found[0].ends_at))
    with transaction.atomic():
        inbox.tell(
            people, None, text, path=ROTA, since=f"{since:%d.%m.%Y %H:%M}", until=f"{until:%d.%m.%Y %H:%M}"
        )
    return len(people)
