"""In which language a request is answered."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from accounts.models import User
from accounts.models.people import Language


class LanguageMiddleware:
    """A person's saved language wins; before log-in the choice kept in the cookie; a page is Turkish otherwise.

    Stands after Django's own middleware, whose answer (the language a program asks for) is left to programs: office
    computers with an English browser should still show Turkish pages.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = language_of(request)
        if chosen:
            translation.activate(chosen)
            request.LANGUAGE_CODE = chosen
        return self.get_response(request)


def language_of(request: HttpRequest) -> str:
    """The language decided by the person, the cookie or the kind of request; empty when a program may decide."""
    user = getattr(request, "user", None)
    if isinstance(user, User) and user.is_authenticated:
        return user.language
    kept = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if kept in Language.values:
        return kept
    return settings.LANGUAGE_CODE if "text/html" in request.headers.get("Accept", "") else ""
