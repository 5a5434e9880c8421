"""manage.py end_windows: everybody's hours and networks end, when a window was set that nobody can come in by to end it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone

from accounts.models import AccessWindow
from audit.context import because


class Command(BaseCommand):
    """For whoever has the server's command line. What ended stays on record, each with the reason in the trail."""

    help = "End every log-in window that is in force, and say how many."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reason", required=True, help="stands in the trail")

    def handle(self, *args: Any, reason: str, **options: Any) -> None:
        with transaction.atomic(), because(step="command", reason=reason):
            ended = list(AccessWindow.objects.select_for_update().filter(ended_at__isnull=True))
            for window in ended:
                window.ended_at = timezone.now()
                window.save(update_fields=["ended_at"])
        self.stdout.write(f"{len(ended)} windows have ended.")
