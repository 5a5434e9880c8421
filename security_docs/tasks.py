"""What the worker runs for 5.3.1. Each task is thin, may run twice, and finds its work in the database."""

from __future__ import annotations

from celery import shared_task

from processes import jobs
from security_docs import due, readings


@shared_task  # type: ignore[untyped-decorator]  # Celery brings no types
def follow_up() -> None:
    """Once a day: ask newcomers, remind those who have not signed; once a week: reviews and gaps that come due."""
    jobs.once_per("day", "readings_keep_up", readings.keep_up)
    jobs.once_per("day", "readings_remind", readings.remind)
    jobs.once_per("week", "documents_due", due.remind)
