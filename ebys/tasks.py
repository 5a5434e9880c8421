"""What the worker does for letters and the systems that carry them. Each task is thin and may run twice."""

from __future__ import annotations

from datetime import datetime

from celery import shared_task

from ebys.api import idempotency
from processes import jobs


@shared_task  # type: ignore[untyped-decorator]  # Celery brings no types
def forget_answers() -> None:
    """Once a day, forget the answers kept for repeated requests when nobody repeats them any more."""
    jobs.once_per("day", "forget_answers", _forget)


def _forget(now: datetime) -> jobs.Counts:
    return {"removed": idempotency.purge(now)}
