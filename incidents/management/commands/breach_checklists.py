"""Load the categories and check lists of breaches an installation begins with; what is there stays as it is."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from audit.context import because
from incidents.reference import begin_with_checklists, load_checklists


class Command(BaseCommand):
    """manage.py breach_checklists"""

    help = "Load the categories and check lists of breaches."

    def add_arguments(self, parser: CommandParser) -> None:
        """Only into an installation that has no category yet."""
        parser.add_argument("--first", action="store_true", help="Only where there is no category yet.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load what is missing and say how much it was."""
        with because(step="command"):
            added = begin_with_checklists() if options["first"] else load_checklists()
            self.stdout.write(f"{added} lines added")
