"""Two requests that waited for each other: the database ends one of them, and that one is made once more.

A request is one transaction, which the database has taken back whole: nothing of it is left and nobody was told. Only
forms without files are repeated. What a program or an upload brought was read once and is gone; they get 503 with the
time after which to try again, as every request does that the database could not take.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import OperationalError, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from psycopg2.errors import DeadlockDetected

from audit import context
from config.errors import RefusalMiddleware
from processes.errors import DomainError

log = logging.getLogger(__name__)


class DeadlockMiddleware:
    """Innermost: hears of a failure before it has become a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """The answer of the second time; None where there is none, and the failure goes on to its page."""
        if not is_deadlock(exception) or not may_be_repeated(request):
            return None
        assert request.resolver_match is not None
        view, words, names = request.resolver_match
        log.warning("Two requests waited for each other; this one is made again.")
        if (held_back := context.current().held_back) is not None:
            held_back.clear()
        try:
            answer: HttpResponseBase = transaction.atomic(view)(request, *words, **names)
        except DomainError as refusal:
            return RefusalMiddleware(self.get_response).process_exception(request, refusal)
        return answer


def is_deadlock(exception: Exception) -> bool:
    """The database ended this transaction so that another could go on."""
    return isinstance(exception, OperationalError) and isinstance(exception.__cause__, DeadlockDetected)


def may_be_repeated(request: HttpRequest) -> bool:
    """Everything the view reads is still there, and the whole view was one transaction."""
    match = request.resolver_match
    is_one = settings.DATABASES["default"]["ATOMIC_REQUESTS"] and not getattr(
        match and match.func, "_non_atomic_requests", None
    )
    return bool(is_one and request.method == "POST" and request.POST and not request.FILES)
