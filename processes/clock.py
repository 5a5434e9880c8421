"""Due dates of running cases, from the planned days, the calendar and the pauses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from processes.calendar import Deadline, plan
from processes.models import Case, DayOff, DayOffKind, StepRun

Span = dict[str, Any]
Due = Callable[[datetime, "int | None", Sequence[Span]], "datetime | None"]
DaysOff = tuple[dict[date, str], frozenset[date]]


def days_off(since: date) -> DaysOff:
    """The closed days from a date on with their names, and the days closed only in the afternoon."""
    rows = DayOff.objects.filter(date__gte=since).exclude(kind=DayOffKind.WORKED).only("date", "name", "kind")
    halves = frozenset(row.date for row in rows if row.is_half)
    return {row.date: row.name for row in rows if not row.is_half}, halves


def deadline(entered_at: datetime, days: int | None, pauses: Sequence[Span]) -> Deadline | None:
    """When a step entered then is due and how that was counted; None where the document plans no duration."""
    if days is None:
        return None
    return counted(entered_at, days, pauses, days_off(entered_at.date() - timedelta(days=1)))


def counted(entered_at: datetime, days: int, pauses: Sequence[Span], off: DaysOff) -> Deadline:
    """The same from days off read once for many steps."""
    closed, halves = off
    return plan(entered_at, days, closed, halves, [_span(span) for span in pauses])


def due(entered_at: datetime, days: int | None, pauses: Sequence[Span]) -> datetime | None:
    """When a step entered then is due."""
    found = deadline(entered_at, days, pauses)
    return found.due if found else None


def due_since(earliest: datetime) -> Due:
    """`due` for many steps, none entered before `earliest`: the days off are read once."""
    off = days_off(earliest.date() - timedelta(days=1))

    def counted_due(entered_at: datetime, days: int | None, pauses: Sequence[Span]) -> datetime | None:
        return None if days is None else counted(entered_at, days, pauses, off).due

    return counted_due


def begin_pause(run: StepRun, *, reason: str, by_id: int, now: datetime) -> None:
    """Stop the clock of a run."""
    run.pauses = [*run.pauses, {"since": now.isoformat(), "until": None, "reason": reason, "by": by_id}]


def end_pause(case: Case, run: StepRun, now: datetime) -> None:
    """Let the clock of a run go on, if it stands still."""
    if case.waiting_since is None:
        return
    *earlier, last = run.pauses
    run.pauses = [*earlier, {**last, "until": now.isoformat()}]
    case.waiting_since, case.waiting_reason = None, ""


def _span(span: Span) -> tuple[datetime, datetime | None, str]:
    until = span["until"]
    return (
        datetime.fromisoformat(span["since"]),
        datetime.fromisoformat(until) if until else None,
        span["reason"],
    )
