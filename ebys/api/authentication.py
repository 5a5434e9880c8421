"""Who calls: a service account, known by the key it brings in `Authorization: Bearer …`."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request

from accounts.models import User
from audit.addresses import client_address
from audit.context import identify
from ebys.models import ApiKey
from ebys.services import keys

SCHEME = "Bearer"
CHALLENGE = 'Bearer realm="SBS"'
NOTED_EVERY = 5 * 60  # seconds between two writes of "last used"
WRONG_KEYS = 30  # wrong keys from one address ...
WRONG_WITHIN = 60  # ... within so many seconds, before its further tries are not looked at


class KeyAuthentication(BaseAuthentication):
    """The key proves the service account; from then on the account's own user acts, with that user's rights."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        """The user who acts and the key; None when no key came."""
        given = request.headers.get("Authorization", "")
        if not given:
            return None
        scheme, _space, text = given.partition(" ")
        if scheme.casefold() != SCHEME.casefold():
            raise AuthenticationFailed(_("Send the key as “Authorization: Bearer KEY”."))
        counter = f"api-wrong-key:{client_address(request._request) or 'local'}"
        if cache.get(counter, 0) >= WRONG_KEYS:
            raise Throttled(WRONG_WITHIN)
        key = keys.find(text.strip()) if text.isascii() else None
        if key is None:
            cache.add(counter, 0, WRONG_WITHIN)
            cache.incr(counter)
            raise AuthenticationFailed(_("The key is unknown, expired or revoked."))
        note_use(key)
        user: User = key.account.acts_as
        identify(user)
        return user, key

    def authenticate_header(self, request: Request) -> str:
        """What the caller is asked for."""
        return CHALLENGE


def note_use(key: ApiKey) -> None:
    """Remember that the key is in use, with a write every few minutes instead of one per call."""
    if cache.add(f"api-key-used:{key.pk}", 1, NOTED_EVERY):
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=timezone.now())


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # the base has no types
    """How the description of the API speaks of the key."""

    target_class = "ebys.api.authentication.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """A bearer token."""
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "sbs_<prefix>_<secret>",
            "description": "The key of a service account, given by the unit head. It carries scopes and expires.",
        }
