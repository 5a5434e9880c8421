"""Who may open which address: one table for the whole portal, and the door that asks it before every view.

An address without a row is closed to everybody. A row opens the page; what may be seen and done there is asked of
`visible_to` and of the gate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import ResolverMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts.access import ACCESS as ACCOUNTS
from accounts.access import ADMIN, PUBLIC, UNIT, Rule, is_signed_in
from config.health import STATUS, WATCHERS
from ebys.access import ACCESS as EBYS
from processes.access import ACCESS as PROCESSES

OWN: dict[str, Rule] = {
    "admin:*": ADMIN,  # every address of the admin's namespace
    "health": PUBLIC,
    "healthz": WATCHERS,
    "metrics": WATCHERS,
    "status": STATUS,
    "api-schema": UNIT,
    "api-docs": UNIT,
}


def gathered(*tables: Mapping[str, Rule]) -> dict[str, Rule]:
    """One table out of those of the apps; two answers for one address are refused."""
    rows: dict[str, Rule] = {}
    for table in tables:
        twice = sorted(rows.keys() & table.keys())
        if twice:
            raise ImproperlyConfigured(f"Two apps say who may open {', '.join(twice)}.")
        rows.update(table)
    return rows


ROOMS = [import_module(f"{room}.access").ACCESS for room in settings.ROOMS]
ACCESS: dict[str, Rule] = gathered(OWN, ACCOUNTS, PROCESSES, EBYS, *ROOMS)


def rule_of(name: str) -> Rule | None:
    """The row of an address by its full name (`app:name`), else the row of its namespace."""
    namespace, separator, _name = name.rpartition(":")
    return ACCESS.get(name) or (ACCESS.get(f"{namespace}:*") if separator else None)


class AccessMiddleware:
    """Asks the table before every view: log-in first where one is needed, then a refusal with its sentence."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        match = request.resolver_match
        rule = rule_of(match.view_name) if isinstance(match, ResolverMatch) else None
        if rule is None:
            raise PermissionDenied(_("Nobody has been given access to this address."))
        if rule.allows(request):
            return None
        if rule.needs_login and not is_signed_in(request):
            return to_login(request)
        raise PermissionDenied(str(rule.refusal))


def to_login(request: HttpRequest) -> HttpResponse:
    """To the log-in page and back afterwards; a fragment asked for by htmx moves the whole page there."""
    back = page_of(request)
    address = reverse("login") + (f"?{urlencode({'next': back})}" if back else "")
    if getattr(request, "htmx", False):
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


def page_of(request: HttpRequest) -> str:
    """The page the person was on: the address asked for, or the page a form or fragment belongs to."""
    if request.method in {"GET", "HEAD"} and not getattr(request, "htmx", False):
        return request.get_full_path()
    page = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure()):
        return ""
    return urlsplit(page)._replace(scheme="", netloc="", fragment="").geturl()
