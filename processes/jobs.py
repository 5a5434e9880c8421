"""The ledger of scheduled jobs: each run is written down, and a job due once in a period does its work once.

Beat is only a nudge. Two beats, a task handed out twice or a catch-up beside the regular start meet at one row per
job and period; a run that died is taken over when it is an hour old. Periods go by the house's clock, not the worker's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts import clock
from processes.models import JobOutcome, JobRun

Counts = dict[str, int]
Job = Callable[[datetime], Counts]

GIVEN_UP = timedelta(hours=1)
PERIODS = {"hour": "%Y-%m-%dT%H", "day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m"}


def period_of(period: str, now: datetime) -> str:
    """The name of the period a moment falls in, by the office's clock."""
    return timezone.localtime(now).strftime(PERIODS[period])


def once_per(period: str, job: str, work: Job, *, now: datetime | None = None) -> Counts | None:
    """Do the job unless it was done in this period already; None says there was nothing left to do."""
    now = now or clock.moment()
    run = _entered(job, period_of(period, now), now, again=False)
    if run is None:
        return None
    return _done(run, work, now)


def each_time(job: str, work: Job, *, now: datetime | None = None) -> Counts:
    """Do a job that runs many times a day, adding up what it did in one line per day."""
    now = now or clock.moment()
    run = _entered(job, period_of("day", now), now, again=True)
    assert run is not None
    return _done(run, work, now)


def _entered(job: str, period: str, now: datetime, *, again: bool) -> JobRun | None:
    """The ledger's line, marked as running; None when another run has it or it is done."""
    with transaction.atomic(durable=True):
        fresh = JobRun(job=job, period=period, started_at=now)
        JobRun.objects.bulk_create([fresh], ignore_conflicts=True)
        run = JobRun.objects.select_for_update().get(job=job, period=period)
        if not again and run.runs:
            if run.outcome == JobOutcome.DONE:
                return None
            if run.outcome == JobOutcome.RUNNING and run.started_at > now - GIVEN_UP:
                return None
        run.outcome, run.started_at, run.ended_at = JobOutcome.RUNNING, now, None
        run.runs += 1
        run.save(update_fields=("outcome", "started_at", "ended_at", "runs"))
    return run


def _done(run: JobRun, work: Job, now: datetime) -> Counts:
    """Do the work and write down how it ended; a failure rises after it was written."""
    try:
        counts = work(now)
    except Exception as error:
        _ended(run, JobOutcome.FAILED, {}, type(error).__name__)
        raise
    _ended(run, JobOutcome.DONE, counts)
    return counts


def _ended(run: JobRun, outcome: JobOutcome, counts: Counts, error: str = "") -> None:
    """Add what was done to the line as it stands now: another run of the day may have ended meanwhile."""
    with transaction.atomic():
        line = JobRun.objects.select_for_update().get(pk=run.pk)
        for name, count in counts.items():
            line.counts[name] = line.counts.get(name, 0) + count
        line.outcome, line.ended_at, line.last_error = outcome, clock.moment(), error
        line.save(update_fields=("outcome", "ended_at", "last_error", "counts"))
