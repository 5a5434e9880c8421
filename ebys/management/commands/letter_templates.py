"""manage.py letter_templates: add the templates an installation begins with."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from ebys.reference import load_templates


class Command(BaseCommand):
    """Adds what is missing and changes nothing that is there."""

    help = "Add the letter templates an installation begins with."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many were added."""
        self.stdout.write(f"{load_templates()} templates added.")
