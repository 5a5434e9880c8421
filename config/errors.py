"""Pages for when something cannot be done: what happened, what was kept, what to do. No personal data, no stack."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import requires_csrf_token

from audit import context, trail
from ebys import problems
from processes.errors import (
    DomainError,
    NotPermitted,
    StaleVersion,
    Text,
    TooLarge,
    UnknownMedia,
    WrongState,
)
from processes.limits import TooOften

API_PREFIX = "/api/"


@dataclass(frozen=True)
class Explanation:
    """The three sentences of an error page."""

    title: Text
    happened: Text
    kept: Text
    advice: Text


NOTHING_CHANGED = _("Nothing was changed.")
PAGES: dict[int, Explanation] = {
    400: Explanation(
        _("The request could not be read"),
        _("The browser sent something this system cannot read."),
        NOTHING_CHANGED,
        _("Go back and try again. If you followed a link, check that it is complete."),
    ),
    403: Explanation(
        _("You are not permitted to do this"),
        _("Your role does not include what you asked for."),
        NOTHING_CHANGED,
        _("If you need it for your work, ask the unit head to give you the role."),
    ),
    404: Explanation(
        _("This page was not found"),
        _("There is no such page, or it is not meant for you."),
        NOTHING_CHANGED,
        _("Check the address, or search by number, person or subject."),
    ),
    409: Explanation(
        _("This cannot be done now"),
        _("The record is not in the state it was in when you opened the page."),
        _("What you typed was not saved; the record is as your colleague left it."),
        _("Go back, refresh the page and look at the record again."),
    ),
    412: Explanation(
        _("The record changed meanwhile"),
        _("Somebody else changed the record after you opened it."),
        _("What you typed was not saved, so that nobody's work is overwritten."),
        _("Go back, refresh the page and enter your change again."),
    ),
    413: Explanation(
        _("This is too large"),
        _("What was sent is larger than this system accepts."),
        _("Nothing of it was kept; the record is as it was."),
        _("Send fewer or smaller files at a time."),
    ),
    415: Explanation(
        _("This kind of file is not accepted"),
        _("The content of the file is of a kind this system does not take in."),
        _("Nothing of it was kept; the record is as it was."),
        _("Save the document as PDF and send it again."),
    ),
    422: Explanation(
        _("A rule refuses this"),
        _("What you asked for breaks a rule of the process."),
        NOTHING_CHANGED,
        _("Go back, correct what is named above and try again."),
    ),
    429: Explanation(
        _("Too many requests"),
        _("More was asked in a short time than the system serves one person."),
        _("Nothing was changed; you are still logged in and your records are as they were."),
        _("Wait a moment and ask again. If a program of yours asks by itself, slow it down."),
    ),
    500: Explanation(
        _("Something went wrong on our side"),
        _("The system met an error it did not expect. It has been noted."),
        _("The step under way was undone; what had been saved before is safe."),
        _("Try again in a few minutes. If it happens again, give the number below to the unit."),
    ),
    503: Explanation(
        _("The system cannot answer at the moment"),
        _("The database did not answer, or was restarted just now."),
        _("The step under way was undone as a whole; what had been saved before is safe."),
        _("Wait half a minute and try again. What you typed is still in the page you came from."),
    ),
}
RETRY_AFTER = "30"  # seconds
# The refusals the trail tells of when a page answers with them.
REFUSED = {
    error.status: error.code for error in (NotPermitted, WrongState, StaleVersion, TooLarge, UnknownMedia)
}
UNTOLD = ("breach-public", "breach-status")
CSRF = Explanation(
    _("The form is no longer valid"),
    _("The page was open for too long, or was sent from another page than ours."),
    _("What you typed was not saved."),
    _("Go back, refresh the page and send the form again. The browser must accept cookies."),
)


def page(
    request: HttpRequest | None, status: int, explanation: Explanation | None = None, *, happened: Text = ""
) -> HttpResponse:
    """The error page of a status; `happened` is a more exact sentence than the general one."""
    words = explanation or PAGES.get(status) or PAGES[422]
    if request is not None and _is_for_a_program(request):
        return _problem(status, words, happened)
    values = {
        "status": status,
        "page": words,
        "happened": happened or words.happened,
        "request_number": context.current().request_id,
    }
    # Without a session (the request broke before it was read) or on our own failure the page asks for nothing.
    known = request if status not in (500, 503) and hasattr(request, "user") else None
    return HttpResponse(render_to_string("errors/error.html", values, request=known), status=status)


def _is_for_a_program(request: HttpRequest) -> bool:
    """Whether a script reads the answer: the API, or one that asks for JSON only."""
    return request.path.startswith(API_PREFIX) or request.headers.get("Accept", "").startswith(
        "application/json"
    )


def _problem(status: int, words: Explanation, happened: Text) -> HttpResponse:
    """The same for a program, where the request never reached a view of the API."""
    code, title = problems.TITLES.get(status, ("error", words.title))
    detail = happened or problems.DETAILS.get(status, words.happened)
    content = problems.problem(status, code, title, str(detail)).data
    return JsonResponse(content, status=status, content_type=problems.MEDIA_TYPE)


def tell_the_trail(request: HttpRequest, code: str) -> None:
    """Who was refused which kind of page; the address itself may name a record, so its name stands for it.

    Nothing of the public breach form: a form sent twice would tell who stands behind the report without a name.
    """
    match = request.resolver_match
    if match and match.view_name in UNTOLD:
        return
    trail.refused(
        get_user_model(),
        code,
        changes={"method": request.method, "address": match.view_name if match else ""},
    )


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, and 413 where the body was larger than the server reads."""
    if isinstance(exception, RequestDataTooBig | TooManyFilesSent | TooManyFieldsSent):
        return page(request, 413)
    return page(request, 400)


@requires_csrf_token
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 with the sentence of the rule that refused."""
    tell_the_trail(request, "not-permitted")
    return page(request, 403, happened=str(exception))


@requires_csrf_token
def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404; the address asked for is not repeated."""
    # There is such a page, only not this record, or not for this person.
    if request.resolver_match is not None:
        tell_the_trail(request, "not-found")
    return page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 while the database is away; the page needs neither database nor session."""
    if not isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return page(request, 500)
    answer = page(request, 503)
    answer["Retry-After"] = RETRY_AFTER
    return answer


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's token is missing or old."""
    tell_the_trail(request, "no-form-token")
    return page(request, 403, CSRF)


def too_often(request: HttpRequest, refusal: TooOften) -> HttpResponse:
    """429 with the number of seconds to wait."""
    answer = page(request, 429, happened=str(refusal))
    answer["Retry-After"] = str(refusal.wait)
    return answer


class RefusalMiddleware:
    """A refusal no view has answered becomes its page: the same sentence and status as at every other door.

    What somebody signed in was refused is told in the trail, whoever answered it. A form that is to be corrected (422) is
    no refusal.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        code = REFUSED.get(response.status_code)
        if code and not trail.is_refusal_told() and context.current().person is not None:
            tell_the_trail(request, code)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DomainError):
            return None
        if exception.status in (403, 404):
            tell_the_trail(request, exception.code)
        if exception.status == 404:
            return page(request, 404)
        if isinstance(exception, TooOften):
            return too_often(request, exception)
        return page(request, exception.status, happened=str(exception))
