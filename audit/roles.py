"""Who may do what in the database, as SQL: owner, app, sealer, auditor, report, backup (Ek-5 5.3.20–5.3.22, 5.7.2.4).

    owner    owns tables and functions; nobody logs in as it, deployments become it (`SET ROLE`)
    app      web, worker, beat: works with the tables of the rooms, removes only what `erasable` names; adds to the trail and
             reads it, nothing else
    sealer   reads the trail, adds leaves and seals; the only one beside the owner that can
    auditor  reads the trail and its seals, and nothing else
    report   reads the tables of the rooms without secrets, and no trail
    backup   reads everything, writes nothing

No role is a superuser, creates roles or databases, or passes row security. The SQL may run again at any time, and should
after each migration: until then a new table is the program's to work with, also one of the trail, and nobody else's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.contrib.auth import get_user_model
from django.db import connection
from django.utils.translation import gettext as _

from audit.erasable import ERASABLE

ROLES = ("owner", "app", "sealer", "auditor", "report", "backup")
SEALS = ("audit_leaf", "audit_checkpoint", "audit_epoch")  # the sealer's own
PROOFS = (
    "audit_anchor",
    "audit_verification",
)  # what the worker may note as well: e-mails sent, verifications made
HOLDS = (
    "audit_hold",
    "audit_release",
    "audit_acknowledgement",
)  # what people say of the trail: spans needed for an examination, restores answered for
# What only migrations write: the kinds of record, by which entries are found, above all.
READ_ONLY = (
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "auth_group",
    "auth_group_permissions",
)
TRAIL = ("audit_entry", *SEALS, *PROOFS, *HOLDS)
# Tables of secrets, by their own names or those of their columns; the role for reports sees none of them.
HIDDEN = "session|otp_|^axes_|passkey|password|credential|secret|token|^digest$"
PREFIX = "sbs"


def name_of(role: str, prefix: str) -> str:
    """What a role is called in the cluster."""
    return f"{prefix}_{role}"


def statements(prefix: str = PREFIX) -> Iterator[str]:
    """Every statement, in order."""
    names = {role: name_of(role, prefix) for role in ROLES}
    yield from _roles(names)
    yield from _ownership(names)
    yield _nothing_for(names)
    yield from _app(names["app"])
    yield from _sealer(names["sealer"])
    yield f"GRANT SELECT ON {', '.join(TRAIL)}, django_content_type TO {names['auditor']}"
    yield from _report(names["report"])
    yield f"GRANT pg_read_all_data TO {names['backup']}"
    yield from _later(names)


def _roles(names: dict[str, str]) -> Iterator[str]:
    plain = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
    for role, name in names.items():
        login = "NOLOGIN" if role == "owner" else "LOGIN"
        yield (
            f"DO $$ BEGIN IF to_regrole('{name}') IS NULL THEN CREATE ROLE {name} NOLOGIN; END IF; END $$;"
            f" ALTER ROLE {name} {login} {plain}"
        )
    for role in ("app", "sealer"):  # an answer is given only for what survives a power cut
        yield f"ALTER ROLE {names[role]} SET synchronous_commit = 'on'"
    # A transaction left open holds the sealer back; nothing of ours leaves one open for long.
    yield f"ALTER ROLE {names['app']} SET idle_in_transaction_session_timeout = '5min'"
    for role in ("auditor", "report", "backup"):
        yield f"ALTER ROLE {names[role]} SET default_transaction_read_only = 'on'"


def _ownership(names: dict[str, str]) -> Iterator[str]:
    """Everything in the schema belongs to the owner, so that no login can switch a trigger off.

    What belongs to it already is not touched: each table given waits for whoever reads it, and people work during an upgrade.
    """
    owner = names["owner"]
    yield f"ALTER SCHEMA public OWNER TO {owner}"
    yield f"""DO $$
DECLARE found record;
BEGIN
    FOR found IN SELECT oid::regclass AS name, relkind FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
        AND relowner <> '{owner}'::regrole LOOP
        EXECUTE format('ALTER TABLE %s OWNER TO {owner}', found.name);
    END LOOP;
    FOR found IN SELECT oid::regprocedure AS name FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        AND proowner <> '{owner}'::regrole
        AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e') LOOP
        EXECUTE format('ALTER ROUTINE %s OWNER TO {owner}', found.name);
    END LOOP;
END $$"""  # noqa: S608 - names of our own tables and a prefix the command has checked


def _nothing_for(names: dict[str, str]) -> str:
    """Whatever was granted before is taken back first; nobody has rights by being anybody."""
    logins = ", ".join(name for role, name in names.items() if role != "owner")
    return (
        "REVOKE ALL ON SCHEMA public FROM PUBLIC;"
        f" REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {logins};"
        f" REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM PUBLIC, {logins};"
        f" REVOKE ALL ON SCHEMA public FROM {logins};"
        f" GRANT USAGE ON SCHEMA public TO {logins};"
        " DO $$ BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END $$"
    )


def _app(name: str) -> Iterator[str]:
    closed = ", ".join(f"'{table}'" for table in (*TRAIL, *READ_ONLY))
    removes = ", ".join(f"'{table}'" for table in ERASABLE)
    yield f"""DO $$
DECLARE found record;
BEGIN
    FOR found IN SELECT oid::regclass AS name FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v') AND relname NOT IN ({closed}) LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %s TO {name}', found.name);
    END LOOP;
    FOR found IN SELECT oid::regclass AS name FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relname IN ({removes}) LOOP
        EXECUTE format('GRANT DELETE ON %s TO {name}', found.name);
    END LOOP;
END $$"""  # noqa: S608 - names of our own tables and a prefix the command has checked
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {name}"
    yield f"GRANT SELECT ON {', '.join((*READ_ONLY, *SEALS))} TO {name}"
    yield f"GRANT SELECT, INSERT ON {', '.join(('audit_entry', *PROOFS, *HOLDS))} TO {name}"


def _later(names: dict[str, str]) -> Iterator[str]:
    """Tables of the next migration, whether made as the owner or by the one who runs this now."""
    for maker in (f"FOR ROLE {names['owner']} ", ""):
        start = f"ALTER DEFAULT PRIVILEGES {maker}IN SCHEMA public GRANT"
        yield f"{start} SELECT, INSERT, UPDATE, DELETE ON TABLES TO {names['app']}"
        yield f"{start} USAGE ON SEQUENCES TO {names['app']}"


def _sealer(name: str) -> Iterator[str]:
    yield f"GRANT SELECT ON {', '.join(('audit_entry', *HOLDS))}, django_content_type TO {name}"
    yield f"GRANT SELECT, INSERT ON {', '.join((*SEALS, *PROOFS))} TO {name}"


def _report(name: str) -> Iterator[str]:
    """Rooms without secrets; of people everything but their password."""
    people = get_user_model()._meta.db_table
    yield f"""DO $$
DECLARE found record;
BEGIN
    FOR found IN SELECT oid::regclass AS name FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relname <> '{people}'
        AND relname !~ '^(audit|django)_' AND relname !~ '{HIDDEN}'
        AND NOT EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = pg_class.oid AND attname ~ '{HIDDEN}') LOOP
        EXECUTE format('GRANT SELECT ON %s TO {name}', found.name);
    END LOOP;
END $$"""  # noqa: S608 - names of our own tables and a prefix the command has checked
    named = (str(field.column) for field in get_user_model()._meta.concrete_fields)
    columns = [column for column in named if not re.search(f"{HIDDEN}|tckn", column)]
    yield f"GRANT SELECT ({', '.join(columns)}) ON {people} TO {name}"
    yield f"GRANT SELECT ON django_content_type TO {name}"


def layers() -> list[str]:
    """What is missing of the layers between those who run the machine and the data, as sentences (Ek-5 5.7.2.4)."""
    told = amiss()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), min(rolname) FROM pg_class JOIN pg_roles ON pg_roles.oid = relowner"
            " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND rolcanlogin"
        )
        count, owner = cursor.fetchone()
        cursor.execute("SELECT has_table_privilege(session_user, 'audit_leaf', 'INSERT')")
        seals = bool(cursor.fetchone()[0])
        cursor.execute(
            "SELECT array_agg(rolname::text) FROM pg_roles WHERE rolname ~ '_(sealer|auditor|report|backup)$'"
        )
        there = {name.rpartition("_")[2] for name in cursor.fetchone()[0] or ()}
    if count:
        told.append(
            _(
                "%(count)d tables belong to a role that can log in (%(role)s): it could switch their protection off."
            )
            % {"count": count, "role": owner}
        )
    if seals:
        told.append(_("The program may write the trail's seals itself: the sealer has no role of its own."))
    if missing := [role for role in ("sealer", "auditor", "report", "backup") if role not in there]:
        told.append(_("Database roles are missing: %(roles)s.") % {"roles": ", ".join(missing)})
    return told


def logins_of_superusers() -> int:
    """How many superusers can log in to the cluster; one is for the administrator's emergency."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolsuper AND rolcanlogin")
        return int(cursor.fetchone()[0])


def amiss() -> list[str]:
    """What the role this process is logged in as could do to the trail, as sentences; empty when it can only add to it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, pg_has_role(session_user, relowner, 'MEMBER'),"
            " has_table_privilege(session_user, pg_class.oid, 'UPDATE')"
            " OR has_table_privilege(session_user, pg_class.oid, 'DELETE')"
            " OR has_table_privilege(session_user, pg_class.oid, 'TRUNCATE')"
            " FROM pg_roles, pg_class WHERE rolname = session_user AND pg_class.oid = 'audit_entry'::regclass"
        )
        is_super, is_owner, may_change = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname ~ '_(app|sealer|auditor)$' AND rolsuper")
        superusers = int(cursor.fetchone()[0])
        cursor.execute(
            "SELECT string_agg(name, ', ') FROM unnest(%s) AS name"
            " WHERE has_table_privilege(session_user, name, 'INSERT, UPDATE, DELETE')",
            [[table for table in READ_ONLY if table != "django_migrations"]],
        )
        parents = cursor.fetchone()[0]
    told = []
    if is_super:
        told.append(_("The program is logged in to the database as a superuser."))
    elif is_owner:
        told.append(_("The program is logged in to the database as the owner of the trail."))
    elif may_change:
        told.append(_("The program's database role may change or remove entries of the trail."))
    elif parents:
        told.append(
            _("The program's database role may change what entries are found by: %(tables)s.")
            % {"tables": parents}
        )
    if superusers:
        told.append(_("A database role of the program, the sealer or the auditor is a superuser."))
    return told
