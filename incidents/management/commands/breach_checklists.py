"""Load the categories and check lists of breaches an installation begins with; what is there stays as it is."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from audit.context import because
from incidents.reference import load_checklists


class Command(BaseCommand):
    """manage.py breach_checklists"""

    help = "Load the categories and check lists of breaches."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load what is missing and say how much it was."""
        with because(step="command"):
            self.stdout.write(f"{load_checklists()} lines added")
