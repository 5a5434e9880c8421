"""The file store from the command line: `files verify` hashes everything again, `files reap` clears leftovers away."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from processes import files


class Command(BaseCommand):
    """Look after the file store."""

    help = "Check every stored file against its hash, or clear away what no record speaks of."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=("verify", "reap"))

    def handle(self, *args: Any, what: str, **options: Any) -> None:
        if what == "reap":
            self.stdout.write(f"{files.reap()} leftover files removed")
            return
        found = files.verify_all()
        for word, names in (
            ("missing", found.missing),
            ("changed", found.changed),
            ("unclaimed", found.unclaimed),
        ):
            for name in names:
                self.stdout.write(f"{word} {name}")
        summary = (
            f"{found.checked} files checked: {len(found.missing)} missing, {len(found.changed)} changed, "
            f"{len(found.unclaimed)} not spoken of by any record"
        )
        if not found.is_clean:
            raise CommandError(summary)
        self.stdout.write(summary)
