"""The columns people read, compared with the canonical text a seal was taken of: in the database, row by row.

The text is put together from built-in functions alone, so that nobody's exchanged function answers for itself.
"""

from __future__ import annotations


def _field(label: str, value: str) -> str:
    """A field of the canonical text as an SQL expression of built-in functions alone."""
    return (
        f"CASE WHEN {value} IS NULL THEN '{label}=-' ELSE '{label}=' || octet_length({value}) || ':' || {value} END"
        " || E'\\n'"
    )


def _moment(column: str) -> str:
    return f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"


# The canonical text as the columns give it, without the three fields that name things as they were called then.
HEAD = " || ".join(
    (
        "E'sbs-audit-1\\n'",
        _field("id", "entry.id::text"),
        _field("epoch", "entry.epoch::text"),
        _field("xid", "entry.xid::text"),
        _field("db_at", _moment("entry.db_at")),
        _field("db_user", "entry.db_user"),
        _field("db_client", "host(entry.db_client)"),
        _field("at", _moment("entry.timestamp")),
    )
)
MIDDLE = " || ".join(
    (
        _field("record", "entry.object_pk"),
        _field("called", "entry.object_repr"),
        _field("action", "entry.action::text"),
        _field("event", "entry.event"),
        _field("step", "entry.step"),
        _field("reason", "entry.reason"),
        _field("actor", "entry.actor_id::text"),
    )
)
PRINCIPAL = _field("on_behalf_of", "entry.on_behalf_of_id::text")
TAIL = " || ".join(
    (
        _field("request", "entry.cid"),
        _field("address", "host(entry.remote_addr)"),
        _field("changes", "entry.changes::text"),
    )
)
KIND = _field("kind", "kind.app_label || '.' || kind.model")
PLACES = f"""
SELECT leaf.pos, leaf.entry_id, leaf.leaf, entry.canon, (
    starts_with(entry.canon, {HEAD} || {KIND})
    AND entry.object_id IS NOT DISTINCT FROM CASE WHEN entry.object_pk ~ '^[0-9]{{1,18}}$' THEN entry.object_pk::bigint END
    AND position({MIDDLE} || 'actor_name=' IN entry.canon) > 0
    AND position({PRINCIPAL} || 'on_behalf_of_name=' IN entry.canon) > 0
    AND right(entry.canon, length({TAIL})) = {TAIL}
), entry.epoch, extract(epoch FROM entry.db_at)::float8
FROM audit_leaf AS leaf
LEFT JOIN audit_entry AS entry ON entry.id = leaf.entry_id
LEFT JOIN django_content_type AS kind ON kind.id = entry.content_type_id
WHERE leaf.pos >= %(start)s AND leaf.pos < %(end)s ORDER BY leaf.pos
"""  # noqa: S608 - put together from the constants above
KINDS_MISSING = """
SELECT content_type_id, count(*) FROM audit_entry
WHERE NOT EXISTS (SELECT 1 FROM django_content_type AS kind WHERE kind.id = content_type_id)
GROUP BY content_type_id ORDER BY content_type_id
"""
