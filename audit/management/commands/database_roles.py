"""`manage.py database_roles`: the rights in the database as SQL, printed for the administrator or executed at once."""

from __future__ import annotations

import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.utils.translation import gettext as _

from audit import roles


class Command(BaseCommand):
    """Run as a superuser or the owner of the database after every migration; doing it again changes nothing."""

    help = "Create the database roles owner, app, sealer, auditor, report, backup and give each its rights."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--execute", action="store_true", help="do it now instead of printing the SQL")
        parser.add_argument(
            "--check", action="store_true", help="tell what our own role could do to the trail"
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
            self.stdout.write(_("The roles %(prefix)s_… have their rights.") % {"prefix": prefix})
        else:
            self.stdout.write("BEGIN;")
            for statement in roles.statements(prefix):
                self.stdout.write(f"{statement};")
            self.stdout.write("COMMIT;")

    def _check(self) -> None:
        if found := roles.amiss():
            raise CommandError(" ".join(found), returncode=1)
        self.stdout.write(_("This role can only add to the trail."))
