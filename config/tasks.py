"""What the worker runs for the portal itself."""

from __future__ import annotations

from celery import shared_task

from config.checks import HEARTBEAT
from processes import jobs


@shared_task  # type: ignore[untyped-decorator]  # Celery brings no types
def heartbeat() -> None:
    """One tick: beat asked, the broker carried it, a worker took it, the database wrote it down."""
    jobs.each_time(HEARTBEAT, lambda now: {})
