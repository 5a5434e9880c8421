"""What every address of the API has in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.mediatypes import media_type_matches
from rest_framework.views import APIView

from accounts.models import User
from audit.addresses import client_address
from ebys import problems
from ebys.api.authentication import KeyAuthentication
from ebys.api.idempotency import once
from ebys.api.parsing import StrictJSONParser
from ebys.api.permissions import HasScope
from ebys.api.throttling import ReadRate, WriteRate
from ebys.models import ApiKey
from ebys.services import keys


class OneMediaType(BaseContentNegotiation):
    """Each address answers in one media type, whatever the caller prefers; bodies are read by their content type."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """The parser of the body's content type; None is answered with 415."""
        given = request.content_type or ""
        return next((parser for parser in parsers if media_type_matches(parser.media_type, given)), None)

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The first and only one."""
        return renderers[0], renderers[0].media_type


class ApiView(APIView):
    """A view for programs. `scopes` says what a key must carry for each method.

    Work that writes runs through `once`: one transaction, one audit context, done once per Idempotency-Key.
    """

    scopes: ClassVar[Mapping[str, str]] = {}
    authentication_classes = (KeyAuthentication,)
    permission_classes: Any = (HasScope,)
    throttle_classes = (ReadRate, WriteRate)
    parser_classes: Any = (StrictJSONParser,)
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = OneMediaType
    metadata_class = None
    http_method_names = ("get", "post", "head")

    @classmethod
    def as_view(cls, **kwargs: Any) -> Any:
        """Outside the request-wide transaction: a claim of a key has to be seen by others at once."""
        return transaction.non_atomic_requests(super().as_view(**kwargs))

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """A body of unannounced length would be read as empty: it is refused instead."""
        super().initial(request, *args, **kwargs)
        if request.headers.get("Transfer-Encoding") and not request.META.get("CONTENT_LENGTH"):
            raise problems.BadRequest(_("Announce the length of the body in Content-Length."))

    def perform_authentication(self, request: Request) -> None:
        """Whose key it is, and whether it may be used now and from here."""
        super().perform_authentication(request)
        if isinstance(request.auth, ApiKey):
            keys.require_inside(request.auth, client_address(request._request))

    def get_exception_handler(self) -> Callable[..., Response | None]:
        """Refusals become problem+json."""
        return problems.handle

    @property
    def by(self) -> User:
        """The user in whose name the service account acts."""
        assert isinstance(self.request.user, User)
        return self.request.user

    def once(self, work: Callable[[], Response]) -> Response:
        """Do a piece of writing work."""
        key = self.request.auth
        assert isinstance(key, ApiKey)
        return once(self.request, key.account, work)
