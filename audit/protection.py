"""What the database itself does for the trail – tables, triggers, functions –, compared with what this release lays down.

A trigger is more than its name: whoever owns the tables can exchange the function it calls, add another one, a rule or a
policy. `protection.json` holds a mark of each part as the migrations make it (`manage.py audit protection` prints it).
"""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from audit import trail
from audit.context import acting, because
from audit.models import Checkpoint, Entry
from audit.queries import entries_of_kind
from audit.roles import TRAIL

MANIFEST = Path(__file__).with_name("protection.json")
EVENT = "protected"
IN_FORCE = "A"  # for every session, also where ordinary triggers are switched off
SENTENCES = {
    "unguarded": gettext_noop("The protection %(trigger)s of table %(table)s is off or missing."),
    "replaced": gettext_noop(
        "The protection of the trail was exchanged: %(what)s is not what this release lays down."
    ),
    "removed": gettext_noop("The protection of the trail was taken apart: %(what)s is missing."),
    "added": gettext_noop("Somebody added to the protection of the trail: %(what)s."),
    "owner": gettext_noop("Tables and functions of the trail belong to different roles: %(roles)s."),
}
GUARDS = {
    table: (
        f"{table}_no_change",
        f"{table}_no_truncate",
        *{"audit_entry": ("audit_entry_stamp",), "audit_anchor": ("audit_anchor_bound",)}.get(table, ()),
    )
    for table in TRAIL
}
Amiss = list[tuple[str, dict[str, Any]]]

# Beside the trail's own: the tables in which its stamp looks names up.
PARTS = """
WITH own AS (
    SELECT oid, relname, relowner FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname = ANY(%(trail)s)
), looked_up AS (
    SELECT oid, relname, relowner FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relname = ANY(%(names)s)
), calls AS (
    SELECT tgname, relname, relowner, tgfoid, tgenabled, concat_ws('/', tgtype, tgnargs, tgattr, tgqual, tgdeferrable,
        encode(tgargs, 'hex'), tgoldtable, tgnewtable) AS how
    FROM pg_trigger JOIN own ON own.oid = tgrelid WHERE NOT tgisinternal
), functions AS (
    SELECT oid, oid::regprocedure::text AS name, proowner, concat_ws('/', prosrc, provolatile, prosecdef, proisstrict,
        proleakproof, proretset, prorettype::regtype, proconfig::text, probin,
        (SELECT lanname FROM pg_language WHERE pg_language.oid = prolang)) AS how
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND starts_with(proname, 'audit_')
        OR oid IN (SELECT tgfoid FROM calls)
)
SELECT 'table ' || relname, (
    SELECT concat_ws('/', relkind, relpersistence, relrowsecurity, relforcerowsecurity, relispartition, relhassubclass)
    FROM pg_class WHERE pg_class.oid = own.oid
) || (
    SELECT string_agg(concat_ws('/', attname, format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated), ','
        ORDER BY attname COLLATE "C") FROM pg_attribute WHERE attrelid = own.oid AND attnum > 0 AND NOT attisdropped
), relowner::regrole::text, '' FROM own
UNION ALL
SELECT 'table ' || relname, (
    SELECT concat_ws('/', relkind, relpersistence, relrowsecurity, relforcerowsecurity) FROM pg_class
    WHERE pg_class.oid = looked_up.oid
), relowner::regrole::text, '' FROM looked_up
UNION ALL
SELECT 'trigger ' || tgname || ' on ' || relname, calls.how || '/' || functions.name, relowner::regrole::text, tgenabled::text
FROM calls JOIN functions ON functions.oid = tgfoid
UNION ALL
SELECT 'function ' || name, how, proowner::regrole::text, '' FROM functions
UNION ALL
SELECT 'rule ' || rulename || ' on ' || relname, ev_type::text, relowner::regrole::text, ''
FROM pg_rewrite JOIN (SELECT * FROM own UNION ALL SELECT * FROM looked_up) AS tables ON tables.oid = ev_class
UNION ALL
SELECT 'policy ' || polname || ' on ' || relname, polcmd::text, relowner::regrole::text, ''
FROM pg_policy JOIN (SELECT * FROM own UNION ALL SELECT * FROM looked_up) AS tables ON tables.oid = polrelid
"""


def found() -> dict[str, str]:
    """The mark of each part as it is in the database."""
    return {what: _mark(how) for what, how, _owner, _state in _parts()}


@cache
def expected() -> dict[str, str]:
    """The mark of each part as the migrations of this release make it."""
    marks: dict[str, str] = json.loads(MANIFEST.read_text(encoding="ascii"))
    return marks


def digest() -> str:
    """One mark of the whole."""
    return _mark(json.dumps(found(), sort_keys=True))


def amiss() -> Amiss:
    """What is not as this release lays it down: kinds of findings with their values."""
    parts = _parts()
    states = {what: state for what, _how, _owner, state in parts}
    now, due = {what: _mark(how) for what, how, _owner, _state in parts}, expected()
    told: Amiss = []
    for table, triggers in GUARDS.items():
        for trigger in triggers:
            if states.get(f"trigger {trigger} on {table}") != IN_FORCE:
                told.append(("unguarded", {"trigger": trigger, "table": table}))
    off = {f"trigger {values['trigger']} on {values['table']}" for _code, values in told}
    for what in sorted(due.keys() | now.keys()):
        if what not in now:
            told += [] if what in off else [("removed", {"what": what})]
        elif what not in due:
            told.append(("added", {"what": what}))
        elif now[what] != due[what]:
            told.append(("replaced", {"what": what}))
    owners = sorted({owner for _what, _how, owner, _state in parts})
    if len(owners) > 1:
        told.append(("owner", {"roles": ", ".join(owners)}))
    return told


def sentence(code: str, values: dict[str, Any]) -> str:
    """One of these findings in the reader's language."""
    return _(SENTENCES[code]) % values


def renew() -> bool:
    """Tell in the trail that a release laid down another protection than was told last; whether that was so.

    Nothing is told of an empty trail, nor of a database that does not have what this release lays down.
    """
    if amiss() or not Entry.objects.exists():
        return False
    told = entries_of_kind(Checkpoint).filter(object_pk="", event=EVENT).order_by("-id").first()
    before = (told.changes or {}).get("digest", ["", ""])[1] if told else ""
    if before == digest():
        return False
    with acting(), transaction.atomic(), because(step="command"):
        trail.record(Checkpoint, EVENT, {"digest": [before, digest()]})
    return True


def _parts() -> list[tuple[str, str, str, str]]:
    people = get_user_model()._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(PARTS, {"trail": list(TRAIL), "names": ["django_content_type", people]})
        parts: list[tuple[str, str, str, str]] = cursor.fetchall()
    return parts


def _mark(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:32]
