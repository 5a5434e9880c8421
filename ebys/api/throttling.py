"""How often a key may call. Reading and writing are counted apart, so that a busy reader still can deliver."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import SimpleRateThrottle

from ebys.models import ApiKey

READING = frozenset({"GET", "HEAD"})


class KeyRate(SimpleRateThrottle):
    """One counter per key. `REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]` may name another rate for the scope."""

    scope: str
    standard: str
    reads: bool

    def get_rate(self) -> str:
        """The rate of the settings, else the standard one."""
        return str((api_settings.DEFAULT_THROTTLE_RATES or {}).get(self.scope) or self.standard)

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        """The counter of this key; None when this throttle does not count the request."""
        if not isinstance(request.auth, ApiKey) or (request.method in READING) != self.reads:
            return None
        return self.cache_format % {"scope": self.scope, "ident": request.auth.pk}


class ReadRate(KeyRate):
    """Lists, details, packages."""

    scope = "api-read"
    standard = "600/min"
    reads = True


class WriteRate(KeyRate):
    """Deliveries, registrations, steps."""

    scope = "api-write"
    standard = "120/min"
    reads = False
