"""The database roles: what each is refused and what each needs to do its work."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from audit import roles, trail
from audit.models import Entry
from audit.verifying import verify
from tests.audit.people import somebody
from tests.database.logins import PREFIX as OURS

pytestmark = pytest.mark.login("owner")
PREFIX = "sbstest"  # roles belong to the whole cluster; these go with the test's transaction
CHANGES = {
    "update": "UPDATE {table} SET {column} = {column}",
    "delete": "DELETE FROM {table}",
    "truncate": "TRUNCATE {table}",
    "trigger off": "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "drop": "DROP TABLE {table}",
    "rename": "ALTER TABLE {table} RENAME TO gone",
    "rewrite": "ALTER TABLE {table} ALTER COLUMN {column} TYPE text USING 'tampered'",
    "own trigger": "CREATE TRIGGER mine BEFORE INSERT ON {table} EXECUTE FUNCTION audit_refuse_change()",
}
ELSEWHERE = {
    "replica": "SET session_replication_role = replica",
    "stamp": "CREATE OR REPLACE FUNCTION audit_stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "sequence": "SELECT setval(pg_get_serial_sequence('audit_entry', 'id'), 1)",
    "to a file": "COPY audit_entry TO '/tmp/trail'",
    "a program": "COPY audit_entry TO PROGRAM 'cat'",
    "new table": "CREATE TABLE mine (id int)",
    "new role": "CREATE ROLE mine SUPERUSER",
    "become owner": f"SET ROLE {PREFIX}_owner",
    "become sealer": f"SET ROLE {PREFIX}_sealer",
}
COLUMNS = {
    "audit_entry": "reason",
    "audit_leaf": "entry_id",
    "audit_checkpoint": "note",
    "audit_epoch": "reason",
    "audit_anchor": "kind",
    "audit_verification": "tree_size",
}
TRAIL_CHANGES = [
    sql.format(table=table, column=column) for table, column in COLUMNS.items() for sql in CHANGES.values()
]
INSERT = (
    "INSERT INTO audit_entry (content_type_id, object_pk, object_repr, action, event, step, reason, cid, timestamp, db_user, "
    "epoch, canon) SELECT id, '', '', 3, 'viewed', '', '', '', now(), 'nobody', 9, 'forged' FROM django_content_type LIMIT 1"
)
LEAF = "INSERT INTO audit_leaf (pos, entry_id, leaf) VALUES (1000000, 1000000, ''::bytea)"


@pytest.fixture
def given(db: None) -> None:
    """The roles with their rights, for this transaction."""
    trail.record(somebody(), "viewed")
    connection.check_constraints()
    call_command("database_roles", "--execute", "--prefix", PREFIX, stdout=io.StringIO())


@contextmanager
def logged_in(role: str) -> Iterator[Any]:
    """As that role, as if its password had been typed."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET SESSION AUTHORIZATION {PREFIX}_{role}")
        try:
            yield cursor
        finally:
            cursor.execute("RESET SESSION AUTHORIZATION")


def refusal(role: str, sql: str) -> str:
    """The SQLSTATE a statement is refused with; empty when it went through."""
    with logged_in(role) as cursor:
        try:
            with transaction.atomic():
                cursor.execute(sql)
        except DatabaseError as error:
            return str(getattr(error.__cause__, "pgcode", ""))
    return ""


def test_doing_it_again_keeps_no_table_from_those_at_work(db: None) -> None:
    call_command("database_roles", "--execute", "--prefix", OURS, stdout=io.StringIO())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relation::regclass::text, mode FROM pg_locks JOIN pg_class ON pg_class.oid = relation"
            " WHERE pid = pg_backend_pid() AND relnamespace = 'public'::regnamespace AND mode ~ 'Exclusive'"
        )
        assert cursor.fetchall() == []


@pytest.mark.parametrize("role", ["app", "sealer", "auditor", "report", "backup"])
def test_no_login_can_change_the_trail(given: None, role: str) -> None:
    refusals = {sql: refusal(role, sql) for sql in TRAIL_CHANGES}
    assert {sql: code for sql, code in refusals.items() if code != "42501"} == {}


def test_the_program_finds_no_way_round(given: None) -> None:
    refusals = {what: refusal("app", sql) for what, sql in ELSEWHERE.items()}
    assert {what: code for what, code in refusals.items() if code != "42501"} == {}


def test_the_program_adds_to_the_trail_and_the_stamp_is_the_databases(given: None) -> None:
    assert refusal("app", INSERT) == ""
    written = Entry.objects.latest()
    assert (written.db_user, written.epoch) == (f"{PREFIX}_app", 1)
    assert written.canon.startswith("sbs-audit-1\n")


def test_the_program_works_with_its_own_tables(given: None) -> None:
    for sql in (
        "SELECT * FROM processes_case",
        "UPDATE accounts_user SET title = title",
        "DELETE FROM django_session",
    ):
        assert refusal("app", sql) == ""


def test_the_program_cannot_write_seals(given: None) -> None:
    assert refusal("app", LEAF) == "42501"


def test_the_sealer_writes_seals_and_nothing_else(given: None) -> None:
    assert refusal("sealer", LEAF) == ""
    assert refusal("sealer", INSERT) == "42501"
    assert refusal("sealer", "SELECT * FROM accounts_user") == "42501"
    assert refusal("sealer", "SELECT * FROM processes_case") == "42501"


def test_the_auditor_verifies_and_reads_nothing_else(given: None, seals: Any) -> None:
    with logged_in("auditor"):
        assert verify(guards=False).findings == []
    for sql in (INSERT, LEAF):
        assert refusal("auditor", sql) == "42501"
    assert refusal("auditor", "SELECT * FROM accounts_user") == "42501"
    assert refusal("auditor", "SELECT * FROM processes_case") == "42501"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT password FROM accounts_user",
        "SELECT * FROM audit_entry",
        "SELECT * FROM django_session",
        "SELECT * FROM otp_totp_totpdevice",
        "SELECT * FROM axes_accessattempt",
        "SELECT digest FROM ebys_apikey",
        "SELECT sealed_secret FROM ebys_webhookendpoint",
        "SELECT digest FROM processes_feedkey",
        "SELECT password FROM accounts_passwordhistory",
        "UPDATE processes_case SET title = title",
    ],
)
def test_reports_see_no_secret_and_no_trail(given: None, sql: str) -> None:
    assert refusal("report", sql) == "42501"


def test_reports_read_the_work(given: None) -> None:
    assert refusal("report", "SELECT number FROM processes_case") == ""
    assert refusal("report", "SELECT subject FROM ebys_incomingletter") == ""
    assert refusal("report", "SELECT username FROM accounts_user") == ""


def test_a_backup_reads_everything_and_writes_nothing(given: None) -> None:
    for table in ("audit_entry", "audit_leaf", "accounts_user", "django_session"):
        assert refusal("backup", f"SELECT * FROM {table}") == ""
    assert refusal("backup", "UPDATE accounts_user SET title = title") == "42501"


def test_everything_belongs_to_the_owner_whom_nobody_logs_in_as(given: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE relowner <> to_regrole(%s)) FROM pg_class "
            "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S')",
            [f"{PREFIX}_owner"],
        )
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT rolcanlogin, rolsuper FROM pg_roles WHERE rolname = %s", [f"{PREFIX}_owner"])
        assert cursor.fetchone() == (False, False)


def test_doing_it_again_changes_nothing(given: None) -> None:
    def rights() -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT oid, relacl::text FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY oid"
            )
            return cursor.fetchall()

    before = rights()
    call_command("database_roles", "--execute", "--prefix", PREFIX, stdout=io.StringIO())
    assert {oid: sorted((acl or "").strip("{}").split(",")) for oid, acl in rights()} == {
        oid: sorted((acl or "").strip("{}").split(",")) for oid, acl in before
    }


def test_the_check_tells_a_superuser_and_is_content_with_the_program(given: None) -> None:
    with pytest.raises(CommandError):
        call_command("database_roles", "--check", stdout=io.StringIO())
    with logged_in("app"):
        assert roles.amiss() == []
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT UPDATE ON audit_entry TO {PREFIX}_app")
    with logged_in("app"):
        assert len(roles.amiss()) == 1
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT {PREFIX}_owner TO {PREFIX}_app")
    with logged_in("app"):
        assert len(roles.amiss()) == 1


def test_without_execute_the_sql_is_printed() -> None:
    out = io.StringIO()
    call_command("database_roles", stdout=out)
    told = out.getvalue()
    assert told.startswith("BEGIN;\n")
    assert told.endswith("COMMIT;\n")
    assert "CREATE ROLE sbs_owner NOLOGIN" in told


def test_a_prefix_that_is_no_name_is_refused() -> None:
    with pytest.raises(CommandError):
        call_command("database_roles", "--prefix", 'x"; DROP', stdout=io.StringIO())


def addresses(folder: Path, **passwords: str) -> list[str]:
    """Files as `config.secrets` writes them."""
    made = []
    for role, password in passwords.items():
        path = folder / role
        path.write_text(
            f"postgresql://{PREFIX}_{role}:{password}@db:5432/sbs?sslmode=verify-full\n", encoding="ascii"
        )
        made.append(str(path))
    return made


def test_passwords_are_set_without_the_server_seeing_them(given: None, tmp_path: Path) -> None:
    files = addresses(tmp_path, app="bir%2Fparola", sealer="baska")
    execute = ("database_roles", "--execute", "--prefix", PREFIX, "--passwords-of", *files)
    with CaptureQueriesContext(connection) as queries:
        call_command(*execute, "--days", "90", stdout=io.StringIO())
    assert "bir/parola" not in str(queries.captured_queries)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolname, rolpassword, rolvaliduntil - now() < '91 days' FROM pg_authid WHERE rolname = ANY(%s)"
            " ORDER BY rolname",
            [[f"{PREFIX}_app", f"{PREFIX}_sealer"]],
        )
        found = cursor.fetchall()
        assert [(name, text.partition("$")[0], soon) for name, text, soon in found] == [
            (f"{PREFIX}_app", "SCRAM-SHA-256", True),
            (f"{PREFIX}_sealer", "SCRAM-SHA-256", True),
        ]
        call_command(*execute, stdout=io.StringIO())
        cursor.execute(
            "SELECT rolvaliduntil = 'infinity' FROM pg_roles WHERE rolname = %s", [f"{PREFIX}_app"]
        )
        assert cursor.fetchone() == (True,)


@pytest.mark.parametrize("text", ["postgresql://sbs:x@db/sbs", f"postgresql://{PREFIX}_app@db/sbs", "", "x"])
def test_an_address_of_no_role_gives_nobody_a_password(given: None, tmp_path: Path, text: str) -> None:
    (tmp_path / "address").write_text(text, encoding="ascii")
    with pytest.raises(CommandError, match="address"):
        call_command(
            "database_roles", "--execute", "--prefix", PREFIX, "--passwords-of", str(tmp_path / "address"),
            stdout=io.StringIO(),
        )  # fmt: skip
