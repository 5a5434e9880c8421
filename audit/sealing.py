"""The sealer: puts what was written since the last time into the tree and signs its new state.

A transaction that is still open can commit entries with lower numbers than those one already sees. So nothing at or
above the oldest open transaction is sealed: what is below it can no longer change, and the next batch goes on exactly
there. One sealer works at a time; a second one that believes otherwise fails on the primary keys instead of making a
second tree. Nor is a second tree begun where a published seal already covers more than the database does: an older copy
took over, and somebody has to say so (`audit epoch`). By itself it begins an epoch only where no published seal is left
behind, and never on the word of a row it has not signed: whoever writes to the database gets nothing excused.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from audit import checkpoints, epochs, keys, notes, publishing, strays
from audit.merkle import EMPTY, Frontier
from audit.models import Checkpoint, Epoch
from audit.notes import BadNote, EpochNote, Note

LOCK = 0x5B5_5EA1  # advisory lock of the one sealer
BATCH = 50_000
LAST_ENTRY = 2**63 - 1
FIRST = gettext_noop("The trail began.")
RESTORED = gettext_noop("The database was found in another cluster: it was restored.")

# Leaves of one batch, hashed where the rows lie. A place in the tree follows from transaction and number.
SEAL = """
INSERT INTO audit_leaf (pos, entry_id, leaf)
SELECT %(size)s + row_number() OVER (ORDER BY xid, id) - 1, id, sha256('\\x00'::bytea || convert_to(canon, 'UTF8'))
FROM (
    SELECT id, xid, canon FROM audit_entry AS entry
    WHERE {which} ORDER BY xid, id LIMIT %(limit)s
) AS batch
RETURNING pos, entry_id, leaf
"""
UNSEALED = "NOT EXISTS (SELECT 1 FROM audit_leaf WHERE entry_id = entry.id)"
AFTER_THE_LAST = "(xid, id) > (%(xid)s, %(entry)s) AND xid < %(horizon)s"


@dataclass
class Sealed:
    """What one run of the sealer did; nothing where another is at work. `strays`: new entries no round will ever seal."""

    entries: int = 0
    checkpoints: int = 0
    is_busy: bool = False
    strays: list[int] = field(default_factory=list)


class MustNotSeal(Exception):
    """Sealing now would not be safe; the text says why."""


def seal(*, batch: int = BATCH) -> Sealed:
    """Seal everything that can be sealed now, batch by batch, each in its own transaction."""
    if connection.in_atomic_block:
        raise MustNotSeal("The sealer needs transactions of its own.")
    done = Sealed()
    with _alone() as is_alone:
        done.is_busy = not is_alone
        while is_alone:
            count = _batch(batch)
            if not count:
                break
            done.entries += count
            done.checkpoints += 1
            if count < batch:
                break
        if is_alone:
            done.strays, _waiting_since = strays.nearest(checkpoints.newest())
    return done


def begin_epoch(reason: str) -> Epoch:
    """Say that the database was restored. Whatever the restore brought unsealed goes into the next batch."""
    if connection.in_atomic_block:
        raise MustNotSeal("The sealer needs transactions of its own.")
    with _alone() as is_alone:
        if not is_alone:
            raise MustNotSeal("Another sealer is at work.")
        with _snapshot():
            return _next_epoch(reason, is_declared=True)


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether we are the one sealer, for as long as the block lasts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        is_alone = bool(cursor.fetchone()[0])
    try:
        yield is_alone
    finally:
        if is_alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


@contextmanager
def _snapshot() -> Iterator[None]:
    """A transaction that sees the database as it was at one moment."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def _batch(limit: int) -> int:
    """One batch and its checkpoint; how many entries it sealed."""
    with _snapshot():
        last = checkpoints.newest()
        if last is None and Checkpoint.objects.exists():
            raise MustNotSeal(
                "No seal of the database was signed with a key of this trail: none is gone on from."
            )
        epoch = _present_epoch()
        if last is not None and last.epoch > epoch.number:
            raise MustNotSeal(f"Epoch {last.epoch} of the newest seal is missing.")
        _must_not_fork(epoch, last.tree_size if last else 0)
        horizon = _horizon()
        if last is not None and last.epoch == epoch.number and last.last_xid >= horizon:
            raise MustNotSeal(
                f"Seal {last.number} claims transactions that have not ended yet: its row was changed."
            )
        frontier = Frontier(last.tree_size, bytes(last.frontier)) if last else Frontier()
        if epoch.number > 1 and (last is None or last.epoch != epoch.number):
            # Transactions of an earlier life are numbered by another counter: take all that is there, once.
            found = _leaves(UNSEALED, (0, 0), horizon, frontier.size, None)
            mark = (horizon - 1, LAST_ENTRY)
        else:
            mark = (last.last_xid, last.last_entry) if last is not None else (0, 0)
            which = AFTER_THE_LAST if epoch.number == 1 else f"{AFTER_THE_LAST} AND {UNSEALED}"
            found = _leaves(which, mark, horizon, frontier.size, limit)
            mark = _mark_of(found[-1][1]) if found else mark
        if not found:
            return 0
        frontier.extend(bytes(leaf) for _pos, _entry, leaf in found)
        _write(last, epoch, frontier, mark)
    return len(found)


def _must_not_fork(epoch: Epoch, size: int) -> None:
    """Two seals over the same number of entries would contradict each other; the outside world has the first."""
    ahead = [told for life, told in publishing.newest() if life >= epoch.number and told > size]
    if ahead:
        raise MustNotSeal(
            f"A published seal covers {max(ahead)} entries, the database has {size} sealed ones: "
            "it is an older copy. Say so with “manage.py audit epoch --reason …”."
        )


def _leaves(
    which: str, mark: tuple[int, int], horizon: int, size: int, limit: int | None
) -> list[tuple[int, int, bytes]]:
    """Write the leaves of a batch; places, entries and hashes in their order."""
    values = {"xid": mark[0], "entry": mark[1], "horizon": horizon, "size": size, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(SEAL.format(which=which), values)
        return sorted(cursor.fetchall())


def _mark_of(entry: int) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT xid, id FROM audit_entry WHERE id = %s", [entry])
        found: tuple[int, int] = cursor.fetchone()
    return found


def _write(last: Checkpoint | None, epoch: Epoch, frontier: Frontier, mark: tuple[int, int]) -> None:
    """The signed checkpoint over all leaves up to now."""
    now = timezone.now().replace(microsecond=0)
    signer = keys.signer()
    root = frontier.root()
    Checkpoint.objects.create(
        number=checkpoints.free_number(last.number) if last else 1,
        tree_size=frontier.size,
        root=root,
        frontier=frontier.packed(),
        epoch=epoch.number,
        last_xid=mark[0],
        last_entry=mark[1],
        made_at=now,
        note=Note(signer.name, frontier.size, root, epoch.number, now).signed(signer),
    )


def _horizon() -> int:
    """The oldest transaction that is still open; everything below it is settled."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchone()[0])


def _present_epoch() -> Epoch:
    """The epoch of this cluster; another cluster than last time means that the database was restored into it."""
    epoch = Epoch.objects.order_by("number").last()
    if epoch is None:
        epoch = _next_epoch(FIRST)
        return _next_epoch(RESTORED) if _has_earlier_life() else epoch
    if epoch.number > 1 and epochs.note_of(epoch) is None:
        raise MustNotSeal(
            f"Epoch {epoch.number} was not signed with a key of this trail: somebody wrote it into the database."
            " Verify, find out who; to go on: “manage.py audit epoch --reason …”."
        )
    return epoch if epoch.cluster == _cluster() else _next_epoch(RESTORED)


def _has_earlier_life() -> bool:
    """Whether entries carry transaction numbers this cluster has not given yet: they came before the first seal."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM audit_entry WHERE xid >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint)"
        )
        return bool(cursor.fetchone()[0])


def _next_epoch(reason: str, *, is_declared: bool = False) -> Epoch:
    """The signed beginning of a life. Undeclared it is refused where it would leave a published seal behind."""
    before = Epoch.objects.order_by("number").last()
    size, root = _accepted()
    published = publishing.newest()
    ahead = [told for _life, told in published if told > size]
    if ahead and reason == RESTORED and not is_declared:
        raise MustNotSeal(
            f"The database is in another cluster and has {size} sealed entries; a published seal covers {max(ahead)}."
            " What was lost must be declared: “manage.py audit epoch --reason …”."
        )
    lives = [life for life, _size in published]  # an older copy does not know of all of them
    number = max([before.number if before else 0, *lives, *publishing.epochs()]) + 1 if reason != FIRST else 1
    signer, now = keys.signer(), timezone.now().replace(microsecond=0)
    note = EpochNote(signer.name, number, size, root, _cluster(), now, reason).signed(signer)
    if number > 1:
        publishing.publish_epoch(number, note)
    return Epoch.objects.create(
        number=number, cluster=_cluster(), accepted_size=size, began_at=now, reason=reason, note=note
    )


def _accepted() -> tuple[int, bytes]:
    """Size and root of the newest seal, which we must have signed ourselves: nothing else is taken over."""
    last = Checkpoint.objects.order_by("number").last()
    if last is None:
        return 0, EMPTY
    try:
        note = notes.check(last.note, keys.known())
    except BadNote:
        note = None
    if note is None or (note.tree_size, note.root) != (last.tree_size, bytes(last.root)):
        raise MustNotSeal(f"Seal {last.number} is not what was signed: no epoch begins with it.")
    return note.tree_size, note.root


def _cluster() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT system_identifier FROM pg_control_system()")
        return int(cursor.fetchone()[0])
