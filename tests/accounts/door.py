"""The door for tests: an app set up, a password typed, and whether somebody is in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from axes.models import AccessAttempt
from django.contrib.auth import user_login_failed
from django.db.models import F
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.attempts import Attempt
from accounts.models import User
from accounts.services import second_factor
from audit.context import acting
from tests.accounts.people import PASSWORD

LOGIN = "/login/"
CODE = "/login/code/"
SETUP = "/me/second-factor/"


def with_app(user: User) -> TOTPDevice:
    """The person's authenticator app is set up."""
    device: TOTPDevice = TOTPDevice.objects.create(user=user, name=second_factor.APP)
    return device


def code_of(device: TOTPDevice) -> str:
    """What the app shows now."""
    return f"{totp(device.bin_key):06d}"


def enter(client: Client, user: User, password: str = PASSWORD, **more: str) -> Any:
    return client.post(LOGIN, {"username": user.username, "password": password, **more})


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def fail_often(user: User | None, times: int, *, addresses: int = 1, typed: str = "") -> None:
    """So many wrong passwords for one account, from so many strangers' addresses in turn."""
    for number in range(times):
        fail_from(f"203.0.113.{number % addresses}", user, typed)


def fail_from(address: str, user: User | None, typed: str = "") -> None:
    """One wrong password."""
    with acting(address=address):
        user_login_failed.send(sender=__name__, credentials={}, request=Attempt(user, typed))


def let_pass(time: timedelta) -> None:
    """The failures happened so much longer ago."""
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - time)
