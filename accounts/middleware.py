"""In which language a request is answered, and whether the session behind it still counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode

from accounts import sessions, windows
from accounts.access import confirmed, person_of
from accounts.duties import FREE, duty_of
from accounts.models import User
from accounts.models.people import Language
from audit.context import current


class LanguageMiddleware:
    """A person's saved language wins; before log-in the choice kept in the cookie; a page is Turkish otherwise.

    Stands after Django's own middleware, whose answer (the language a program asks for) is left to programs: office
    computers with an English browser should still show Turkish pages. The first to ask who is there, it leaves the
    person's own record behind in place of the wrappers that waited for the question.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = getattr(request, "user", None)
        if isinstance(user, User):
            request.user = user.itself
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


class SessionRulesMiddleware:
    """Ends sessions that count no more, sends people to what is due from them first, keeps their pages out of caches.

    Stands after messages (it leaves one) and before the door, which then sees a stranger.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = person_of(request)
        if user is not None:
            why = sessions.why_over(request.session, user)
            if why is None and not windows.admits(user, current().address):
                why = sessions.Over.OUTSIDE_WINDOW
            if why is None:
                sessions.note_use(request)
            else:
                sessions.close(request, user, why)
                messages.warning(request, sessions.sentence(why, user))
        response = self.get_response(request)
        if user is not None and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store, private"
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """A password too old, rights not acknowledged: nothing else is opened before."""
        match = request.resolver_match
        user = person_of(request)
        if user is None or match is None or match.view_name in FREE or not confirmed(user):
            return None
        duty = duty_of(user, reads=request.method in {"GET", "HEAD"})
        if duty is None:
            return None
        address = reverse(duty)
        if getattr(request, "htmx", False):
            return HttpResponse(headers={"HX-Redirect": address})
        if request.method == "GET":
            address += f"?{urlencode({'next': request.get_full_path()})}"
        return HttpResponseRedirect(address)
