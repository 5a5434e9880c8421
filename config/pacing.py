"""One person cannot keep the portal busy for all: searches and exports beyond a pace are answered with 429.

Which requests these are is read from the address's name, so that a new room's pages are counted without being listed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import ResolverMatch

from accounts.access import person_of
from config import errors
from processes import limits

SEARCHES = ("search", "-find", "-similar")  # names of addresses end so
EXPORTS = ("-export", "-pdf")
TOLD_AGAIN_AFTER = 60  # seconds; a person who does not stop does not fill the trail


def kind_of(request: HttpRequest) -> str:
    """What the request costs the others: a search, an export, or "" for the rest."""
    match = request.resolver_match
    name = match.view_name if isinstance(match, ResolverMatch) else ""
    if "export" in request.GET or name.endswith(EXPORTS):
        return "export"
    return "search" if request.GET.get("q") or name.endswith(SEARCHES) else ""


class PaceMiddleware:
    """Stands behind the door: only people signed in are counted, each by themselves. Programs have their own limits."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        kind, user = kind_of(request), person_of(request)
        if not kind or user is None:
            return None
        most, per = settings.PACES[kind]
        if limits.allow(kind, str(user.pk), most, per):
            return None
        wait = limits.wait_of(per)
        if cache.add(f"pace-told:{kind}:{user.pk}", 1, TOLD_AGAIN_AFTER):
            errors.tell_the_trail(request, limits.TooOften.code)
        return errors.too_often(request, limits.TooOften(wait))
