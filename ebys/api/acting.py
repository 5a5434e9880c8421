"""What can be done with a record that is no case, over the API: told with the fields it asks for, done through one form.

A room names its acts once; the form and the service behind each are those of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from ebys.api import fields, filling, paging
from ebys.api.base import ApiView
from ebys.api.parsing import BoundedMultiPartParser, StrictJSONParser
from ebys.api.serializers.cases import FieldSerializer
from ebys.api.versions import expected
from ebys.api.views.incoming import IDEMPOTENCY
from ebys.api.views.outgoing import IF_MATCH
from ebys.models import Scope
from processes.errors import NotFound

KEY = OpenApiParameter("key", OpenApiTypes.STR, OpenApiParameter.PATH, description="`key` of an act.")
BODY = {filling.JSON: OpenApiTypes.OBJECT, filling.MULTIPART: OpenApiTypes.OBJECT}
PARAMETERS = [KEY, IDEMPOTENCY, IF_MATCH]


@dataclass(frozen=True)
class Act:
    """One thing that can be done. `form` makes the form for a record and a person; `take` does it.

    `take` is given the record, who does it, the form, and the version the caller has seen.
    """

    label: str | Promise
    form: Callable[[Any, User], filling.Make]
    take: Callable[[Any, User, Any, int | None], Any]


def plain(form: type[forms.Form]) -> Callable[[Any, User], filling.Make]:
    """A form that is the same for every record and person."""
    return lambda _record, _by: form


class ActSerializer(serializers.Serializer[Any]):
    """One thing that can be done, with the fields it asks for."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field by that name
    takes_file = serializers.BooleanField(help_text="May be sent as multipart/form-data with a file.")
    fields_ = FieldSerializer(many=True)

    def get_fields(self) -> dict[str, Any]:
        """`fields` is a name of the serializer itself, so it is put in under its own name here."""
        found = super().get_fields()
        found["fields"] = found.pop("fields_")
        return found


class ActsSerializer(serializers.Serializer[Any]):
    """What can be done with a record."""

    results = ActSerializer(many=True)


def told(key: str, label: str | Promise, form: forms.Form) -> dict[str, Any]:
    """An act as a program reads it."""
    return {
        "key": key,
        "label": str(label),
        "takes_file": form.is_multipart(),
        "fields": fields.described(form),
    }


class RecordView(ApiView):
    """The addresses of one kind of record. `acts` are done by POST, told by GET."""

    acts: ClassVar[Mapping[str, Act]] = {}

    def record(self, **where: Any) -> Any:
        """The record of the address as this key's user may see it; NotFound otherwise."""
        raise NotImplementedError

    def answer(self, record: Any) -> Response:
        """The record as it is now."""
        raise NotImplementedError

    def listed(self, request: Request, **where: Any) -> Response:
        """The acts with their fields."""
        paging.parameters(request)
        record = self.record(**where)
        return Response(
            {"results": [told(key, act.label, act.form(record, self.by)()) for key, act in self.acts.items()]}
        )

    def taken(self, request: Request, key: str, **where: Any) -> Response:
        """One act is done, or refused with the sentence of the page."""
        version = expected(request)
        record = self.record(**where)
        if key not in self.acts:
            raise NotFound(_("This cannot be done here."))
        act = self.acts[key]
        form = filling.filled(request, act.form(record, self.by))
        return self.once(lambda: self.answer(act.take(record, self.by, form, version)))


class ActsView(RecordView):
    """Tells the acts."""

    scopes = {"GET": Scope.CASES_READ}


class ActView(RecordView):
    """Does one."""

    scopes = {"POST": Scope.CASES_WRITE}
    parser_classes = (StrictJSONParser, BoundedMultiPartParser)
