"""A trail that was sealed in several batches and published, and what a superuser can do to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from django.db import connection, transaction

from audit import publishing, sealing, trail
from audit.models import Entry
from tests.audit.people import somebody
from tests.database.logins import OWNER, SEALER, entered_as

TABLES = (
    "audit_entry",
    "audit_leaf",
    "audit_checkpoint",
    "audit_epoch",
    "audit_anchor",
    "audit_verification",
    "audit_hold",
    "audit_release",
    "audit_acknowledgement",
)


def write(count: int, reason: str = "") -> None:
    """Entries, each in a transaction of its own."""
    from accounts.models import User

    person = User.objects.filter(username="ayse").first() or somebody()
    for number in range(count):
        with transaction.atomic():
            trail.record(person, "viewed", {"number": number}, reason=reason)


def seal() -> sealing.Sealed:
    """One round of the sealer, under its own role."""
    with entered_as(SEALER):
        return sealing.seal()


def publish() -> int:
    """What is sealed is put outside, under the sealer's role."""
    with nullcontext() if connection.in_atomic_block else entered_as(SEALER):
        return publishing.publish()


def sealed(batches: int = 4, each: int = 10) -> int:
    """A sealed and published trail; how many entries it has."""
    for _batch in range(batches):
        write(each)
        seal()
        publish()
    return Entry.objects.count()


@contextmanager
def as_superuser() -> Iterator[Any]:
    """Everything is allowed and no trigger fires; taken back at the end, because tests share the database."""
    with nullcontext() if connection.in_atomic_block else entered_as(OWNER), transaction.atomic():
        with connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
            yield cursor
        transaction.set_rollback(True)


def rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """What a question to the database answers."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
