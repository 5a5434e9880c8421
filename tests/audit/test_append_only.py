"""The database refuses to change or remove an entry, whoever asks and however."""

from __future__ import annotations

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import DatabaseError, ProgrammingError, connection, transaction

from audit import trail
from audit.models import Entry
from tests.audit.people import somebody

pytestmark = pytest.mark.login("owner")  # whom no missing right holds back, only the triggers
ATTEMPTS = {
    "update": "UPDATE audit_entry SET reason = 'nothing happened'",
    "delete": "DELETE FROM audit_entry",
    "truncate": "TRUNCATE audit_entry",
}


@pytest.fixture
def entry(db: None) -> Entry:
    return trail.record(somebody(), "signed_in")


def refused(sql: str) -> str:
    """The SQLSTATE with which the database refuses a statement."""
    with pytest.raises(ProgrammingError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    return str(getattr(error.value.__cause__, "pgcode", ""))


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
def test_change_is_refused(attempt: str, entry: Entry) -> None:
    assert refused(attempt) == "42501"


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
def test_change_is_refused_when_ordinary_triggers_are_off(attempt: str, entry: Entry) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    assert refused(attempt) == "42501"


def test_upsert_is_refused(entry: Entry) -> None:
    columns = "content_type_id, object_pk, object_repr, action, event, step, reason, cid, timestamp, db_user, epoch, canon"
    sql = (
        f"INSERT INTO audit_entry (id, {columns}) OVERRIDING SYSTEM VALUE SELECT id, {columns} FROM audit_entry "
        "ON CONFLICT (id) DO UPDATE SET reason = 'rewritten'"
    )
    assert refused(sql) == "42501"


def test_saving_an_entry_again_is_refused(entry: Entry) -> None:
    entry.reason = "rewritten"
    with pytest.raises(DatabaseError), transaction.atomic():
        entry.save()


def test_deleting_an_entry_is_refused(entry: Entry) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        entry.delete()


def test_the_librarys_flush_command_is_refused(entry: Entry) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        call_command("auditlogflush", "--yes", verbosity=0)


def test_an_entry_brings_no_number_of_its_own(entry: Entry) -> None:
    forged = Entry(pk=entry.pk + 1000, content_type=entry.content_type, action=3, event="forged")
    with pytest.raises(DatabaseError), transaction.atomic():
        forged.save(force_insert=True)


def test_the_database_writes_the_stamp(entry: Entry) -> None:
    forged = Entry(
        content_type=entry.content_type,
        action=3,
        event="forged",
        xid=1,
        db_user="nobody",
        epoch=99,
        canon="nothing",
    )
    forged.save(force_insert=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint, session_user")
        xid, user = cursor.fetchone()
    forged.refresh_from_db()
    assert (forged.xid, forged.db_user, forged.epoch) == (xid, user, 1)
    assert forged.canon.startswith("sbs-audit-1\n")


def test_the_stamp_is_written_when_ordinary_triggers_are_off(entry: Entry) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    written = trail.record(somebody("another"), "signed_in")
    written.refresh_from_db()
    assert written.canon.startswith("sbs-audit-1\n")


def test_removing_the_person_leaves_the_entry(db: None) -> None:
    person = somebody()
    entry = Entry.objects.create(
        content_type=trail.record(person, "seen").content_type, action=3, event="seen", actor=person
    )
    key = person.pk
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_user WHERE id = %s", [key])
    assert Entry.objects.filter(pk=entry.pk, actor_id=key).exists()


def test_removing_the_kind_of_record_leaves_the_entry(entry: Entry) -> None:
    with transaction.atomic():
        ContentType.objects.filter(pk=entry.content_type_id).delete()
        assert Entry.objects.filter(pk=entry.pk).exists()
        transaction.set_rollback(True)
