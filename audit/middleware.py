"""Every request begins with fresh circumstances: its number, the visitor's address, the person signed in."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse

from audit import context, trail
from audit.addresses import client_address
from audit.models import Entry

REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")


class TrailMiddleware:
    """Stands before sessions and log-in: the person is looked up only when an entry is written.

    A request number from outside is kept when it is harmless and replaced when not; the answer carries it back.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number = request_id(request)
        held_back: list[Entry] = []

        def signed_in() -> Any:
            return getattr(request, "user", None)

        with context.acting(
            find=signed_in, address=client_address(request), request_id=number, held_back=held_back
        ):
            response = self.get_response(request)
            trail.write_held_back(held_back)
        response["X-Request-ID"] = number
        return response


def request_id(request: HttpRequest) -> str:
    """The number under which this request stands in the trail and in the log."""
    given = request.headers.get("X-Request-ID", "")
    return given if REQUEST_ID.fullmatch(given) else uuid4().hex
