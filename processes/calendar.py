"""The office's working days: when a deadline falls, and why. Pure: needs neither database nor settings.

How days are counted:
- the day a step is entered is not counted, Saturday, Sunday and closed days never are;
- a day closed only in the afternoon (28 October, the eve of a religious holiday) counts, but ends at noon;
- a deadline is the end of the last counted day, Istanbul time;
- a working day was waited if the clock stood still when the office closed that day; each such day moves the deadline
  by one working day, as long as the wait came before the deadline;
- while a wait has no end, the deadline stands where it stood.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

OFFICE = ZoneInfo("Europe/Istanbul")
CLOSES = time(17, 0)
CLOSES_ON_HALF_DAY = time(12, 0)
SATURDAY = 5
RELIGIOUS = ("Ramazan", "Kurban")

Span = tuple[datetime, datetime | None, str]


@dataclass(frozen=True)
class Wait:
    """A span in which the clock stood still; `working_days` is how far it moved the deadline."""

    since: datetime
    until: datetime | None
    reason: str
    working_days: int


@dataclass(frozen=True)
class Deadline:
    """When something is due, and how that came about.

    `counted` are the days that count, the last one being the due day; `skipped` the closed weekdays in between with
    their names; `due_on_half_day` says that the due day ends at noon.
    """

    due: datetime
    counted: tuple[date, ...]
    skipped: tuple[tuple[date, str], ...]
    waits: tuple[Wait, ...]
    due_on_half_day: bool = False

    @property
    def waited(self) -> int:
        """The working days all waits together moved the deadline by."""
        return sum(wait.working_days for wait in self.waits)


def is_working_day(day: date, closed: Iterable[date]) -> bool:
    """The office works at least in the morning of that day."""
    return day.weekday() < SATURDAY and day not in closed


def add_working_days(start: date, days: int, closed: set[date]) -> date:
    """The working day that is `days` working days after `start`; `start` itself is not counted.

    With 0 days: `start`, or the next working day when the office is closed on it.
    """
    return plan(
        datetime.combine(start, time.min, OFFICE), days, dict.fromkeys(closed, ""), frozenset(), ()
    ).due.date()


def plan(
    entered_at: datetime,
    days: int,
    closed: Mapping[date, str],
    halves: AbstractSet[date],
    spans: Sequence[Span],
) -> Deadline:
    """When a step entered at a moment, planned for that many working days, is due."""
    if entered_at.tzinfo is None:
        raise ValueError("A deadline is counted from an aware time.")
    if days < 0:
        raise ValueError("Working days are counted forward.")
    start = day = entered_at.astimezone(OFFICE).date()
    waits = _Waits(spans, halves)
    counted: list[date] = []
    skipped: list[tuple[date, str]] = []
    if is_working_day(start, closed):
        missing = days + waits.cover(start)
    else:
        missing = max(days, 1)
    while missing:
        day += timedelta(days=1)
        if day in closed and day.weekday() < SATURDAY:
            skipped.append((day, closed[day]))
        elif is_working_day(day, closed) and not waits.cover(day):
            counted.append(day)
            missing -= 1
    return Deadline(closing(day, halves), tuple(counted), tuple(skipped), waits.told(), day in halves)


def closing(day: date, halves: AbstractSet[date]) -> datetime:
    """The moment the office closes on a working day."""
    return datetime.combine(day, CLOSES_ON_HALF_DAY if day in halves else CLOSES, OFFICE)


class _Waits:
    """Which span of waiting each working day is put down to; a day waited twice moves the deadline once."""

    def __init__(self, spans: Sequence[Span], halves: AbstractSet[date]) -> None:
        self._spans = spans
        self._halves = halves
        self._days = [0] * len(spans)

    def cover(self, day: date) -> bool:
        """The clock stood still when the office closed on that day; the day is put down to the earliest span."""
        moment = closing(day, self._halves)
        for place, (since, until, _reason) in enumerate(self._spans):
            if until is not None and since <= moment < until:
                self._days[place] += 1
                return True
        return False

    def told(self) -> tuple[Wait, ...]:
        """Every span with the days put down to it."""
        return tuple(
            Wait(since, until, reason, days)
            for (since, until, reason), days in zip(self._spans, self._days, strict=True)
        )


def turkish_holidays(year: int) -> list[tuple[date, str, str]]:
    """The official holidays of a year with their Turkish names; the third item is a kind of `DayOff`.

    Dates of religious holidays not announced yet carry "(tahmini)" in their names.
    """
    import holidays  # takes a tenth of a second to load, and only the yearly fill of the calendar needs it

    found: list[tuple[date, str, str]] = []
    for day, name in holidays.country_holidays(
        "TR", years=year, categories=("public",), language="tr"
    ).items():
        found.append((day, name, "religious" if name.startswith(RELIGIOUS) else "public"))
    whole = {day for day, _name, _kind in found}
    for day, name in holidays.country_holidays(
        "TR", years=year, categories=("half_day",), language="tr"
    ).items():
        if day not in whole:
            found.append((day, name, "half"))
    return sorted(found)
