"""`manage.py clauses`: the mission's clauses, each with its keeper and what is amiss."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from processes import clauses


class Command(BaseCommand):
    """Print the board of clauses: kept, finding, or without a keeper yet."""

    help = "Print every clause of the mission with its keeper."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--only", choices=clauses.Standing.values, help="print clauses of one standing only"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        lines = clauses.board()
        for line in lines:
            if options["only"] and line.standing != options["only"]:
                continue
            clause = line.clause
            keepers = ", ".join(keeping.app for keeping in line.keepings)
            self.stdout.write(
                f"{line.standing:<10} {clause.article:<20} {clause.kind:<8} {keepers:<12} {clause.title}"
            )
            for finding in line.findings:
                self.stdout.write(f"{'':<10} ! {finding}")
        counted = Counter(line.standing for line in lines)
        told = ", ".join(f"{standing.label}: {counted[standing]}" for standing in clauses.Standing)
        self.stdout.write(f"{len(lines)} – {told}")
