"""Lists come in pages by cursor; parameters nobody knows are refused, not ignored."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ebys.api.parsing import NOT_TEXT
from ebys.problems import BadRequest
from processes.paging import page_of

STANDARD_SIZE = 50
LARGEST_SIZE = 200
OWN = ("cursor", "page_size")
PARAMETERS = [
    OpenApiParameter("cursor", str, description="`next` or `previous` of the page read before."),
    OpenApiParameter(
        "page_size", int, description=f"Rows per page, 1 to {LARGEST_SIZE}; {STANDARD_SIZE} when not given."
    ),
]


def page_schema(row: type[serializers.BaseSerializer[Any]]) -> Any:
    """How a page of such rows is described."""
    return inline_serializer(
        f"{row.__name__.removesuffix('Serializer')}Page",
        {
            "next": serializers.URLField(
                allow_null=True, help_text="Address of the next page; null on the last."
            ),
            "previous": serializers.URLField(allow_null=True),
            "results": row(many=True),
        },
    )


def parameters(request: Request, known: Collection[str] = ()) -> dict[str, str]:
    """The parameters of the address; each at most once, and none that nobody knows."""
    found: dict[str, str] = {}
    for name, values in request.query_params.lists():
        if name not in known and name not in OWN:
            raise BadRequest(
                _("The address has a parameter that is not known here."),
                fields={name: [_("Unknown parameter.")]},
            )
        if len(values) != 1 or NOT_TEXT.search(values[0]) or len(values[0]) > 2000:
            raise BadRequest(
                _("A parameter of the address cannot be read."),
                fields={name: [_("Give it once, as plain text.")]},
            )
        found[name] = values[0]
    return found


def choice(given: dict[str, str], name: str, allowed: Collection[str], otherwise: str) -> str:
    """A parameter that takes one of a few values."""
    value = given.get(name, otherwise)
    if value not in allowed:
        sentence = _("Choose one of: %(values)s.") % {"values": ", ".join(allowed)}
        raise BadRequest(_("A parameter of the address cannot be read."), fields={name: [sentence]})
    return value


def paged(
    request: Request,
    given: dict[str, str],
    rows: QuerySet[Any],
    order: Sequence[str],
    serializer: type[serializers.Serializer[Any]],
    **context: Any,
) -> Response:
    """One page of a list, with the addresses of the next and the previous one; `context` is what the serializer asks for
    beside the request."""
    page = page_of(rows, order, given.get("cursor", ""), _size(given))
    if page.message:
        raise BadRequest(
            _("The cursor leads nowhere; begin again at the first page."), fields={"cursor": [page.message]}
        )

    def address(cursor: str) -> str | None:
        if not cursor:
            return None
        return request.build_absolute_uri(f"{request.path}?{urlencode({**given, 'cursor': cursor})}")

    return Response(
        {
            "next": address(page.next_cursor),
            "previous": address(page.prev_cursor),
            "results": serializer(list(page.rows), many=True, context={"request": request, **context}).data,
        }
    )


def _size(given: dict[str, str]) -> int:
    text = given.get("page_size", str(STANDARD_SIZE))
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) > 0):
        sentence = _("A number from 1 to %(most)d.") % {"most": LARGEST_SIZE}
        raise BadRequest(_("A parameter of the address cannot be read."), fields={"page_size": [sentence]})
    return min(int(text), LARGEST_SIZE)
