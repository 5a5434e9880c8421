"""A program that calls the API, as EBYS would."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import timedelta
from itertools import count
from typing import Any, TypeVar

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from ebys.models import ApiKey, Scope, ServiceAccount
from ebys.services import keys
from tests.accounts import people

ROOT = "/api/v1/"
T = TypeVar("T")
_numbers = count(1)


def committed(make: Callable[[], T]) -> T:
    """What the office did before, in a transaction of its own: for tests that commit."""
    with transaction.atomic():
        return make()


class Caller:
    """One key and what it sends."""

    def __init__(self, key: str = "", **headers: str) -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.headers |= headers

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(ROOT + path, headers=self.headers | _named(headers))

    def post(self, path: str, body: Any = None, *, kind: str = "application/json", **headers: str) -> Any:
        content = body if isinstance(body, bytes | str) else json.dumps({} if body is None else body)
        return self.client.post(
            ROOT + path, content, content_type=kind, headers=self.headers | _named(headers)
        )

    def form(self, path: str, fields: dict[str, Any], **headers: str) -> Any:
        return self.client.post(ROOT + path, fields, headers=self.headers | _named(headers))

    def deliver(self, content: bytes, name: str = "paket.eyp", **headers: str) -> Any:
        return self.form("incoming-letters/", {"package": upload(content, name)}, **headers)


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def upload(content: bytes, name: str = "paket.eyp") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def account(*roles: str, user: User | None = None) -> ServiceAccount:
    """A service account with its technical user."""
    number = next(_numbers)
    with transaction.atomic():
        user = user or people.person(
            *(roles or (Role.HIS_OFFICER,)), username=f"ebys-servis-{number}", first_name="EBYS"
        )
        return ServiceAccount.objects.create(name=f"EBYS {number}", acts_as=user)


def key_of(owner: ServiceAccount, scopes: Iterable[str] = Scope.values, **values: Any) -> tuple[ApiKey, str]:
    """A key of an account with its text."""
    values.setdefault("expires_at", timezone.now() + timedelta(days=30))
    return keys.issue(owner, by=None, name="deneme", scopes=list(scopes), **values)


def caller(*roles: str, scopes: Iterable[str] = Scope.values, **headers: str) -> Caller:
    """A caller with a fresh key of a fresh account."""
    return Caller(key_of(account(*roles), scopes)[1], **headers)
