"""What the worker does for the trail. Each task may run twice and finds its work in the database."""

from __future__ import annotations

from celery import shared_task
from django.db import connection
from django.utils import timezone

from audit import anchoring, keys, publishing, sealing, verifying
from audit.models import Verification


@shared_task  # type: ignore[untyped-decorator]  # Celery brings no types
def seal() -> None:
    """Seal what was written and publish the seals.

    Where the sealer has a database role and a machine of its own (`manage.py audit seal --every`), this worker's
    role cannot write seals and leaves the work to it.
    """
    if may_seal():
        sealing.seal()
        publishing.publish()


@shared_task  # type: ignore[untyped-decorator]  # Celery brings no types
def stamp() -> None:
    """Have the newest seal stamped once a day. Tried each hour and no oftener: every try may cost a prepaid stamp.

    The stamp lies beside the seal, so it is the sealer's work wherever there is one of its own.
    """
    if may_seal():
        anchoring.stamp_latest()


@shared_task  # type: ignore[untyped-decorator]  # Celery brings no types
def verify() -> None:
    """Recompute the whole trail once a day and keep what was found."""
    last = Verification.objects.order_by("-id").first()
    if last is None or timezone.localdate(last.began_at) < timezone.localdate():
        verifying.verify_and_record()


def may_seal() -> bool:
    """Whether this process has the key, and its role in the database may write seals."""
    if not keys.can_sign():
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('audit_leaf', 'INSERT')")
        return bool(cursor.fetchone()[0])
