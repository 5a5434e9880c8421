"""Backups of this system: made, kept in generations, tried out. What the ledger of jobs does not show was not done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from statistics import median

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from processes import clauses
from processes.models import JobOutcome, JobRun

BACKUP, DRILL = "backup", "restore_drill"
YOUNG = timedelta(hours=26)  # once a day, and two hours for a long night
TRIED = timedelta(days=31)
PLANNED = timedelta(hours=4)  # within which the system must be back
GENERATIONS = 3
USUAL = 0.4  # how far a backup's size may be from that of its last five predecessors


def runs(job: str) -> list[JobRun]:
    """The runs that ended well, newest first."""
    return list(JobRun.objects.filter(job=job, outcome=JobOutcome.DONE).order_by("-ended_at")[:6])


def is_made() -> list[str]:
    """A backup was made within a day."""
    newest = next(iter(runs(BACKUP)), None)
    if newest is None or newest.ended_at is None:
        return [_("No backup of this system has been made.")]
    if newest.ended_at < timezone.now() - YOUNG:
        when = timezone.localtime(newest.ended_at)
        return [_("The last backup of this system is of %(when)s.") % {"when": f"{when:%d.%m.%Y %H:%M}"}]
    return []


def has_generations() -> list[str]:
    """Three generations at least."""
    newest = next(iter(runs(BACKUP)), None)
    count = newest.counts.get("generations", 0) if newest else 0
    if count < GENERATIONS:
        return [_("There are %(count)d generations of backups; three are the least.") % {"count": count}]
    return []


def has_usual_size() -> list[str]:
    """A backup that suddenly is small is an empty one, and growth is seen before the disk is full."""
    sizes = [run.counts.get("kilobytes", 0) for run in runs(BACKUP)]
    if len(sizes) < 2:
        return []
    size, usual = sizes[0], median(sizes[1:])
    if abs(size - usual) > USUAL * usual:
        values = {"size": size / 1000, "usual": usual / 1000}
        return [_("The last backup has %(size).1f MB, those before it about %(usual).1f MB.") % values]
    return []


def is_tried() -> list[str]:
    """A backup was really restored within a month."""
    newest = next(iter(runs(DRILL)), None)
    if newest is None or newest.ended_at is None or newest.ended_at < timezone.now() - TRIED:
        return [_("No backup has been restored on trial within a month.")]
    return []


def is_back_in_time() -> list[str]:
    """And within the planned time."""
    newest = next(iter(runs(DRILL)), None)
    if newest is None:
        return is_tried()
    seconds = newest.counts.get("seconds", 0)
    if seconds > PLANNED.total_seconds():
        return [
            _("The last restore on trial took %(minutes)d minutes; planned are %(planned)d.")
            % {"minutes": seconds // 60, "planned": PLANNED.total_seconds() // 60}
        ]
    return is_tried()


KEPT: dict[str, tuple[str | Promise, Callable[[], list[str]]]] = {
    "5.2": (gettext_lazy("Database, files, seals and keys are backed up every night, encrypted."), is_made),
    "5.2.8": (gettext_lazy("Each backup's size is compared with those before it."), has_usual_size),
    "5.2.9": (
        gettext_lazy("Each backup is restored on a cluster of its own and its tables and files compared."),
        is_tried,
    ),
    "5.2.10": (
        gettext_lazy("The restore on trial is timed and held against the planned time."),
        is_back_in_time,
    ),
    "5.2.12": (
        gettext_lazy("Daily, weekly and monthly generations are kept; never fewer than three."),
        has_generations,
    ),
}


def declare() -> None:
    """Tell the registry; called once at start."""
    for number, (how, check) in KEPT.items():
        clauses.declare("operations", number, how, check)
