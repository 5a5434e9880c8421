"""manage.py demo: the invented province, for trying the system out."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config import demo
from processes.models import Case


class Command(BaseCommand):
    """Fill an empty database with invented people, requests and letters."""

    help = "Fill an empty database with an invented province. Never beside real data."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many requests to invent."""
        parser.add_argument(
            "--cases", type=int, default=demo.CASES, help="how many requests (default %(default)s)"
        )

    def handle(self, *args: Any, cases: int, **options: Any) -> None:
        """Build it, unless something is there already."""
        if settings.PRODUCTION:
            raise CommandError("The invented province is for the trial run; this is production.")
        if Case.objects.exists():
            self.stdout.write("There are cases already; nothing was invented.")
            return
        demo.build(cases=cases, said=self.stdout.write)
