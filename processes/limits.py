"""How often somebody may ask for the same kind of thing: so many times in a window of so many seconds, then a wait.

Counted in the cache, for all processes of the portal together. The count is a courtesy to the others, not a right: while
the cache is away everything is let through, and the cache itself writes that into the log.
"""

from __future__ import annotations

import time

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from audit.addresses import client_address
from processes.errors import DomainError, Text

NOBODY = "unknown"


class TooOften(DomainError):
    """Asked more often than the office serves one person; the answer says when to come back."""

    code = "throttled"
    status = 429
    title = _("Too many requests")

    def __init__(self, wait: int, message: Text = "") -> None:
        super().__init__(message or sentence(wait))
        self.wait = wait  # seconds; every door sends them as Retry-After


def sentence(wait: int) -> Text:
    """What the person reads."""
    text = ngettext_lazy(
        "Too many requests came from you in a short time. Try again in %(seconds)d second.",
        "Too many requests came from you in a short time. Try again in %(seconds)d seconds.",
        "seconds",
    )
    told: Text = text % {"seconds": wait}
    return told


def allow(scope: str, who: str, most: int, per: int, *, now: float | None = None) -> bool:
    """Count one request of `who` and say whether it is among the first `most` of this window of `per` seconds."""
    moment = time.time() if now is None else now
    # Who asks may be an address: it does not stand in Redis as such.
    mark = salted_hmac("processes.limits", who, algorithm="sha256").hexdigest()[:32]
    key = f"limit:{scope}:{mark}:{per}:{int(moment // per)}"
    if cache.add(key, 1, per + 1):
        return most > 0
    try:
        return cache.incr(key) <= most
    except ValueError:  # the window's count went away meanwhile
        return True


def wait_of(per: int, *, now: float | None = None) -> int:
    """Seconds until the next window begins."""
    moment = time.time() if now is None else now
    return max(1, per - int(moment % per))


def insist(scope: str, who: str, most: int, per: int) -> None:
    """Refuse with 429 whoever asked too often."""
    if not allow(scope, who, most, per):
        raise TooOften(wait_of(per))


def insist_on_address(request: HttpRequest, scope: str, most: int, per: int) -> None:
    """The same for a page anybody may open: counted by the visitor's address."""
    insist(scope, client_address(request) or NOBODY, most, per)
