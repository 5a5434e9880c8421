"""The attacks: a superuser with all triggers off changes the trail, and verification says what was done.

One of them cannot be noticed, whatever is built: entries removed together with their leaves after the last checkpoint that left
the house. The interval of publishing is that window.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit import keys
from audit.merkle import Frontier, leaf_hash
from audit.models import Anchor, AnchorKind, Checkpoint
from audit.notes import Note, Signer, read
from audit.verifying import verify
from tests.audit.sealed import as_superuser, seal, sealed, write

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("seals")]

Attack = Callable[[Any], None]
SHAM = Signer("testserver/trail", b"\x42" * 32)
ATTACKS: list[Any] = []


def attack(*expected: str) -> Callable[[Attack], Attack]:
    """An attack and the kinds of findings it leads to."""

    def register(function: Attack) -> Attack:
        ATTACKS.append(pytest.param(function, set(expected), id=function.__name__))
        return function

    return register


def nth(cursor: Any, place: int) -> int:
    """The entry at a place of the tree."""
    cursor.execute("SELECT entry_id FROM audit_leaf WHERE pos = %s", [place])
    return int(cursor.fetchone()[0])


def hash_again(cursor: Any) -> None:
    """Write the leaves of what was sealed anew from the entries as they are now, without gaps."""
    cursor.execute("DELETE FROM audit_leaf")
    cursor.execute(
        "INSERT INTO audit_leaf (pos, entry_id, leaf) SELECT row_number() OVER (ORDER BY xid, id) - 1, id, "
        "sha256('\\x00'::bytea || convert_to(canon, 'UTF8')) FROM audit_entry "
        "WHERE id <= (SELECT max(last_entry) FROM audit_checkpoint)"
    )


def edit_body(cursor: Any, place: int = 12) -> None:
    cursor.execute(
        "UPDATE audit_entry SET event = 'moved', canon = replace(canon, '6:viewed', '5:moved') WHERE id = %s",
        [nth(cursor, place)],
    )


@attack("entry-changed", "root", "published-root")
def edit_one_body(cursor: Any) -> None:
    edit_body(cursor)


@attack("entry-changed", "root", "published-root")
def swap_two_bodies(cursor: Any) -> None:
    one, other = nth(cursor, 5), nth(cursor, 25)
    cursor.execute("SELECT id, canon FROM audit_entry WHERE id IN (%s, %s)", [one, other])
    texts = dict(cursor.fetchall())
    for entry, text in ((one, texts[other]), (other, texts[one])):
        cursor.execute("UPDATE audit_entry SET canon = %s WHERE id = %s", [text, entry])


@attack("columns-changed")
def change_only_a_time(cursor: Any) -> None:
    cursor.execute(
        "UPDATE audit_entry SET timestamp = timestamp - interval '1 day' WHERE id = %s", [nth(cursor, 7)]
    )


@attack("entry-missing")
def delete_one_row(cursor: Any) -> None:
    cursor.execute("DELETE FROM audit_entry WHERE id = %s", [nth(cursor, 12)])


@attack("root", "published-root")
def edit_one_row_and_hash_the_rest_again(cursor: Any) -> None:
    edit_body(cursor)
    hash_again(cursor)


@attack("root", "published-root", "published-shrank")
def delete_one_row_and_hash_the_rest_again(cursor: Any) -> None:
    cursor.execute("DELETE FROM audit_entry WHERE id = %s", [nth(cursor, 12)])
    hash_again(cursor)


@attack("signature", "published-root")
def rebuild_leaves_and_seals_without_the_key(cursor: Any) -> None:
    edit_body(cursor)
    hash_again(cursor)
    cursor.execute("SELECT canon FROM audit_entry ORDER BY xid, id")
    leaves = [leaf_hash(canon.encode()) for (canon,) in cursor.fetchall()]
    for checkpoint in Checkpoint.objects.order_by("number"):
        tree = Frontier()
        tree.extend(leaves[: checkpoint.tree_size])
        said = read(checkpoint.note)
        forged = Note(SHAM.name, tree.size, tree.root(), said.epoch, said.at).signed(SHAM)
        cursor.execute(
            "UPDATE audit_checkpoint SET root = %s, frontier = %s, note = %s WHERE number = %s",
            [tree.root(), tree.packed(), forged, checkpoint.number],
        )


@attack("unsealed")
def slip_a_row_into_a_gap(cursor: Any) -> None:
    cursor.execute("SELECT min(id) - 1, min(xid) FROM audit_entry")
    number, xid = cursor.fetchone()
    columns = "content_type_id, object_pk, object_repr, action, event, step, reason, cid, timestamp, db_user, epoch, canon"
    cursor.execute(
        f"INSERT INTO audit_entry (id, xid, db_at, {columns}) OVERRIDING SYSTEM VALUE "
        f"SELECT %s, %s, db_at, {columns} FROM audit_entry ORDER BY id LIMIT 1",
        [number, xid],
    )


@attack("entry-missing")
def delete_the_last_rows(cursor: Any) -> None:
    cursor.execute("DELETE FROM audit_entry WHERE id > %s", [nth(cursor, 34)])


@attack()  # the one window nobody can close: nothing outside knows of these entries yet
def delete_rows_and_leaves_after_the_last_published_seal(cursor: Any) -> None:
    published = Anchor.objects.filter(kind=AnchorKind.FILE).latest("checkpoint").checkpoint
    kept = Checkpoint.objects.get(number=published)
    removed = []
    for table, column, last in (
        ("audit_checkpoint", "number", published),
        ("audit_leaf", "pos", kept.tree_size - 1),
        ("audit_entry", "id", kept.last_entry),
    ):
        cursor.execute(f"DELETE FROM {table} WHERE {column} > %s", [last])
        removed.append(cursor.rowcount)
    assert removed == [1, 5, 5]  # sealed, and never published


@attack("published-shrank", "anchor")
def delete_rows_leaves_and_seals_past_a_published_one(cursor: Any) -> None:
    first = Checkpoint.objects.order_by("number").first()
    assert first is not None
    cursor.execute("DELETE FROM audit_checkpoint WHERE number > %s", [first.number])
    cursor.execute("DELETE FROM audit_leaf WHERE pos >= %s", [first.tree_size])
    cursor.execute("DELETE FROM audit_entry WHERE id > %s", [first.last_entry])


@attack("published-shrank")
def empty_every_table(cursor: Any) -> None:
    for table in ("audit_entry", "audit_leaf", "audit_checkpoint", "audit_epoch", "audit_anchor"):
        cursor.execute(f"DELETE FROM {table}")


@attack("columns-changed")
def rewrite_a_column_by_changing_its_type(cursor: Any) -> None:
    cursor.execute(
        "ALTER TABLE audit_entry ALTER COLUMN reason TYPE text USING CASE WHEN id = "
        f"{nth(cursor, 9)} THEN 'tampered' ELSE reason END"
    )


@attack("epoch-unsigned", "published-root", "published-missing")
def begin_an_epoch_that_excuses_everything(cursor: Any) -> None:
    """The worst case: the sealer even went on, and signed the forged tree with the real key."""
    edit_body(cursor)
    for table in ("audit_leaf", "audit_checkpoint", "audit_anchor"):
        cursor.execute(f"DELETE FROM {table}")
    cursor.execute(
        "INSERT INTO audit_epoch (number, cluster, accepted_size, began_at, reason, note) "
        "SELECT 2, cluster, 0, now(), 'Restored.', note FROM audit_epoch"
    )
    cursor.execute(
        "INSERT INTO audit_leaf (pos, entry_id, leaf) SELECT row_number() OVER (ORDER BY xid, id) - 1, id, "
        "sha256('\\x00'::bytea || convert_to(canon, 'UTF8')) FROM audit_entry RETURNING leaf"
    )
    tree, now = Frontier(), timezone.now().replace(microsecond=0)
    tree.extend(bytes(leaf) for (leaf,) in cursor.fetchall())
    cursor.execute("SELECT xid, id FROM audit_entry ORDER BY xid DESC, id DESC LIMIT 1")
    xid, entry = cursor.fetchone()
    Checkpoint.objects.create(
        number=1,
        tree_size=tree.size,
        root=tree.root(),
        frontier=tree.packed(),
        epoch=2,
        last_xid=xid,
        last_entry=entry,
        made_at=now,
        note=Note(keys.origin(), tree.size, tree.root(), 2, now).signed(keys.signer()),
    )


@attack("anchor")
def say_that_every_seal_to_come_was_published(cursor: Any) -> None:
    for kind in AnchorKind.values:
        cursor.execute(
            "INSERT INTO audit_anchor (checkpoint, kind, at) VALUES (2000000000, %s, now())", [kind]
        )


@attack("unpublished")
def keep_seals_in_the_house_under_a_false_copy(cursor: Any) -> None:
    """As if ten minutes had passed since a seal that a row only says was published."""
    last = Checkpoint.objects.latest("number")
    now = last.made_at - timedelta(minutes=11)
    cursor.execute("SELECT canon, xid, id FROM audit_entry ORDER BY xid, id")
    rows = cursor.fetchall()
    tree = Frontier()
    tree.extend(leaf_hash(canon.encode()) for canon, _xid, _entry in rows)
    for place in range(last.tree_size, tree.size):
        canon, _xid, entry = rows[place]
        values = [place, entry, leaf_hash(canon.encode())]
        cursor.execute("INSERT INTO audit_leaf (pos, entry_id, leaf) VALUES (%s, %s, %s)", values)
    Checkpoint.objects.create(
        number=last.number + 1,
        tree_size=tree.size,
        root=tree.root(),
        frontier=tree.packed(),
        epoch=1,
        last_xid=rows[-1][1],
        last_entry=rows[-1][2],
        made_at=now,
        note=Note(keys.origin(), tree.size, tree.root(), 1, now).signed(keys.signer()),
    )
    Anchor.objects.create(checkpoint=last.number + 1, kind=AnchorKind.FILE, at=now)


@attack("kind-missing", "columns-changed", "more")
def remove_the_kind_of_record(cursor: Any) -> None:
    cursor.execute("SELECT content_type_id FROM audit_entry WHERE id = %s", [nth(cursor, 3)])
    cursor.execute("UPDATE django_content_type SET id = id + 1000000 WHERE id = %s", cursor.fetchone())


@attack("kind-missing", "columns-changed")
def send_one_entry_to_a_kind_there_is_not(cursor: Any) -> None:
    cursor.execute("UPDATE audit_entry SET content_type_id = 999999 WHERE id = %s", [nth(cursor, 3)])


def strange(cursor: Any, **columns: str) -> None:
    """One more row as the first entry's, with a stamp of the attacker's own."""
    values = {
        "id": "max(id) OVER () + 1",
        "xid": "xid",
        "db_at": "db_at",
        "epoch": "epoch",
        "canon": "canon",
    } | columns
    others = "content_type_id, object_pk, object_id, object_repr, action, event, step, reason, cid, timestamp, db_user"
    cursor.execute(
        f"INSERT INTO audit_entry ({', '.join(values)}, {others}) OVERRIDING SYSTEM VALUE "
        f"SELECT {', '.join(values.values())}, {others} FROM audit_entry ORDER BY id LIMIT 1"
    )


@attack("unsealed")
def write_an_entry_no_sealer_ever_takes(cursor: Any) -> None:
    strange(cursor, xid="1", epoch="2", db_at="timestamptz '2099-01-01'")


@attack("unsealed")
def write_an_entry_of_a_life_to_come(cursor: Any) -> None:
    strange(cursor, xid="xid + 5", epoch="7")


@attack("unsealed")
def write_an_entry_of_a_transaction_to_come(cursor: Any) -> None:
    strange(cursor, xid="xid + 1000000000", db_at="now()")


@attack("unsealed")
def write_an_entry_without_a_transaction(cursor: Any) -> None:
    strange(cursor, xid="NULL", db_at="now()")


def test_there_are_twenty_two() -> None:
    assert len(ATTACKS) == 22


@pytest.mark.parametrize(("doing", "expected"), ATTACKS)
def test_an_attack_is_noticed(doing: Attack, expected: set[str]) -> None:
    sealed(4, 10)
    write(5)
    if doing is delete_rows_and_leaves_after_the_last_published_seal:
        seal()
    with as_superuser() as cursor:
        doing(cursor)
        assert verify(guards=False).codes == expected


def test_an_untouched_trail_is_clean() -> None:
    size = sealed(4, 10)
    write(5)
    report = verify(guards=False)
    assert (report.findings, report.tree_size, report.checkpoints, report.published) == ([], size, 4, 4)


@pytest.mark.parametrize(
    "column",
    [
        "content_type_id",
        "object_pk",
        "object_id",
        "object_repr",
        "event",
        "step",
        "reason",
        "cid",
        "actor_id",
        "action",
        "db_user",
        "changes",
    ],
)
def test_every_column_people_read_is_compared(column: str) -> None:
    sealed(1, 3)
    other = "(SELECT min(id) FROM django_content_type WHERE id <> content_type_id)"
    forged = {
        "actor_id": "999999",
        "action": "2",
        "changes": "'{}'",
        "content_type_id": other,
        "object_id": "object_id + 1",
    }.get(column, "'forged'")
    with as_superuser() as cursor:
        cursor.execute(f"UPDATE audit_entry SET {column} = {forged} WHERE id = %s", [nth(cursor, 1)])
        assert verify(guards=False).codes == {"columns-changed"}


def test_a_leaf_taken_out_leaves_a_gap() -> None:
    sealed(2, 5)
    with as_superuser() as cursor:
        cursor.execute("DELETE FROM audit_leaf WHERE pos = 3")
        assert {"gap", "unsealed"} <= verify(guards=False).codes


def test_a_seal_taken_out_is_noticed() -> None:
    sealed(3, 5)
    with as_superuser() as cursor:
        cursor.execute("DELETE FROM audit_checkpoint WHERE number = 2")
        assert verify(guards=False).codes == {"numbering", "published-missing"}


def test_a_published_file_that_was_changed_is_noticed(seals: Any) -> None:
    sealed(1, 5)
    (path,) = seals.glob("*/*/*/*.txt")
    path.chmod(0o600)
    path.write_text(path.read_text(encoding="utf-8").replace("epoch 1", "epoch 7"), encoding="utf-8")
    assert verify(guards=False).codes == {"published-text"}


def test_protection_switched_off_is_noticed() -> None:
    sealed(1, 2)
    with as_superuser():
        found = {finding.values["trigger"] for finding in verify().findings if finding.code == "unguarded"}
    assert {"audit_entry_no_change", "audit_entry_stamp", "audit_leaf_no_change"} <= found


def test_very_many_findings_of_a_kind_are_summed_up() -> None:
    sealed(1, 60)
    with as_superuser() as cursor:
        cursor.execute("UPDATE audit_entry SET reason = 'forged'")
        report = verify(guards=False)
    assert [finding.code for finding in report.findings].count("columns-changed") == 20
    assert report.findings[-1].values == {"count": 41, "kind": "columns-changed"}
