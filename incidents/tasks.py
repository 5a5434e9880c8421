"""What the worker runs for 5.3.2. Each task is thin, may run twice, and finds its work in the database."""

from __future__ import annotations

from datetime import datetime

from celery import shared_task

from incidents import alerting, awaiting, following, gaps, holding, reminding
from processes import jobs


@shared_task  # type: ignore[untyped-decorator]  # Celery brings no types
def watch() -> None:
    """Every minute: pass unanswered alerts on, and give the reminders of the 72 hours that have come due."""
    jobs.each_time("breach_alerts", _alerts)
    jobs.each_time("breach_clock", _clock)


@shared_task  # type: ignore[untyped-decorator]  # Celery brings no types
def follow_up() -> None:
    """Once a day: ask for sanctions nobody asked for, tell of what has come due, of incomplete notices and of gaps in the
    rota, and release logs held long enough.
    """
    jobs.once_per("day", "breach_sanctions", _sanctions)
    jobs.once_per("day", "breach_follow_up", _follow_up)
    jobs.once_per("day", "breach_phases", _phases)
    jobs.once_per("day", "breach_rota", _rota)
    jobs.once_per("day", "breach_logs", _logs)


def _alerts(now: datetime) -> jobs.Counts:
    return {"told": alerting.pass_on_due(now)}


def _clock(now: datetime) -> jobs.Counts:
    return {"reminded": reminding.give_due(now)}


def _follow_up(now: datetime) -> jobs.Counts:
    return {"told": following.tell_due(now)}


def _sanctions(now: datetime) -> jobs.Counts:
    return {"asked": awaiting.ask_where_missing(now)}


def _phases(now: datetime) -> jobs.Counts:
    return {"reminded": reminding.give_phases_due(now)}


def _rota(now: datetime) -> jobs.Counts:
    return {"told": gaps.warn(now)}


def _logs(now: datetime) -> jobs.Counts:
    return {"released": holding.release_due(now)}
