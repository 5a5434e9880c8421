"""The protection of the trail exchanged by its owner: functions, triggers, rules, policies and columns, each noticed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from audit import standing
from audit.verifying import verify
from tests.audit.sealed import sealed
from tests.database.logins import OWNER, entered_as

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("seals")]


def exchange(cursor: Any, function: str, old: str, new: str) -> None:
    """A function of the trail with other words inside, as its owner may write it."""
    cursor.execute("SELECT pg_get_functiondef(%s::regprocedure)", [function])
    (text,) = cursor.fetchone()
    assert old in text
    cursor.execute(text.replace(old, new, 1))


EXCHANGES: dict[str, tuple[str, Callable[[Any], None]]] = {
    "the stamp names another person": (
        "replaced",
        lambda cursor: exchange(
            cursor,
            "audit_stamp()",
            "BEGIN\n",
            "BEGIN\n IF NEW.actor_id = 1 THEN NEW.actor_id := 2; END IF;\n",
        ),
    ),
    "nothing is refused": (
        "replaced",
        lambda cursor: exchange(
            cursor, "audit_refuse_change()", "RAISE EXCEPTION", "RETURN NEW; RAISE EXCEPTION"
        ),
    ),
    "the stamp runs with its owner's rights": (
        "replaced",
        lambda cursor: cursor.execute("ALTER FUNCTION audit_stamp() SECURITY DEFINER"),
    ),
    "the stamp looks names up elsewhere": (
        "replaced",
        lambda cursor: cursor.execute("ALTER FUNCTION audit_stamp() SET search_path TO pg_temp, public"),
    ),
    "another trigger comes before the stamp": (
        "added",
        lambda cursor: cursor.execute(
            "CREATE TRIGGER a_first BEFORE INSERT ON audit_hold FOR EACH ROW EXECUTE FUNCTION audit_refuse_change()"
        ),
    ),
    "a rule swallows entries": (
        "added",
        lambda cursor: cursor.execute(
            "CREATE RULE nothing AS ON INSERT TO audit_entry WHERE NEW.event = 'viewed' DO INSTEAD NOTHING"
        ),
    ),
    "a policy hides entries": (
        "added",
        lambda cursor: cursor.execute("CREATE POLICY blind ON audit_entry USING (event <> 'viewed')"),
    ),
    "rows are hidden": (
        "replaced",
        lambda cursor: cursor.execute("ALTER TABLE audit_entry FORCE ROW LEVEL SECURITY"),
    ),
    "a column more": (
        "replaced",
        lambda cursor: cursor.execute(
            "ALTER TABLE audit_entry ADD COLUMN said text GENERATED ALWAYS AS ('x') STORED"
        ),
    ),
    "the same trigger calls something else": (
        "replaced",
        lambda cursor: cursor.execute(
            "CREATE OR REPLACE TRIGGER audit_leaf_no_change BEFORE UPDATE OR DELETE ON audit_leaf FOR EACH ROW "
            "EXECUTE FUNCTION audit_stamp(); ALTER TABLE audit_leaf ENABLE ALWAYS TRIGGER audit_leaf_no_change"
        ),
    ),
    "the same trigger on a condition": (
        "replaced",
        lambda cursor: cursor.execute(
            "CREATE OR REPLACE TRIGGER audit_entry_no_change BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW "
            "WHEN (OLD.event <> 'viewed') EXECUTE FUNCTION audit_refuse_change();"
            " ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER audit_entry_no_change"
        ),
    ),
    "a trigger is off": (
        "unguarded",
        lambda cursor: cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_no_change"),
    ),
    "a trigger is taken away": (
        "unguarded",
        lambda cursor: cursor.execute("DROP TRIGGER audit_entry_no_change ON audit_entry"),
    ),
    "a function is taken over": (
        "owner",
        lambda cursor: cursor.execute("ALTER FUNCTION audit_stamp() OWNER TO pg_monitor"),
    ),
}


@pytest.mark.parametrize("how", EXCHANGES)
def test_a_protection_exchanged_or_added_to_is_noticed(how: str) -> None:
    kind, change = EXCHANGES[how]
    sealed(1, 2)
    assert verify().findings == []
    with entered_as(OWNER), transaction.atomic(), connection.cursor() as cursor:
        change(cursor)
        assert verify().codes == {kind}
        assert len(standing.urgent()) == 1
        transaction.set_rollback(True)
