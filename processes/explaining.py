"""How a due time came about, in words: "3 working days; 29 October Republic Day is not counted; 2 days waited"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from processes import clock
from processes.calendar import Deadline, Wait
from processes.models import Case, StepRun

REASON_LENGTH = 120


@dataclass(frozen=True)
class StepExplanation:
    """One step's due time. `sentences` tell it in the order it is counted; empty `due` means no clock runs."""

    number: str
    name: str
    entered_at: datetime
    due: datetime | None
    ended_at: datetime | None
    sentences: tuple[str, ...]

    @property
    def is_running(self) -> bool:
        """The step the case waits for now."""
        return self.ended_at is None


@dataclass(frozen=True)
class Explanation:
    """Every step of a case with its own count; `summary` is the running step's in one line."""

    steps: tuple[StepExplanation, ...]
    summary: str

    def __str__(self) -> str:
        return self.summary


def explain(case: Case, runs: Sequence[StepRun]) -> Explanation:
    """How the due times of a case were counted, in the reader's language.

    `runs` come with their steps (`queries.runs_of`); the days off are read in one query.
    """
    if not runs:
        return Explanation((), "")
    off = clock.days_off(timezone.localdate(min(run.entered_at for run in runs)) - timedelta(days=1))
    steps = tuple(_explained(run, off) for run in runs if run.ended_at is None or run.due_at is not None)
    running = next((step for step in steps if step.is_running), None)
    return Explanation(steps, "; ".join(running.sentences) if running else "")


def _explained(run: StepRun, off: clock.DaysOff) -> StepExplanation:
    days = run.step.planned_days
    if days is None:
        due, sentences = None, [_("The process document plans no duration for this step: no clock runs")]
    else:
        deadline = clock.counted(run.entered_at, days, run.pauses, off)
        due, sentences = deadline.due, _sentences(run, days, deadline)
    return StepExplanation(
        run.step.number, run.step.short_name, run.entered_at, due, run.ended_at, tuple(sentences)
    )


def _sentences(run: StepRun, days: int, deadline: Deadline) -> list[str]:
    """The count as the office would tell it on the telephone."""
    said = [
        ngettext("%(count)d working day from %(day)s on", "%(count)d working days from %(day)s on", days)
        % {"count": days, "day": day_month(timezone.localdate(run.entered_at))}
    ]
    said += [
        _("%(day)s %(holiday)s is not counted") % {"day": day_month(day), "holiday": name}
        for day, name in deadline.skipped
    ]
    said += [_waited(wait) for wait in deadline.waits]
    said.append(
        _("due on %(day)s at %(time)s")
        % {"day": day_month(deadline.due.date()), "time": f"{deadline.due:%H:%M}"}
    )
    if deadline.due_on_half_day:
        said.append(_("the office closes at noon on that day"))
    return said


def _waited(wait: Wait) -> str:
    reason = wait.reason if len(wait.reason) <= REASON_LENGTH else f"{wait.reason[: REASON_LENGTH - 1]}…"
    if wait.until is None:
        return _("waiting since %(day)s (%(reason)s): the clock stands still") % {
            "day": day_month(timezone.localdate(wait.since)),
            "reason": reason,
        }
    return ngettext(
        "%(count)d working day waited (%(reason)s)",
        "%(count)d working days waited (%(reason)s)",
        wait.working_days,
    ) % {"count": wait.working_days, "reason": reason}


def day_month(day: date) -> str:
    """A day as it is spoken: 29 Ekim, with the year when it is not this one."""
    return formats.date_format(day, "j F" if day.year == timezone.localdate().year else "j F Y")
