"""What the worker runs for 5.3.7; thin, may run twice, finds its work in the database."""

from __future__ import annotations

from celery import shared_task

from processes import jobs
from webapps import reminding


@shared_task  # type: ignore[untyped-decorator]  # Celery brings no types
def remind() -> None:
    """Once a day the reviewers who have not decided; once a month the lead, of applications not compared."""
    jobs.once_per("day", "review_reminders", reminding.remind_reviewers)
    jobs.once_per("month", "reconciliation_reminders", reminding.remind_of_comparing)
