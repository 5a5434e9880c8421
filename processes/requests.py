"""The person behind a request, and what a refused request is answered with."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.models import User
from processes.errors import DomainError, NotPermitted


def person(request: HttpRequest) -> User:
    """The signed-in person; nobody else gets past the door (`config.access`)."""
    if not isinstance(request.user, User):
        raise NotPermitted(_("Log in first."))
    return request.user


class RefusalMiddleware:
    """A refusal nobody answered in place becomes a page with its sentence and its status."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page of a DomainError; anything else is a bug and rises."""
        if not isinstance(exception, DomainError):
            return None
        return render(request, "processes/refusal.html", {"refusal": exception}, status=exception.status)
