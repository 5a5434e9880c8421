"""A restore excuses nothing by itself: the sealer signs what it took over, and a named person answers for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from accounts.models import User
from audit import epochs, keys, notes, publishing, sealing, standing, verifying
from audit.models import Acknowledgement, Checkpoint, Entry, Epoch
from audit.notes import BadNote, EpochNote, Signer
from tests.audit.people import somebody
from tests.audit.sealed import as_superuser, seal, sealed, write

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.login("owner"),  # seals, restores backups and forges in turn
    pytest.mark.usefixtures("seals"),
]
GUARDED = ("audit_entry", "audit_leaf", "audit_checkpoint", "audit_epoch", "audit_anchor")


@contextmanager
def unguarded() -> Iterator[Any]:
    """What the owner of the tables does for good, with the protection off meanwhile."""
    with connection.cursor() as cursor:
        for table in GUARDED:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_no_change")
        yield cursor
        for table in GUARDED:
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_change")


def older_copy() -> Checkpoint:
    """The database as a backup after the first seal had it, while both seals are published."""
    sealed(2, 5)
    kept = Checkpoint.objects.earliest("number")
    with unguarded() as cursor:
        for table, column, value in (
            ("audit_checkpoint", "number", kept.number),
            ("audit_leaf", "pos", kept.tree_size - 1),
            ("audit_entry", "id", kept.last_entry),
            ("audit_anchor", "checkpoint", kept.number),
        ):
            cursor.execute(f"DELETE FROM {table} WHERE {column} > %s", [value])
    return kept


def declared() -> Epoch:
    """An honest restore, declared and verified."""
    older_copy()
    epoch = sealing.begin_epoch("Gece yedeği geri yüklendi.")
    write(9)
    seal()
    publishing.publish()
    verifying.verify_and_record()
    return epoch


def person() -> User:
    return User.objects.first() or somebody()


def codes() -> set[str]:
    return verifying.verify(guards=False).codes


def forged(cursor: Any, **columns: Any) -> None:
    """A row of an epoch as whoever owns the table writes it."""
    row = {"number": 2, "accepted_size": 0, "reason": "Restored.", "note": ""} | columns
    cursor.execute(
        "INSERT INTO audit_epoch (number, cluster, accepted_size, began_at, reason, note) "
        "SELECT %(number)s, cluster, %(accepted_size)s, now(), %(reason)s, %(note)s FROM audit_epoch WHERE number = 1",
        row,
    )


def test_an_epoch_carries_what_the_sealer_signed_and_is_published(seals: Path) -> None:
    kept = older_copy()
    epoch = sealing.begin_epoch("Gece yedeği\ngeri yüklendi.")
    note = notes.check_epoch(epoch.note, keys.known())
    assert (note.number, note.accepted_size, note.accepted_root) == (2, kept.tree_size, bytes(kept.root))
    assert note.reason == "Gece yedeği geri yüklendi."
    assert (seals / "epochs" / "000002.txt").read_text(encoding="utf-8") == epoch.note
    assert epochs.note_of(Epoch.objects.get(number=2)) == note


def test_a_note_of_an_epoch_is_no_checkpoint_and_the_other_way_round() -> None:
    epoch = declared()
    with pytest.raises(BadNote):
        notes.check(epoch.note, keys.known())
    with pytest.raises(BadNote):
        notes.check_epoch(Checkpoint.objects.latest("number").note, keys.known())


def test_a_row_the_sealer_did_not_sign_excuses_nothing() -> None:
    older_copy()
    with connection.cursor() as cursor:
        forged(cursor)
    report = verifying.verify(guards=False)
    assert report.codes == {"epoch-unsigned", "published-shrank"}
    assert report.explained == []


def test_the_sealer_does_not_go_on_after_a_row_it_did_not_sign() -> None:
    sealed(1, 3)
    with connection.cursor() as cursor:
        forged(cursor, accepted_size=4)
    write(1)
    with pytest.raises(sealing.MustNotSeal, match="not signed"):
        sealing.seal()
    assert Checkpoint.objects.count() == 1


@pytest.mark.parametrize(
    ("column", "value"),
    [("accepted_size", 0), ("number", 3), ("cluster", 7), ("reason", "Taşındı."), ("note", "")],
)
def test_a_signed_epoch_whose_row_was_changed_excuses_nothing(column: str, value: Any) -> None:
    declared()
    with as_superuser() as cursor:
        cursor.execute(f"UPDATE audit_epoch SET {column} = %s WHERE number = 2", [value])
        found = verifying.verify(guards=False)
    assert {"epoch-unsigned", "published-root"} <= found.codes
    assert found.explained == []


def test_the_note_of_another_key_excuses_nothing() -> None:
    kept = older_copy()
    row = Epoch.objects.get(number=1)
    sham = Signer(keys.origin(), b"\x42" * 32)
    note = EpochNote(sham.name, 2, 0, bytes(kept.root), row.cluster, timezone.now(), "Restored.").signed(sham)
    with connection.cursor() as cursor:
        forged(cursor, note=note)
    assert codes() == {"epoch-unsigned", "published-shrank"}


def test_what_an_epoch_took_over_must_stay_what_it_was() -> None:
    epoch = declared()
    assert codes() == set()
    with as_superuser() as cursor:
        cursor.execute("UPDATE audit_entry SET canon = replace(canon, 'viewed', 'moved!') WHERE id > 0")
        report = verifying.verify(guards=False)
    assert ("epoch-root", epoch.accepted_size) in {
        (one.code, one.values.get("size")) for one in report.findings
    }


def test_a_later_restore_to_an_earlier_moment_leaves_an_epoch_behind() -> None:
    declared()
    first = Checkpoint.objects.earliest("number")
    with unguarded() as cursor:  # the same backup once more, which knows of the first life only
        for table, column, value in (
            ("audit_checkpoint", "number", first.number),
            ("audit_leaf", "pos", first.tree_size - 1),
            ("audit_entry", "id", first.last_entry),
            ("audit_anchor", "checkpoint", first.number),
            ("audit_epoch", "number", 1),
        ):
            cursor.execute(f"DELETE FROM {table} WHERE {column} > %s", [value])
    assert sealing.begin_epoch("Yeniden.").number == 3
    report = verifying.verify(guards=False)
    assert (report.findings, len(report.explained)) == ([], 2)


def test_an_epoch_taken_out_is_noticed() -> None:
    declared()
    with as_superuser() as cursor:
        cursor.execute("DELETE FROM audit_epoch WHERE number = 2")
        assert {"epoch-missing", "published-root"} <= codes()


def test_without_the_epoch_of_the_newest_seal_nothing_is_sealed() -> None:
    declared()
    with unguarded() as cursor:
        cursor.execute("DELETE FROM audit_epoch WHERE number = 2")
    write(1)
    with pytest.raises(sealing.MustNotSeal, match="missing"):
        sealing.seal()


def test_no_epoch_begins_with_a_seal_that_was_not_signed() -> None:
    sealed(1, 3)
    with unguarded() as cursor:
        cursor.execute("UPDATE audit_checkpoint SET root = %s", [b"\x00" * 32])
    with pytest.raises(sealing.MustNotSeal, match="not what was signed"):
        sealing.begin_epoch("Restored.")


def test_another_cluster_that_lacks_a_published_seal_must_be_declared() -> None:
    older_copy()
    with unguarded() as cursor:
        cursor.execute("UPDATE audit_epoch SET cluster = cluster - 1, note = ''")
    write(1)
    with pytest.raises(sealing.MustNotSeal, match="must be declared"):
        sealing.seal()
    assert Epoch.objects.count() == 1
    sealing.begin_epoch("Yeni kümeye geri yüklendi.")
    sealing.seal()
    assert codes() == set()


def test_a_restore_is_an_alarm_until_a_named_person_answers_for_it() -> None:
    epoch = declared()
    assert len(standing.urgent()) == 2  # the restore, and the seals it left behind
    with transaction.atomic():
        epochs.answer(epoch.number, " Disk arızası, 2 saat kayıp. ", person())
    assert standing.urgent() == []
    entry = Entry.objects.latest()
    assert (entry.event, entry.step, entry.actor) == ("acknowledged", "answer_restore", person())
    assert entry.reason == "Disk arızası, 2 saat kayıp."
    assert entry.changes == {"epoch": 2, "explained": 1}


def test_more_seals_left_behind_than_were_answered_for_are_an_alarm_again() -> None:
    epoch = declared()
    with transaction.atomic():
        epochs.answer(epoch.number, "Disk arızası.", person())
    last = verifying.verify_and_record()
    assert standing.urgent() == []
    with as_superuser() as cursor:
        cursor.execute("UPDATE audit_verification SET explained = explained || explained")
        assert len(standing.amiss()) == 1
    assert len(last.explained) == 1


def test_a_restore_is_answered_for_only_with_a_reason() -> None:
    epoch = declared()
    with pytest.raises(epochs.BadAnswer), transaction.atomic():
        epochs.answer(epoch.number, "  ", person())
    assert not Acknowledgement.objects.exists()


def test_a_restore_is_answered_for_only_after_a_verification() -> None:
    sealed(1, 3)
    verifying.verify_and_record()
    epoch = sealing.begin_epoch("Restored.")
    with as_superuser() as cursor:
        cursor.execute("UPDATE audit_verification SET began_at = began_at - interval '1 hour'")
        with pytest.raises(epochs.BadAnswer, match="doğrulayın"):
            epochs.answer(epoch.number, "Disk arızası.", person())


@pytest.mark.parametrize("number", [1, 9])
def test_what_is_no_restore_is_not_answered_for(number: int) -> None:
    declared()
    with pytest.raises(epochs.BadAnswer), transaction.atomic():
        epochs.answer(number, "Disk arızası.", person())


def test_a_row_the_sealer_did_not_sign_is_answered_for_by_nobody() -> None:
    sealed(1, 3)
    with connection.cursor() as cursor:
        forged(cursor)
    with pytest.raises(epochs.BadAnswer, match="imzalamamış"), transaction.atomic():
        epochs.answer(2, "Disk arızası.", person())


@pytest.mark.parametrize("sql", ["UPDATE {} SET reason = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("table", ["audit_epoch", "audit_acknowledgement"])
def test_neither_an_epoch_nor_an_answer_is_changed_or_removed(table: str, sql: str) -> None:
    epoch = declared()
    with transaction.atomic():
        epochs.answer(epoch.number, "Disk arızası.", person())
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(table))


def test_an_unsigned_row_is_an_alarm_at_once() -> None:
    sealed(1, 3)
    with connection.cursor() as cursor:
        forged(cursor)
    assert any("2. dönem" in sentence and "imzalamamış" in sentence for sentence in standing.urgent())
    assert standing.urgent(timezone.now() + timedelta(days=30))
