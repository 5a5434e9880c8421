"""The person behind a request, and the version of the record they saw."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from processes.errors import NotPermitted


def person(request: HttpRequest) -> User:
    """The signed-in person; nobody else gets past the door (`config.access`)."""
    if not isinstance(request.user, User):
        raise NotPermitted(_("Log in first."))
    return request.user


def version_of(request: HttpRequest) -> int | None:
    """The version the page showed, if it says one."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
