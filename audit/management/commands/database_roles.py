"""`manage.py database_roles`: the rights in the database as SQL, printed for the administrator or executed at once."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg2.extensions import encrypt_password

from audit import protection, roles


class Command(BaseCommand):
    """Run as a superuser or the owner of the database after every migration; doing it again changes nothing."""

    help = "Create the database roles owner, app, sealer, auditor, report, backup and give each its rights."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--execute", action="store_true", help="do it now instead of printing the SQL")
        parser.add_argument(
            "--check", action="store_true", help="tell what our own role could do to the trail"
        )
        parser.add_argument(
            "--passwords-of",
            nargs="+",
            type=Path,
            default=(),
            metavar="FILE",
            help="with --execute: files with the addresses under which roles log in; each role gets its address's password",
        )
        parser.add_argument(
            "--days",
            type=int,
            help="with --passwords-of: after so many days the passwords end (Ek-5 5.4.1.1: 90)",
        )
        parser.add_argument(
            "--prefix", default=roles.PREFIX, help="how the roles' names begin (default: sbs)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        prefix = options["prefix"]
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,30}", prefix):
            raise CommandError(_("A prefix has small letters, digits and underscores only."))
        if options["check"]:
            self._check()
        elif options["execute"]:
            with transaction.atomic(), connection.cursor() as cursor:
                for statement in roles.statements(prefix):
                    cursor.execute(statement)
                for path in options["passwords_of"]:
                    self._give_password(cursor, prefix, path, options["days"])
                protection.renew()
            for code, values in protection.amiss():
                self.stderr.write(protection.sentence(code, values))
            self.stdout.write(_("The roles %(prefix)s_… have their rights.") % {"prefix": prefix})
        else:
            self.stdout.write("BEGIN;")
            for statement in roles.statements(prefix):
                self.stdout.write(f"{statement};")
            self.stdout.write("COMMIT;")

    def _give_password(self, cursor: Any, prefix: str, path: Path, days: int | None) -> None:
        """As a SCRAM verifier: the password itself reaches neither the server nor its log."""
        parts = urlsplit(path.read_text(encoding="utf-8").strip())
        name, password = unquote(parts.username or ""), unquote(parts.password or "")
        if (
            name not in {roles.name_of(role, prefix) for role in roles.ROLES if role != "owner"}
            or not password
        ):
            raise CommandError(
                _("%(file)s holds no address of a role with its password.") % {"file": path.name}
            )
        link = cursor.cursor.connection
        verifier = encrypt_password(password, name, scope=link, algorithm="scram-sha-256")
        end = f"{timezone.now() + timedelta(days=days):%Y-%m-%d %H:%M:%S%z}" if days else "infinity"
        cursor.execute(f"ALTER ROLE {name} PASSWORD %s VALID UNTIL %s", [verifier, end])

    def _check(self) -> None:
        if found := roles.amiss():
            raise CommandError(" ".join(found), returncode=1)
        self.stdout.write(_("This role can only add to the trail."))
