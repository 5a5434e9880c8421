"""What the worker runs. Each task is thin, may run twice, and finds its work in the database."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from celery import shared_task

from processes import digest, file_watch, files, jobs, outbox, reminders, seal_mail
from processes.imports import machine
from processes.keepers import matrix
from processes.services import sent_forms


@shared_task  # type: ignore[untyped-decorator]  # Celery brings no types
def send_outbox() -> None:
    """Send what waits in the outbox."""
    jobs.each_time("send_outbox", _send)


@shared_task  # type: ignore[untyped-decorator]  # Celery brings no types
def send_digests() -> None:
    """Gather yesterday's unread messages into one e-mail a person."""
    jobs.once_per("day", "send_digests", digest.gather)


@shared_task  # type: ignore[untyped-decorator]  # Celery brings no types
def sweep() -> None:
    """Tell of cases that became overdue, mail the trail's seal, clear away what transactions taken back left as files."""
    jobs.once_per("hour", "tell_overdue", reminders.tell_overdue)
    jobs.once_per("day", "mail_seal", seal_mail.gather)
    jobs.once_per("day", "reap_files", _reap)
    jobs.once_per("month", matrix.COMPARING, matrix.compare_rights)


@shared_task  # type: ignore[untyped-decorator]  # Celery brings no types
def verify_files() -> None:
    """Hash every stored file again once a week."""
    jobs.once_per("week", file_watch.JOB, file_watch.check)


def _send(now: datetime) -> jobs.Counts:
    return asdict(outbox.send_due(limit=1000))


def _reap(now: datetime) -> jobs.Counts:
    return {
        "removed": files.reap(now=now),
        "forms": sent_forms.forget(now),
        "tables": machine.forget_undecided(now=now),
    }
