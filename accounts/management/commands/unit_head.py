"""manage.py unit_head: appoint the first unit head of an installation, whom nobody inside could appoint."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.models import User
from accounts.roles import Role
from accounts.services import people, rights
from audit.context import because, signed_in

REASON = "Kurulum: ilk birim sorumlusu"


class Command(BaseCommand):
    """Creates the account, grants the role and prints the link under which the person chooses a password."""

    help = "Appoint the first unit head and print a one-time link to choose a password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="user name to log in with, e.g. ayse.yildirim")
        parser.add_argument("first_name")
        parser.add_argument("last_name")

    def handle(self, *args: Any, username: str, first_name: str, last_name: str, **options: Any) -> None:
        user = User(username=username, first_name=first_name, last_name=last_name)
        user.set_unusable_password()
        try:
            with transaction.atomic(), because(step="command", reason=REASON):
                user.full_clean()
                user.save()
                with signed_in(user):
                    rights.grant(user, Role.UNIT_HEAD, by=None, reason=REASON)
        except (ValidationError, PermissionDenied) as refusal:
            raise CommandError(_sentence(refusal)) from refusal
        self.stdout.write(f"{settings.BASE_URL.rstrip('/')}{people.link_path(user)}")


def _sentence(refusal: ValidationError | PermissionDenied) -> str:
    return " ".join(refusal.messages) if isinstance(refusal, ValidationError) else str(refusal)
