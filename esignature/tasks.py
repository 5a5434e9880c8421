"""What the worker runs for 5.3.3; thin, may run twice, finds its work in the database."""

from __future__ import annotations

from celery import shared_task

from esignature import reminders
from processes import jobs


@shared_task  # type: ignore[untyped-decorator]  # Celery brings no types
def remind() -> None:
    """Remind of certificates that near their end; once a day."""
    jobs.once_per("day", "certificate_reminders", reminders.remind)
