"""How a program is told that something could not be done: problem+json (RFC 9457) in Turkish or English.

The same refusals, codes and sentences as on the pages. `code` is stable; `errors` names the fields to look at again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.cache import cache
from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import Http404
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, status
from rest_framework.response import Response

from audit import context, trail
from audit.addresses import client_address
from ebys.models import ApiKey
from ebys.services.keys import OutsideNetwork, OutsideWindow
from processes.errors import DomainError, RuleBroken, Text

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:sbs:problem:"
GENERAL = "__all__"
TOLD_TO_THE_TRAIL = frozenset({400, 401, 403, 404, 413, 415, 429})
TOLD_AGAIN_AFTER = 60  # seconds; a caller who does not stop does not fill the trail

Fields = Mapping[str, Sequence[Any]]


class BadRequest(DomainError):
    """The request itself is malformed: a header, a parameter, the body."""

    code = "bad-request"
    status = 400
    title = gettext_lazy("The request cannot be read")


class Invalid(RuleBroken):
    """Some fields cannot be taken as they are."""

    code = "invalid"
    title = gettext_lazy("Some fields need another look")

    def __init__(self, fields: Fields) -> None:
        super().__init__(_("Look at the fields named below and send the request again."), fields=fields)


TITLES: dict[int, tuple[str, Text]] = {
    400: ("bad-request", gettext_lazy("The request cannot be read")),
    401: ("unauthenticated", gettext_lazy("A valid key is needed")),
    403: ("not-permitted", gettext_lazy("The key does not permit this")),
    404: ("not-found", gettext_lazy("Not found")),
    405: ("method-not-allowed", gettext_lazy("This address does not take this method")),
    413: ("too-large", gettext_lazy("Too large")),
    415: ("unknown-media", gettext_lazy("This kind of content is not accepted")),
    429: ("throttled", gettext_lazy("Too many requests")),
}
DETAILS: dict[int, Text] = {
    400: gettext_lazy("The request is not formed as this system understands it. Nothing was changed."),
    404: gettext_lazy("There is nothing at this address, or it is not for this key."),
    405: gettext_lazy("Look at the description of the API for the methods of this address."),
    413: gettext_lazy("The request is larger than is accepted. Nothing was kept."),
    415: gettext_lazy("Send JSON, or multipart/form-data where files are taken. Nothing was kept."),
}


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to a refused request; None lets a bug rise."""
    found = refusal(error)
    if found is None:
        return None
    answer = problem(found.status, found.code, found.title, str(found), found.fields)
    for name, value in _headers(error).items():
        answer[name] = value
    if found.status in TOLD_TO_THE_TRAIL:
        _tell_the_trail(context.get("request"), found)
    return answer


def problem(
    code_of_status: int,
    code: str,
    title: Text,
    detail: str,
    errors: Fields | None = None,
    **more: Any,
) -> Response:
    """One problem as a program reads it."""
    content: dict[str, Any] = {
        "type": f"{TYPE}{code}",
        "title": str(title),
        "status": code_of_status,
        "detail": detail,
        "code": code,
        "request_id": context.current().request_id,
    }
    if errors:
        content["errors"] = {name: [str(text) for text in texts] for name, texts in errors.items()}
    return Response(content | more, status=code_of_status, content_type=MEDIA_TYPE)


def refusal(error: Exception) -> DomainError | None:
    """Whatever stopped the request, as a refusal; None for what is a bug."""
    if isinstance(error, DomainError):
        return error
    if isinstance(error, exceptions.ValidationError):
        return Invalid(flattened(error.detail))
    if isinstance(error, exceptions.APIException):
        return _standard(error.status_code, _own_words(error))
    if isinstance(error, Http404):
        return _standard(404)
    if isinstance(error, PermissionDenied):
        return _standard(403, str(error))
    if isinstance(error, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return _standard(413)
    if isinstance(error, SuspiciousOperation | MultiPartParserError | UnreadablePostError):
        return _standard(400)
    return None


def flattened(detail: Any, prefix: str = "") -> dict[str, list[str]]:
    """The errors of nested fields under one name each: `files.0.name`."""
    if isinstance(detail, dict):
        found: dict[str, list[str]] = {}
        for name, inner in detail.items():
            own = "" if name == "non_field_errors" else str(name)
            found |= flattened(inner, ".".join(filter(None, (prefix, own))))
        return found
    if isinstance(detail, list) and any(isinstance(one, dict | list) for one in detail):
        found = {}
        for place, inner in enumerate(detail):
            found |= flattened(inner, f"{prefix}.{place}".lstrip(".")) if inner else {}
        return found
    return {prefix or GENERAL: [str(text) for text in (detail if isinstance(detail, list) else [detail])]}


def _standard(code_of_status: int, detail: str = "") -> DomainError:
    known = code_of_status if code_of_status in TITLES else 400
    code, title = TITLES[known]
    found = DomainError(detail or DETAILS.get(known, title))
    found.status, found.code, found.title = known, code, title
    return found


def _own_words(error: exceptions.APIException) -> str:
    """The framework's sentence where it says more than ours."""
    if isinstance(error, exceptions.Throttled):
        seconds = int(getattr(error, "wait", None) or 1)
        return _("The limit for this key is used up. Try again in %(seconds)d seconds.") % {
            "seconds": seconds
        }
    if isinstance(error, exceptions.NotAuthenticated):
        return _("Send the key as “Authorization: Bearer KEY”.")
    told = error.status_code in (status.HTTP_401_UNAUTHORIZED, status.HTTP_403_FORBIDDEN)
    return str(error.detail) if told else ""


def _headers(error: Exception) -> dict[str, str]:
    found = {}
    if challenge := getattr(error, "auth_header", None):
        found["WWW-Authenticate"] = challenge
    if (wait := getattr(error, "wait", None)) is not None:
        found["Retry-After"] = str(int(wait) + 1)
    return found


def _tell_the_trail(request: Any, found: DomainError) -> None:
    """Who was refused what: the key if there was one, the method and the kind of address, no content.

    A call without any key tried nothing and is not told; wrong keys and spent limits are told once a minute.
    """
    key = getattr(request, "auth", None)
    who = f"key-{key.pk}" if isinstance(key, ApiKey) else f"address-{client_address(request._request)}"
    if found.status == 401 and not request.headers.get("Authorization"):
        return
    told_once = found.status in (401, 429) or found.code in (OutsideNetwork.code, OutsideWindow.code)
    if told_once and not cache.add(f"api-told:{found.code}:{who}", 1, TOLD_AGAIN_AFTER):
        return
    match = getattr(request, "resolver_match", None)
    trail.refused(
        key if isinstance(key, ApiKey) else ApiKey,
        found.code,
        changes={"method": getattr(request, "method", ""), "address": match.view_name if match else ""},
    )
