"""The sealer: nothing skipped, nothing twice, no gaps, one at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.db import connection, transaction

from audit import keys, notes, publishing, sealing, trail
from audit.merkle import Frontier, leaf_hash
from audit.models import Checkpoint, Entry, Epoch, Leaf
from audit.verifying import verify
from tests.audit.people import somebody
from tests.audit.sealed import as_superuser, rows, sealed, write

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.login("owner"),  # writes entries, seals them and restores backups in turn
    pytest.mark.usefixtures("seals"),
]


@contextmanager
def another_connection() -> Iterator[Any]:
    """A second session of the same database."""
    values = connection.get_connection_params()
    names = ("dbname", "user", "host", "port", "password")
    other = psycopg2.connect(**{name: values[name] for name in names if values.get(name)})
    try:
        yield other
    finally:
        other.close()


def codes() -> set[str]:
    return verify(guards=False).codes


def test_every_entry_gets_a_place_and_the_seal_fits_them() -> None:
    write(7)
    done = sealing.seal()
    tree = Frontier()
    tree.extend(
        leaf_hash(canon.encode()) for canon in Entry.objects.order_by("id").values_list("canon", flat=True)
    )
    checkpoint = Checkpoint.objects.get()
    note = notes.check(checkpoint.note, keys.known())
    assert (done.entries, done.checkpoints) == (Entry.objects.count(), 1)
    assert (note.tree_size, note.root) == (tree.size, tree.root())
    assert (bytes(checkpoint.root), bytes(checkpoint.frontier)) == (tree.root(), tree.packed())


def test_places_have_no_gaps_although_numbers_have() -> None:
    write(2)
    with transaction.atomic():
        trail.record(somebody("another"), "viewed")
        transaction.set_rollback(True)
    write(2)
    sealing.seal()
    assert list(Leaf.objects.order_by("pos").values_list("pos", flat=True)) == list(
        range(Entry.objects.count())
    )


def test_nothing_new_makes_no_seal() -> None:
    sealed(1, 3)
    assert sealing.seal().checkpoints == 0
    assert Checkpoint.objects.count() == 1


def test_many_entries_are_sealed_in_batches() -> None:
    write(9)
    done = sealing.seal(batch=4)
    assert (done.entries, done.checkpoints) == (Entry.objects.count(), 3)
    assert codes() == set()


def test_a_batch_may_end_within_a_transaction() -> None:
    person = somebody()
    with transaction.atomic():
        trail.record_many([person] * 10, "viewed")
    sealing.seal(batch=3)
    assert Leaf.objects.count() == Entry.objects.count()
    assert codes() == set()


def test_an_entry_committed_late_is_not_skipped() -> None:
    person = somebody()
    with another_connection() as slow, slow.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_entry (content_type_id, object_pk, object_repr, action, event, step, reason, cid, timestamp, "
            "db_user, epoch, canon) SELECT id, '', '', 3, 'slow', '', '', '', now(), '', 1, '' "
            "FROM django_content_type LIMIT 1 RETURNING id"
        )
        early = cursor.fetchone()[0]
        with transaction.atomic():
            late = trail.record(person, "viewed")
        assert late.pk > early
        sealing.seal()
        assert not Leaf.objects.filter(entry_id=late.pk).exists()
        slow.commit()
    sealing.seal()
    assert set(Leaf.objects.filter(entry_id__in=(early, late.pk)).values_list("entry_id", flat=True)) == {
        early,
        late.pk,
    }
    assert codes() == set()


def test_a_second_sealer_stands_back() -> None:
    write(3)
    with another_connection() as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [sealing.LOCK])
        assert sealing.seal().is_busy
        cursor.execute("SELECT pg_advisory_unlock(%s)", [sealing.LOCK])
    assert not Checkpoint.objects.exists()
    assert not sealing.seal().is_busy


def test_many_sealers_and_writers_make_one_tree() -> None:
    somebody()
    failures: list[BaseException] = []

    def work(task: Any) -> None:
        try:
            for _turn in range(10):
                task()
        except BaseException as error:  # noqa: BLE001 - handed to the test, which raises it
            failures.append(error)
        finally:
            connection.close()

    tasks = [lambda: write(3), sealing.seal, lambda: write(3), sealing.seal]
    threads = [threading.Thread(target=work, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sealing.seal()
    assert failures == []
    assert Leaf.objects.count() == Entry.objects.count()
    assert codes() == set()


def test_a_sealer_that_believes_in_an_old_state_fails_instead_of_forking() -> None:
    sealed(1, 3)
    last = Checkpoint.objects.get()
    write(2)
    sealing.seal()
    write(1)
    from django.db import IntegrityError

    with pytest.raises(IntegrityError), transaction.atomic():
        sealing._leaves(sealing.AFTER_THE_LAST, (last.last_xid, last.last_entry), 2**62, last.tree_size, 10)


def test_sealing_inside_a_transaction_is_refused() -> None:
    with transaction.atomic(), pytest.raises(sealing.MustNotSeal):
        sealing.seal()


def test_a_restore_into_another_cluster_begins_an_epoch_and_seals_what_was_left() -> None:
    sealed(2, 5)
    write(3)
    with connection.cursor() as cursor:  # as the dump of another cluster, whose transactions counted higher
        cursor.execute("ALTER TABLE audit_epoch DISABLE TRIGGER ALL")
        elsewhere = notes.read_epoch(Epoch.objects.get().note)
        elsewhere = replace(elsewhere, cluster=elsewhere.cluster - 1)
        cursor.execute(
            "UPDATE audit_epoch SET cluster = %s, note = %s",
            [elsewhere.cluster, elsewhere.signed(keys.signer())],
        )
        cursor.execute("ALTER TABLE audit_epoch ENABLE ALWAYS TRIGGER audit_epoch_no_change")
        cursor.execute("ALTER TABLE audit_checkpoint DISABLE TRIGGER ALL")
        cursor.execute("UPDATE audit_checkpoint SET last_xid = last_xid + 1000000")
        cursor.execute("ALTER TABLE audit_checkpoint ENABLE ALWAYS TRIGGER audit_checkpoint_no_change")
    sealing.seal()
    write(2)
    sealing.seal()
    assert list(Epoch.objects.order_by("number").values_list("number", "accepted_size")) == [(1, 0), (2, 11)]
    assert Leaf.objects.count() == Entry.objects.count()
    assert Entry.objects.latest().epoch == 2
    assert codes() == set()


def test_a_restore_from_before_the_first_seal_is_sealed_as_well() -> None:
    write(5)
    with connection.cursor() as cursor:  # as the dump of another cluster, whose transactions counted higher
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_no_change")
        cursor.execute("UPDATE audit_entry SET xid = xid + 1000000000")
        cursor.execute("ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER audit_entry_no_change")
    sealing.seal()
    assert Leaf.objects.count() == Entry.objects.count()
    write(2)
    sealing.seal()
    assert Leaf.objects.count() == Entry.objects.count()
    assert list(Epoch.objects.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_after_a_declared_restore_lost_seals_are_explained(seals: Path) -> None:
    sealed(2, 5)
    kept = Checkpoint.objects.order_by("number").first()
    assert kept is not None
    with connection.cursor() as cursor:  # a backup taken after the first batch
        for table, column, value in (
            ("audit_checkpoint", "number", kept.number),
            ("audit_leaf", "pos", kept.tree_size - 1),
            ("audit_entry", "id", kept.last_entry),
            ("audit_anchor", "checkpoint", kept.number),
        ):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_no_change")
            cursor.execute(f"DELETE FROM {table} WHERE {column} > %s", [value])
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_change")
    assert codes() == {"published-shrank"}
    write(1)
    with pytest.raises(sealing.MustNotSeal, match="audit epoch"):
        sealing.seal()
    assert Checkpoint.objects.latest("number") == kept
    sealing.begin_epoch("Restored from the backup of the night.")
    write(9)
    sealing.seal()
    publishing.publish()
    report = verify(guards=False)
    assert report.findings == []
    assert {finding.code for finding in report.explained} == {"published-root"}


def test_a_second_restore_of_the_same_backup_begins_a_life_of_its_own(seals: Path) -> None:
    sealed(1, 3)
    first = Checkpoint.objects.get()
    path = publishing.file_of(first)
    (path.parent / f"{first.tree_size + 5:015d}-2.txt").write_text("of the life after the first restore")
    assert sorted(publishing.newest()) == [(1, first.tree_size), (2, first.tree_size + 5)]
    assert sealing.begin_epoch("Restored again.").number == 3


def test_seals_are_published_once_and_can_be_read(seals: Path) -> None:
    sealed(2, 2)
    files = [path for path, _text in publishing.published()]
    assert [path.read_text(encoding="utf-8") for path in files] == list(
        Checkpoint.objects.order_by("number").values_list("note", flat=True)
    )
    assert (seals / "key.txt").read_text(encoding="utf-8").strip() == keys.signer().verifier.text
    assert publishing.publish() == 0
    assert oct(files[0].stat().st_mode & 0o777) == "0o444"


def test_a_published_seal_is_never_replaced() -> None:
    write(2)
    sealing.seal()
    path = publishing.file_of(Checkpoint.objects.get())
    path.parent.mkdir(parents=True)
    path.write_text("another\n", encoding="utf-8")
    with pytest.raises(publishing.Conflict):
        publishing.publish()
    assert path.read_text(encoding="utf-8") == "another\n"


def test_publishing_goes_on_after_a_stop_between_file_and_record() -> None:
    write(2)
    sealing.seal()
    checkpoint = Checkpoint.objects.get()
    publishing.write_once(publishing.file_of(checkpoint), checkpoint.note)
    assert publishing.publish() == 1


def test_the_stamp_of_the_database_names_the_epoch() -> None:
    sealed(1, 1)
    sealing.begin_epoch("A restore was tried.")
    write(1)
    with as_superuser():
        assert rows("SELECT epoch FROM audit_entry ORDER BY id DESC LIMIT 1") == [(2,)]
