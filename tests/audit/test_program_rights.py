"""What the program's own role could still do to the trail's surroundings: nothing that hides or silences."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, connection, models, transaction
from django.utils import timezone, translation

from audit import checkpoints, kinds, publishing, roles, sealing, standing, trail
from audit.erasable import ERASABLE
from audit.models import Anchor, AnchorKind, Checkpoint
from audit.queries import entries_of
from audit.verifying import verify, verify_and_record
from config import checks
from config.monitoring import Level
from tests.audit.people import somebody
from tests.audit.sealed import publish, rows, seal, sealed, write
from tests.database.base import EMPTIED
from tests.database.logins import APP, OWNER, PREFIX, SEALER, entered_as

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("seals")]
FAR = 2_000_000_000


def refusal(sql: str, *values: Any) -> str:
    """The SQLSTATE with which a statement is refused; empty when it went through, and then it is taken back."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
            transaction.set_rollback(True)
    except DatabaseError as error:
        return str(getattr(error.__cause__, "pgcode", ""))
    return ""


def note(number: int, kind: str) -> str:
    return refusal("INSERT INTO audit_anchor (checkpoint, kind, at) VALUES (%s, %s, now())", number, kind)


def past_the_guards(sql: str) -> None:
    """What the owner of the tables does with the triggers off, for good."""
    with entered_as(OWNER), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE audit_anchor DISABLE TRIGGER USER; ALTER TABLE audit_checkpoint DISABLE TRIGGER USER"
        )
        cursor.execute(sql)
        for table in ("audit_anchor", "audit_checkpoint"):
            for what in ("no_change", "no_truncate", *(["bound"] if table == "audit_anchor" else [])):
                cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_{what}")


@pytest.mark.parametrize("kind", AnchorKind.values)
def test_nobody_notes_a_copy_of_a_seal_there_is_not(kind: str) -> None:
    sealed(1, 2)
    for role in (APP, SEALER, OWNER):
        with entered_as(role):
            assert note(FAR, kind) == "23514"


def test_the_program_notes_e_mails_and_no_other_copy() -> None:
    write(2)
    seal()
    number = Checkpoint.objects.get().number
    assert {kind: note(number, kind) for kind in AnchorKind.values} == {
        "file": "42501",
        "mail": "",
        "timestamp": "42501",
    }
    with entered_as(SEALER):
        assert {kind: note(number, kind) for kind in AnchorKind.values} == dict.fromkeys(
            AnchorKind.values, ""
        )


def test_no_copy_is_of_a_day_to_come() -> None:
    sealed(1, 2)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO audit_anchor (checkpoint, kind, at) VALUES (1, 'mail', '2099-01-01')")
    assert Anchor.objects.get(kind=AnchorKind.MAIL).at <= timezone.now()


def test_a_false_copy_stops_nothing_and_is_an_alarm() -> None:
    sealed(1, 2)
    past_the_guards(
        "INSERT INTO audit_anchor (checkpoint, kind, at) SELECT 2000000000, kind, now()"
        " FROM unnest(ARRAY['file', 'mail', 'timestamp']) AS kind"
    )
    write(2)
    seal()
    assert publish() == 1
    assert publishing.is_published(Checkpoint.objects.latest("number"))
    assert standing.standing().anchors["file"].checkpoint == 2
    with translation.override("en"):
        assert standing.urgent() == [
            "Seal 2000000000 is noted as published, and there is no such seal: somebody wrote it into the database."
        ]
        assert checks.seal().level == Level.ACT
    assert verify().codes == {"anchor"}


def test_copies_noted_beforehand_keep_no_seal_in_the_house() -> None:
    sealed(1, 2)
    past_the_guards(
        "INSERT INTO audit_anchor (checkpoint, kind, at) SELECT n, 'file', now() FROM generate_series(2, 9) n"
    )
    write(2)
    seal()
    assert publish() == 1
    assert len(list(publishing.published())) == 2


def test_a_copy_that_was_lost_is_made_again(seals: Any) -> None:
    sealed(3, 2)
    publishing.file_of(Checkpoint.objects.get(number=1)).unlink()
    assert publish() == 0
    with entered_as(SEALER):
        assert publishing.publish(thorough=True) == 1
    assert verify().findings == []


def test_the_sealer_goes_on_from_the_last_seal_it_signed() -> None:
    sealed(2, 2)
    past_the_guards(
        "INSERT INTO audit_checkpoint (number, tree_size, root, frontier, epoch, last_xid, last_entry, made_at, note)"
        " SELECT 7, 900, root, frontier, epoch, last_xid + 100000, last_entry, now(), note FROM audit_checkpoint"
        " WHERE number = 2"
    )
    write(3)
    assert seal().entries == 3
    newest = checkpoints.newest()
    assert newest is not None
    assert (newest.number, newest.tree_size) == (3, 8)
    assert publish() == 1
    with translation.override("en"):
        assert standing.urgent() == [
            "Seal 7 was not signed with a key of this trail: the sealer does not go on from it."
        ]
    assert {"signature"} <= verify().codes or {"root"} <= verify().codes


def test_without_any_seal_of_its_own_the_sealer_stops() -> None:
    sealed(1, 2)
    past_the_guards("UPDATE audit_checkpoint SET tree_size = tree_size + 1")
    write(1)
    with pytest.raises(sealing.MustNotSeal, match="none is gone on from"):
        seal()


def test_a_mark_moved_ahead_does_not_let_entries_slip() -> None:
    sealed(1, 2)
    past_the_guards("UPDATE audit_checkpoint SET last_xid = last_xid + 1000000000")
    write(1)
    with pytest.raises(sealing.MustNotSeal, match="its row was changed"):
        seal()


def test_a_strange_entry_is_late_at_once_and_named_by_the_sealer() -> None:
    sealed(1, 2)
    columns = "content_type_id, object_pk, object_id, object_repr, action, event, step, reason, cid, timestamp, db_user, canon"
    with entered_as(OWNER), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_stamp")
        cursor.execute(
            f"INSERT INTO audit_entry (xid, epoch, db_at, {columns})"
            f" SELECT 1, 2, '2099-01-01', {columns} FROM audit_entry LIMIT 1 RETURNING id"
        )
        (entry,) = cursor.fetchone()
        cursor.execute("ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER audit_entry_stamp")
    found = standing.standing()
    assert (found.strays, found.is_late) == ([entry], True)
    assert checks.seal().level == Level.ACT
    assert str(entry) in standing.urgent()[0]
    assert seal().strays == [entry]
    assert verify().codes == {"unsealed"}


@pytest.mark.parametrize("table", roles.READ_ONLY)
def test_the_program_only_reads_what_migrations_write(table: str) -> None:
    (column,) = rows("SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1", table)[
        0
    ]
    assert refusal(f"SELECT * FROM {table} LIMIT 1") == ""
    for sql in (
        f"UPDATE {table} SET {column} = {column}",
        f"DELETE FROM {table}",
        f"INSERT INTO {table} SELECT * FROM {table}",
    ):
        assert refusal(sql) == "42501"


def test_the_right_to_change_kinds_of_record_is_told() -> None:
    assert roles.amiss() == []
    with entered_as(OWNER), connection.cursor() as cursor:
        cursor.execute(f"GRANT DELETE ON django_content_type TO {PREFIX}_{APP}")
    try:
        assert len(roles.amiss()) == 1
    finally:
        with entered_as(OWNER), connection.cursor() as cursor:
            cursor.execute(f"REVOKE DELETE ON django_content_type FROM {PREFIX}_{APP}")


def test_the_program_removes_rows_only_where_a_reason_is_given() -> None:
    found = rows(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        " AND has_table_privilege(oid, 'DELETE')"
    )
    assert {name for (name,) in found} == {*ERASABLE, *EMPTIED}
    assert not set(ERASABLE) & {*roles.TRAIL, *roles.READ_ONLY, *EMPTIED}
    assert all(ERASABLE.values())


def test_what_goes_with_a_removed_row_may_be_removed_too() -> None:
    tables = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
    missing = {
        (name, relation.related_model._meta.db_table)
        for name in ERASABLE
        for relation in tables[name]._meta.related_objects
        if relation.on_delete is models.CASCADE and relation.related_model._meta.db_table not in ERASABLE
    }
    assert missing == set()


def test_the_history_of_a_kind_of_record_stays_whatever_the_program_is_made_to_do() -> None:
    with transaction.atomic():
        entry = trail.record(somebody(), "viewed")
    for sql in (
        "DELETE FROM django_content_type WHERE id = %s",
        "UPDATE django_content_type SET id = id + 1000 WHERE id = %s",
        "UPDATE django_content_type SET model = 'x' WHERE id = %s",
    ):
        assert refusal(sql, entry.content_type_id) == "42501"


def renumber(kind: int, by: int) -> None:
    """A kind of record under another number, as its table's owner may give it."""
    with entered_as(OWNER), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE auth_permission SET content_type_id = content_type_id + %s WHERE content_type_id = %s",
            [by, kind],
        )
        cursor.execute("UPDATE django_content_type SET id = id + %s WHERE id = %s", [by, kind])


def test_a_record_goes_on_showing_its_entries_when_its_kind_was_taken_away() -> None:
    with transaction.atomic():
        person = somebody()
        entry = trail.record(person, "viewed")
    shown = set(entries_of(person))
    renumber(entry.content_type_id, 1_000_000)
    ContentType.objects.clear_cache()
    try:
        assert set(entries_of(person)) == set()
        assert "kind-missing" in verify_and_record().codes
        assert set(entries_of(person)) == shown
    finally:
        renumber(entry.content_type_id + 1_000_000, -1_000_000)
        ContentType.objects.clear_cache()
        kinds.remember()
    assert entry in entries_of(person)
