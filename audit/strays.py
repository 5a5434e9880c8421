"""Entries that have no seal and cannot come by one: rows somebody put where the sealer has been, or where it never gets.

The sealer takes what lies behind its mark and below the oldest open transaction. A row in front of the mark, of another life
of the database, or with a transaction or a moment that has not been yet was not written by the database's own stamp.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection

from audit.models import Checkpoint

NEAREST = 2_000  # the newest entries, looked through at every call; verification looks through all of them
LISTED = 20
AHEAD_MINUTES = 10  # so much a clock may have been set back

# The mark means something only while this cluster still lives the life the newest seal was made in.
STRANGE = f"""(
    entry.xid IS NULL OR entry.db_at IS NULL OR entry.epoch > life.number
    OR entry.db_at > now() + make_interval(mins => {AHEAD_MINUTES})
    OR (life.is_settled AND (
        entry.epoch < %(epoch)s
        OR (entry.epoch = %(epoch)s AND (entry.xid, entry.id) <= (%(xid)s, %(entry)s))
        OR (entry.xid >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint
            AND entry.xid IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint)
    ))
)"""
LIFE = """(
    SELECT coalesce(max(number), 1) AS number, coalesce(max(number), 1) = %(epoch)s AND coalesce(
        (array_agg(cluster ORDER BY number DESC))[1] = (SELECT system_identifier FROM pg_control_system()), FALSE
    ) AS is_settled FROM audit_epoch
)"""
AMONG_THE_NEWEST = f"""
SELECT entry.id, entry.db_at, {STRANGE} AS is_strange
FROM (SELECT id, xid, epoch, db_at FROM audit_entry ORDER BY id DESC LIMIT {NEAREST}) AS entry
CROSS JOIN {LIFE} AS life
LEFT JOIN audit_leaf AS leaf ON leaf.entry_id = entry.id
WHERE leaf.pos IS NULL ORDER BY entry.id
"""  # noqa: S608 - put together from the constants above
EVERYWHERE = f"""
SELECT entry.id, {STRANGE} AS is_strange
FROM audit_entry AS entry
CROSS JOIN {LIFE} AS life
LEFT JOIN audit_leaf AS leaf ON leaf.entry_id = entry.id
WHERE leaf.pos IS NULL AND ({STRANGE} OR entry.db_at < now() - make_interval(mins => %(minutes)s))
ORDER BY entry.id
"""  # noqa: S608 - put together from the constants above


def mark_of(last: Checkpoint | None) -> dict[str, Any]:
    """How far the sealer got, as the questions above name it."""
    if last is None:
        return {"xid": 0, "entry": 0, "epoch": 1}
    return {"xid": last.last_xid, "entry": last.last_entry, "epoch": last.epoch}


def nearest(last: Checkpoint | None) -> tuple[list[int], datetime | None]:
    """Among the newest entries: those that cannot be sealed, and since when the oldest of the others waits."""
    with connection.cursor() as cursor:
        cursor.execute(AMONG_THE_NEWEST, mark_of(last))
        found = cursor.fetchall()
    waiting = [at for _entry, at, is_strange in found if not is_strange]
    return [entry for entry, _at, is_strange in found if is_strange], min(waiting, default=None)


def everywhere(last: Checkpoint | None, minutes: int) -> list[tuple[int, bool]]:
    """Of all entries without a seal: those that cannot be sealed (True), and those that have waited for so many minutes."""
    with connection.cursor() as cursor:
        cursor.execute(EVERYWHERE, mark_of(last) | {"minutes": minutes})
        return [(entry, is_strange) for entry, is_strange in cursor.fetchall()]
