"""The rota of those on call (Ek-5 5.1.1, 5.1.9): one window, or all of a week pattern in one go."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.authority import roles_of
from accounts.models import User
from accounts.roles import CONFIDENTIAL_STAFF, Role
from audit import trail
from audit.context import because
from incidents.behalf import acting_for, in_whose_right
from incidents.models import Shift
from incidents.services.writing import moment
from processes import inbox
from processes.calendar import OFFICE
from processes.errors import NotPermitted, RuleBroken, WrongState
from processes.gate import refused_by_constraint, save

PLANNERS = frozenset({Role.HIS_LEAD, Role.UNIT_HEAD})
LONGEST = timedelta(days=366)  # a pattern is planned at most so far ahead
MOST = 400
TOLD = 5  # so many of the windows in the way are named
ROTA = "/breaches/rota/"


@dataclass(frozen=True)
class Pattern:
    """Windows that come again: on these days of the week, from one time to another, every so many weeks.

    A window ends at the first `ends` after it starts, and `length` - 1 days later: 08.00 to 08.00 with length 7 is a week.
    """

    since: date
    until: date
    weekdays: Collection[int]
    starts: time
    ends: time
    length: int = 1
    every: int = 1

    def windows(self, now: datetime) -> list[tuple[datetime, datetime]]:
        """All of them that are not over, in order."""
        first = self.since - timedelta(days=self.since.weekday())
        found = []
        for place in range((self.until - self.since).days + 1):
            day = self.since + timedelta(days=place)
            if day.weekday() in self.weekdays and (day - first).days // 7 % self.every == 0:
                later = self.length - 1 + (self.ends <= self.starts)
                window = (
                    datetime.combine(day, self.starts, OFFICE),
                    datetime.combine(day + timedelta(days=later), self.ends, OFFICE),
                )
                if window[1] > now:
                    found.append(window)
        return found


@dataclass
class Planned:
    """What a pattern would put on the rota, and what is planned there already and stands in its way."""

    fresh: list[tuple[datetime, datetime]] = field(default_factory=list)
    taken: list[tuple[datetime, datetime]] = field(default_factory=list)


def plan(
    *,
    by: User,
    officer: User,
    deputy: User,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime | None = None,
) -> Shift:
    """A window with its officer and deputy; both know of breaches, and no two windows overlap."""
    _may_plan(by)
    _may_be_on_call(officer, deputy)
    if ends_at <= moment(now):
        sentence = _("This window is over already.")
        raise RuleBroken(sentence, fields={"ends_at": [sentence]})
    behalf = in_whose_right(by, PLANNERS)
    with transaction.atomic(), because(step="plan_shift", on_behalf_of=behalf, by=by):
        shift = Shift(
            officer=officer,
            deputy=deputy,
            starts_at=starts_at,
            ends_at=ends_at,
            made_by=by,
            made_for=acting_for(),
        )
        save(shift)
        _tell((officer, deputy), by)
    return shift


def look(pattern: Pattern, now: datetime | None = None) -> Planned:
    """What a pattern comes to, before anything is written; a pattern that cannot be meant is refused."""
    now = moment(now)
    _meant(pattern)
    windows = pattern.windows(now)
    if not windows:
        raise RuleBroken(_("The pattern holds no window that is still to come."))
    if len(windows) > MOST:
        raise RuleBroken(
            _("The pattern holds %(count)d windows; plan at most %(most)d in one go.")
            % {"count": len(windows), "most": MOST}
        )
    if any(earlier[1] > later[0] for earlier, later in itertools.pairwise(windows)):
        sentence = _("The windows of the pattern overlap each other: make them shorter or choose fewer days.")
        raise RuleBroken(sentence, fields={"length": [sentence]})
    kept = list(
        Shift.objects.filter(
            cancelled_at__isnull=True, ends_at__gt=windows[0][0], starts_at__lt=windows[-1][1]
        ).values_list("starts_at", "ends_at")
    )
    found = Planned()
    for window in windows:
        is_taken = any(starts < window[1] and window[0] < ends for starts, ends in kept)
        (found.taken if is_taken else found.fresh).append(window)
    return found


def plan_pattern(
    pattern: Pattern,
    *,
    by: User,
    officer: User,
    deputy: User,
    leave_out_taken: bool = False,
    now: datetime | None = None,
) -> list[Shift]:
    """All windows of a pattern for one officer and deputy, or none of them; those in whose way something is planned are
    left out only where that is meant.
    """
    _may_plan(by)
    _may_be_on_call(officer, deputy)
    if officer == deputy:
        sentence = _("The deputy is another person.")
        raise RuleBroken(sentence, fields={"deputy": [sentence]})
    found = look(pattern, now)
    if found.taken and not leave_out_taken:
        sentence = _("Something is planned already at %(moments)s.") % {"moments": told(found.taken)}
        raise RuleBroken(sentence, fields={"leave_out_taken": [sentence]})
    if not found.fresh:
        raise RuleBroken(_("All windows of the pattern are planned already."))
    behalf = in_whose_right(by, PLANNERS)
    with transaction.atomic(), because(step="plan_shifts", on_behalf_of=behalf, by=by):
        shifts = [
            Shift(
                officer=officer,
                deputy=deputy,
                starts_at=starts,
                ends_at=ends,
                made_by=by,
                made_for=acting_for(),
            )
            for starts, ends in found.fresh
        ]
        try:
            with transaction.atomic():
                Shift.objects.bulk_create(shifts)
        except IntegrityError as error:  # somebody planned at the same moment
            raise refused_by_constraint(shifts[0], error) from error
        trail.record_many(shifts, "created")
        _tell((officer, deputy), by)
    return shifts


def told(windows: Iterable[tuple[datetime, datetime]]) -> str:
    """The first few windows by their beginnings."""
    starts = [f"{timezone.localtime(window[0]):%d.%m.%Y %H:%M}" for window in windows]
    more = f" (+{len(starts) - TOLD})" if len(starts) > TOLD else ""
    return ", ".join(starts[:TOLD]) + more


def cancel(shift: Shift, *, by: User, now: datetime | None = None) -> Shift:
    """Take a window off the rota; it stays on record."""
    return cancel_all([shift.pk], by=by, now=now)[0]


def cancel_all(keys: Collection[int], *, by: User, now: datetime | None = None) -> list[Shift]:
    """Take several windows off the rota, or none of them."""
    _may_plan(by)
    behalf = in_whose_right(by, PLANNERS)
    with transaction.atomic(), because(step="cancel_shift", on_behalf_of=behalf, by=by):
        shifts = list(Shift.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))
        if not shifts or len(shifts) != len(set(keys)):
            raise WrongState(_("Choose windows that are on the rota."))
        for shift in shifts:
            if shift.cancelled_at is not None:
                raise WrongState(_("This shift was taken off the rota already."))
            shift.cancelled_at, shift.cancelled_by, shift.cancelled_for = moment(now), by, acting_for()
            save(shift)
    return shifts


def _meant(pattern: Pattern) -> None:
    """Refuse a span backwards or too long, and a pattern without days."""
    faults = {}
    if pattern.until < pattern.since:
        faults["until"] = _("The last day is before the first one.")
    elif pattern.until - pattern.since > LONGEST:
        faults["until"] = _("Plan at most a year in one go.")
    if not pattern.weekdays:
        faults["weekdays"] = _("Choose at least one day of the week.")
    if not 1 <= pattern.length <= 31:
        faults["length"] = _("A window lasts between 1 and 31 days.")
    if not 1 <= pattern.every <= 12:
        faults["every"] = _("Every week up to every twelfth week.")
    if faults:
        first = next(iter(faults.values()))
        raise RuleBroken(first, fields={name: [sentence] for name, sentence in faults.items()})


def _may_be_on_call(officer: User, deputy: User) -> None:
    for name, person in (("officer", officer), ("deputy", deputy)):
        if not roles_of(person) & CONFIDENTIAL_STAFF:
            sentence = _("%(person)s does not know of breaches and cannot be on call.") % {
                "person": person.full_name
            }
            raise RuleBroken(sentence, fields={name: [sentence]})


def _tell(people: Iterable[User], by: User) -> None:
    told_people = [person for person in people if person != by]
    inbox.tell(told_people, None, gettext_noop("You stand on the rota of those on call."), path=ROTA)


def _may_plan(by: User) -> None:
    if not roles_of(by) & PLANNERS:
        raise NotPermitted(_("Only the lead and the unit head plan the rota."))
