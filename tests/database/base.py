"""Django's PostgreSQL backend, with the two things that only the owner may do: making the database and emptying its tables."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from django.core.management import call_command
from django.db.backends.postgresql import base
from django.db.backends.postgresql.creation import DatabaseCreation
from django.db.backends.postgresql.operations import DatabaseOperations

from audit.roles import READ_ONLY, TRAIL
from tests.database.logins import APP, OWNER, PREFIX, as_owner, logins

# Beside what the program may remove rows from: tables tests empty to set their scene, and some whose own triggers they try.
EMPTIED = (
    "accounts_acknowledgement",
    "accounts_grant",
    "accounts_institution",
    "accounts_training",
    "ebys_incomingfile",
    "ebys_incomingletter",
    "incidents_alert",
    "incidents_handover",
    "incidents_loghold",
    "incidents_sanction",
    "incidents_task",
    "processes_caseinsider",
    "processes_delivery",
    "processes_inboxitem",
    "security_docs_approval",
    "security_docs_reading",
    "security_docs_version",
    "webapps_authority",
    "webapps_difference",
)


class Creation(DatabaseCreation):
    """The test database, with the roles of a real one."""

    def create_test_db(self, *args: Any, **options: Any) -> str:
        name: str = super().create_test_db(*args, **options)
        call_command("database_roles", "--execute", "--prefix", PREFIX, stdout=io.StringIO())
        with self.connection.cursor() as cursor:
            cursor.execute(f"GRANT DELETE ON {', '.join(EMPTIED)} TO {PREFIX}_{APP}")
        logins.made()
        return name

    def destroy_test_db(self, *args: Any, **options: Any) -> None:
        from tests.laying import ground  # models cannot be imported while Django makes itself ready

        ground.clear()
        logins.enter(OWNER)
        super().destroy_test_db(*args, **options)


class Operations(DatabaseOperations):
    """After a test that committed all tables are emptied, which the program may not do and the trail refuses to everybody.

    What only migrations write stays: nobody could write it again.
    """

    def sql_flush(self, style: Any, tables: Iterable[str], **options: Any) -> list[str]:
        found: list[str] = super().sql_flush(
            style, [table for table in tables if table not in READ_ONLY], **options
        )
        return found

    def execute_sql_flush(self, sql_list: Iterable[str]) -> None:
        guards = [(table, f"{table}_no_truncate") for table in TRAIL]
        with as_owner() as cursor:
            cursor.execute("BEGIN")
            for table, trigger in guards:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
            for sql in sql_list:
                cursor.execute(sql)
            for table, trigger in guards:
                cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}")
            cursor.execute("COMMIT")


class DatabaseWrapper(base.DatabaseWrapper):
    """What settings name as ENGINE."""

    creation_class = Creation
    ops_class = Operations
