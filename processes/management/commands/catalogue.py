"""`manage.py catalogue load | export | import`: the catalogue of sub-processes in and out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from accounts.models import User
from audit.context import signed_in
from processes import exchange
from processes.errors import DomainError
from processes.services import definitions


class Command(BaseCommand):
    """Load the reference catalogue, write the editions in force to a file, or bring a file in as drafts."""

    help = "Load, export or import the catalogue of sub-processes."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("load", help="bring in the reference editions that are missing")
        out = verbs.add_parser("export", help="write the editions in force as YAML")
        out.add_argument("numbers", nargs="*", help="sub-process numbers; all when none is given")
        out.add_argument("--to", help="file to write; the terminal when not given")
        into = verbs.add_parser("import", help="bring a YAML file in as drafts")
        into.add_argument("file")
        into.add_argument("--by", required=True, help="user name of the person who prepares the drafts")
        into.add_argument("--note", required=True, help="what changes and why")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['verb']}")(options)
        except DomainError as error:
            raise CommandError(str(error)) from error

    def _load(self, options: dict[str, Any]) -> None:
        brought = definitions.load_catalogue()
        self.stdout.write(_("%(count)d editions were brought in.") % {"count": len(brought)})

    def _export(self, options: dict[str, Any]) -> None:
        found = definitions.editions_in_force()
        if numbers := options["numbers"]:
            found = found.filter(subprocess__number__in=numbers)
        editions = list(found)
        if missing := set(options["numbers"]) - {edition.subprocess.number for edition in editions}:
            raise CommandError(
                _("No edition is in force for %(numbers)s.") % {"numbers": ", ".join(sorted(missing))}
            )
        if not editions:
            raise CommandError(_("The catalogue is empty."))
        text = exchange.write(editions)
        if options["to"]:
            Path(options["to"]).write_text(text, encoding="utf-8")
        else:
            self.stdout.write(text)

    def _import(self, options: dict[str, Any]) -> None:
        by = User.objects.filter(username=options["by"]).first()
        if by is None:
            raise CommandError(_("There is no such user."))
        path = Path(options["file"])
        if not path.is_file():
            raise CommandError(_("There is no such file."))
        with signed_in(by):
            drafts = definitions.bring(path.read_bytes(), by=by, note=options["note"])
        for draft in drafts:
            self.stdout.write(str(draft))
