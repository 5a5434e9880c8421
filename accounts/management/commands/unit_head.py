"""manage.py unit_head: appoint the first unit head of an installation, whom nobody inside could appoint."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from accounts.authority import administers
from accounts.models import User
from accounts.roles import Role
from accounts.services import people, rights
from audit import trail
from audit.context import because, signed_in

REASON = "Kurulum: ilk birim sorumlusu"
AGAIN = "Kurulum: süresi geçen bağlantının yerine yenisi"


class Command(BaseCommand):
    """Creates the account, grants the role and prints the link under which the person chooses a password.

    The link lives a quarter of an hour; said again before a password was chosen, the command prints a new one.
    """

    help = "Appoint the first unit head and print a one-time link to choose a password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="user name to log in with, e.g. ayse.yildirim")
        parser.add_argument("first_name")
        parser.add_argument("last_name")

    def handle(self, *args: Any, username: str, first_name: str, last_name: str, **options: Any) -> None:
        user = User(username=username, first_name=first_name, last_name=last_name)
        user.set_unusable_password()
        if (waiting := _never_came(username, first_name, last_name)) is not None:
            with because(step="command", reason=AGAIN):
                trail.record(waiting, "password_link_made")
            self._print(waiting)
            return
        try:
            with transaction.atomic(), because(step="command", reason=REASON):
                user.full_clean()
                user.save()
                with signed_in(user):
                    rights.grant(user, Role.UNIT_HEAD, by=None, reason=REASON)
        except (ValidationError, PermissionDenied) as refusal:
            raise CommandError(_sentence(refusal)) from refusal
        self._print(user)

    def _print(self, user: User) -> None:
        self.stdout.write(f"{settings.BASE_URL.rstrip('/')}{people.link_path(user)}")


def _never_came(username: str, first_name: str, last_name: str) -> User | None:
    """The unit head this command created before and who has not chosen a password since: the link was too old."""
    named = User.objects.active().filter(username=username, first_name=first_name, last_name=last_name)
    user = named.filter(last_login__isnull=True).first()
    return user if user is not None and not user.has_usable_password() and administers(user) else None


def _sentence(refusal: ValidationError | PermissionDenied) -> str:
    return " ".join(refusal.messages) if isinstance(refusal, ValidationError) else str(refusal)
