"""`manage.py calendar load YEAR…`: the official holidays of Türkiye into the working-day calendar."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from processes.errors import DomainError
from processes.services import calendar


class Command(BaseCommand):
    """Load the holidays of some years and move the open cases they touch."""

    help = "Load official holidays into the working-day calendar."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        load = verbs.add_parser("load", help="write the holidays of the years and count open deadlines anew")
        load.add_argument("years", nargs="+", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        changed = set()
        try:
            with transaction.atomic():
                for year in options["years"]:
                    changed |= set(calendar.load_year(year))
                moved = calendar.recalculate(changed) if changed else []
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            _("%(days)d days were written; %(cases)d open cases moved.")
            % {"days": len(changed), "cases": len(moved)}
        )
