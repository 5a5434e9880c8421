"""The 72 hours of KVKK m. 12/5 (Kurul 24.01.2019/10): clock hours from the moment of learning, day and night.

Pure: neither weekends nor holidays stop this clock, and a change of the wall clock neither lengthens nor shortens it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

HOURS = 72
SPAN = timedelta(hours=HOURS)
MARKS = (24, 12, 4, 0)  # hours left at which somebody is reminded


@dataclass(frozen=True)
class Countdown:
    """Where the clock stands at a moment."""

    deadline: datetime
    left: timedelta

    @property
    def is_over(self) -> bool:
        """The 72 hours have passed."""
        return self.left <= timedelta(0)

    @property
    def hours(self) -> int:
        """Full hours left, or passed since."""
        return int(abs(self.left).total_seconds() // 3600)

    @property
    def minutes(self) -> int:
        """Minutes beyond the full hours."""
        return int(abs(self.left).total_seconds() // 60 % 60)

    @property
    def tone(self) -> str:
        """How urgent: over or the last four hours, the last day, or still time."""
        if self.left <= timedelta(hours=4):
            return "late"
        return "soon" if self.left <= timedelta(hours=24) else "wait"


def deadline(learned_at: datetime) -> datetime:
    """The last moment at which the Board is told in time."""
    return (learned_at.astimezone(UTC) + SPAN).astimezone(learned_at.tzinfo)


def countdown(learned_at: datetime, now: datetime) -> Countdown:
    """What is left at a moment."""
    end = deadline(learned_at)
    return Countdown(end, end.astimezone(UTC) - now.astimezone(UTC))


def is_late(learned_at: datetime, told_at: datetime) -> bool:
    """A notice that went out after the deadline; it has to say why."""
    return countdown(learned_at, told_at).left < timedelta(0)


def marks_passed(learned_at: datetime, now: datetime) -> tuple[int, ...]:
    """The marks that have come by now, the earliest first."""
    left = countdown(learned_at, now).left
    return tuple(mark for mark in MARKS if left <= timedelta(hours=mark))
