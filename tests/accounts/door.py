"""The door for tests: an app set up, a password typed, and whether somebody is in."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import User
from accounts.services import second_factor
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
