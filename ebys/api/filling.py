"""A form of the pages filled in by a program: as JSON, or as a multipart form where a file goes along.

The form itself checks what was sent, so page and API refuse the same things in the same words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers
from rest_framework.request import Request

from ebys.api.fields import checked, form_data, kind_of
from ebys.problems import BadRequest, Invalid

MULTIPART, JSON = "multipart/form-data", "application/json"
WORDS = {"true": True, "false": False}
Make = Callable[..., forms.Form]


def filled(request: Request, make: Make, apart: tuple[str, ...] = ()) -> forms.Form:
    """The form `make` makes, with what was sent; only a form that finds nothing wrong comes back.

    `make` is called without anything for the fields, then with data and files. `apart` are names of the body that are
    no fields of the form.
    """
    data, files = sent(request)
    fields = make().fields
    data = {name: _read(value, fields.get(name)) for name, value in data.items() if name not in apart}
    texts = {name: field for name, field in fields.items() if not isinstance(field, forms.FileField)}
    values = form_data(data, texts)
    wrong = [name for name in files if not isinstance(fields.get(name), forms.FileField)]
    if wrong:
        raise Invalid({name: [_("There is no such field here.")] for name in sorted(wrong)})
    form = make(values, files)
    checked(form)
    return form


def sent(request: Request) -> tuple[dict[str, Any], MultiValueDict[str, Any]]:
    """The named values of the body and its files."""
    data: Any = request.data or {}
    if hasattr(data, "getlist"):
        names = [name for name in data if name not in request.FILES]
        return {name: _one_or_many(data.getlist(name)) for name in names}, request.FILES
    if not isinstance(data, dict):
        raise BadRequest(_("The body is a JSON object with the fields of the form."))
    return data, MultiValueDict()


def nothing(request: Request) -> None:
    """Refuse content where none is taken."""
    data, files = sent(request)
    if data or files:
        raise Invalid({name: [_("There is no such field here.")] for name in sorted({*data, *files})})


def _one_or_many(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values


def _read(value: Any, field: forms.Field | None) -> Any:
    """A multipart form writes yes and no in words."""
    is_word = field is not None and kind_of(field) == "boolean" and isinstance(value, str)
    return WORDS.get(value, value) if is_word else value


def body_of(form: type[forms.Form], name: str, **more: serializers.Field[Any, Any, Any, Any]) -> Any:
    """How the body that fills in a form is described; with the file as a form, where it takes one."""
    described = inline_serializer(
        name, {**more, **{field: _described(kind) for field, kind in form.base_fields.items()}}
    )
    takes_files = any(isinstance(field, forms.FileField) for field in form.base_fields.values())
    return {JSON: OpenApiTypes.OBJECT, MULTIPART: described} if takes_files else {JSON: described}


def _described(field: forms.Field) -> serializers.Field[Any, Any, Any, Any]:
    given: dict[str, Any] = {"required": field.required}
    if isinstance(field, forms.FileField):
        return serializers.FileField(**given)
    match kind_of(field):
        case "boolean":
            return serializers.BooleanField(**given)
        case "integer":
            return serializers.IntegerField(**given)
        case "date":
            return serializers.DateField(**given)
        case "date-time":
            return serializers.DateTimeField(**given)
        case "choices":
            return serializers.ListField(child=serializers.CharField(), **given)
    return serializers.CharField(allow_blank=not field.required, **given)
