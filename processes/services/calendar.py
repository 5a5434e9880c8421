"""Keeping the working-day calendar: when it changes, open cases are due on another day and their people hear of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Min, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.authority import authority_for
from accounts.models import User
from accounts.roles import Role
from audit import trail
from audit.context import because
from processes import clock, inbox
from processes.calendar import OFFICE, turkish_holidays
from processes.confidential import is_hidden_from
from processes.errors import NotPermitted, RuleBroken
from processes.gate import principal, save
from processes.models import Case, DayOff, DayOffKind, StepRun
from processes.models.case import NO_CLOCK

KEEPERS: frozenset[str] = frozenset({Role.UNIT_HEAD})
FIRST_YEAR, LAST_YEAR = 2000, 2100
BATCH = 1000
COUNTED = ("number", "title", "assignee", "due_at", "queue_at", "waiting_since", "is_confidential")


@dataclass(frozen=True)
class Moved:
    """An open case that a change of the calendar made due at another time."""

    case: Case
    old_due: datetime | None
    new_due: datetime | None


def load_year(year: int) -> list[date]:
    """Write the official holidays of a year into the calendar; returns the days that are new or different.

    A day entered by hand stays as it is, and so does a holiday the unit head turned into an ordinary working day.
    Open cases are not moved here: `recalculate` follows once, after all the years wanted.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise RuleBroken(
            _("The calendar is kept for the years from %(first)d to %(last)d.")
            % {"first": FIRST_YEAR, "last": LAST_YEAR}
        )
    announced = {day: (name, kind) for day, name, kind in turkish_holidays(year)}
    changed: list[date] = []
    with transaction.atomic(), because(step="load"):
        present = {row.date: row for row in DayOff.objects.filter(date__year=year)}
        for day, (name, kind) in announced.items():
            row = present.get(day) or DayOff(date=day, is_official=True)
            if row.is_official and row.kind != DayOffKind.WORKED and (row.name, row.kind) != (name, kind):
                row.name, row.kind = name, kind
                save(row)
                changed.append(day)
        for day, row in present.items():
            if row.is_official and row.kind != DayOffKind.WORKED and day not in announced:
                row.delete()  # a religious holiday that was only estimated fell on another day
                changed.append(day)
    return changed


def set_day(*, by: User, day: date, kind: str, name: str = "") -> tuple[DayOff, list[Moved]]:
    """Enter administrative leave (whole day or afternoon), or say that an announced holiday is worked.

    The day is also how an earlier entry is corrected: there is one row per day and none is removed.
    """
    authority = authority_for(by, KEEPERS)
    if authority is None:
        raise NotPermitted(_("Only the unit head keeps the calendar."))
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise RuleBroken(
            _("Choose a day of this century."), fields={"date": [_("Choose a day of this century.")]}
        )
    with transaction.atomic(), because(step="calendar", on_behalf_of=principal(authority)):
        row = DayOff.objects.select_for_update().filter(date=day).first() or DayOff(date=day)
        row.kind = kind
        row.name = name.strip() or row.name or str(DayOffKind(kind).label)
        save(row)
        return row, recalculate({day})


def recalculate(days: Collection[date] = ()) -> list[Moved]:
    """Count the open steps' due times anew and write those that changed; the cases' people are told.

    `days` are the days of the calendar that changed: only steps they can touch are counted. With none, all open steps.
    """
    moved: list[Moved] = []
    with transaction.atomic(), because(step="calendar"):
        running = _running(days)
        since = running.aggregate(since=Min("entered_at"))["since"]
        if since is None:
            return []
        off = clock.days_off(timezone.localdate(since) - timedelta(days=1))
        for cases in _in_batches(running):
            moved += _recount(cases, off)
        _tell(moved)
    return sorted(moved, key=lambda one: (one.new_due or NO_CLOCK, one.case.number))


def _running(days: Collection[date]) -> QuerySet[StepRun]:
    """The open steps that have a clock and that the days can touch."""
    runs = StepRun.objects.filter(ended_at__isnull=True, step__planned_days__isnull=False)
    if days:
        first = datetime.combine(min(days), time.min, OFFICE)
        after = datetime.combine(max(days) + timedelta(days=1), time.min, OFFICE)
        runs = runs.filter(due_at__gte=first, entered_at__lt=after)
    return runs


def _in_batches(running: QuerySet[StepRun]) -> Iterator[dict[int, Case]]:
    """The cases of those steps by key, a thousand at a time, locked before their steps are read: as the gate does."""
    keys = list(running.order_by("case_id").values_list("case_id", flat=True))
    for start in range(0, len(keys), BATCH):
        found = Case.objects.select_for_update().filter(pk__in=keys[start : start + BATCH]).order_by("pk")
        yield {case.pk: case for case in found.only(*COUNTED)}


def _recount(cases: dict[int, Case], off: clock.DaysOff) -> list[Moved]:
    runs = StepRun.objects.filter(case__in=cases, ended_at__isnull=True, step__planned_days__isnull=False)
    moved: list[Moved] = []
    changed: list[StepRun] = []
    for run in runs.select_related("step"):
        due = clock.counted(run.entered_at, run.step.planned_days or 0, run.pauses, off).due
        if due == run.due_at:
            continue
        case = cases[run.case_id]
        moved.append(Moved(case, run.due_at, due))
        run.due_at = case.due_at = due
        case.queue_at = NO_CLOCK if case.is_waiting else due
        changed.append(run)
    StepRun.objects.bulk_update(changed, ("due_at",))
    Case.objects.bulk_update([one.case for one in moved], ("due_at", "queue_at"))
    _record(moved)
    return moved


def _record(moved: list[Moved]) -> None:
    """Tell the trail; deadlines end with the day, so many cases share one change and one statement."""
    alike: dict[tuple[datetime | None, datetime | None], list[Case]] = defaultdict(list)
    for one in moved:
        alike[one.old_due, one.new_due].append(one.case)
    for change, cases in alike.items():
        trail.record_many(cases, "recalculated", {"due_at": list(change)})


def _tell(moved: list[Moved]) -> None:
    """One message to each person whose cases moved."""
    theirs: dict[int, list[Moved]] = defaultdict(list)
    for one in moved:
        if one.case.assignee_id:
            theirs[one.case.assignee_id].append(one)
    people = User.objects.in_bulk(theirs)
    for key, all_theirs in theirs.items():
        found = [one for one in all_theirs if not is_hidden_from(one.case, people[key])]
        if not found:
            continue
        if len(found) == 1:
            [one] = found
            due = f"{timezone.localtime(one.new_due):%d.%m.%Y}" if one.new_due else ""
            inbox.tell(
                [people[key]],
                one.case,
                gettext_noop("The calendar changed: %(number)s is now due on %(due)s."),
                due=due,
            )
        else:
            inbox.tell(
                [people[key]],
                None,
                gettext_noop("The calendar changed: %(count)d of your cases are now due on another day."),
                count=len(found),
            )
