"""manage.py staff reseal: TC Kimlik numbers of the register under the newest field key."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.services import staff


class Command(BaseCommand):
    """Seals anew what an earlier key sealed; after that the earlier key can leave SBS_OLD_FIELD_KEYS."""

    help = "Seal the staff register's TC Kimlik numbers under the newest field key."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=("reseal",))

    def handle(self, *args: Any, what: str, **options: Any) -> None:
        self.stdout.write(f"{staff.reseal()} numbers sealed anew.")
