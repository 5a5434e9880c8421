"""A room's form as a program fills it in: JSON in, the form's own checks, its fields told to the caller."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from ebys.problems import BadRequest, Invalid
from processes.errors import DomainError

KINDS: tuple[tuple[type[forms.Field], str], ...] = (
    (forms.BooleanField, "boolean"),
    (forms.DateTimeField, "date-time"),
    (forms.DateField, "date"),
    (forms.MultipleChoiceField, "choices"),
    (forms.ModelMultipleChoiceField, "choices"),
    (forms.IntegerField, "integer"),
    (forms.ChoiceField, "choice"),
    (forms.ModelChoiceField, "choice"),
    (forms.EmailField, "email"),
)
MOST_CHOICES = 200
MOST_VALUES = 500


def form_data(data: Any, fields: Mapping[str, forms.Field]) -> dict[str, Any]:
    """What was sent, in the shape a form takes. Unknown names and values of a wrong kind are refused, never dropped."""
    if not isinstance(data, dict):
        raise BadRequest(_("The body is a JSON object with the fields of the form."))
    wrong: dict[str, list[str]] = {}
    found: dict[str, Any] = {}
    for name, value in data.items():
        field = fields.get(name)
        if field is None:
            wrong[name] = [_("There is no such field here.")]
        elif value is not None:
            if _fits(value, field):
                found[name] = value if isinstance(value, bool | list) else str(value)
            else:
                wrong[name] = [_("The value is of another kind than this field takes.")]
    if wrong:
        raise Invalid(wrong)
    return found


def checked(form: forms.Form) -> None:
    """Raise what the form finds wrong."""
    if not form.is_valid():
        raise Invalid({name: [str(text) for text in texts] for name, texts in form.errors.items()})


@contextmanager
def as_sent(names: Mapping[str, str]) -> Iterator[None]:
    """Refusals of the register name the fields as the caller sent them."""
    try:
        yield
    except DomainError as error:
        error.fields = {names.get(name, name): texts for name, texts in error.fields.items()}
        raise


def described(form: forms.Form) -> list[dict[str, Any]]:
    """The fields of a form, for a program that builds its own."""
    return [_described(name, field) for name, field in form.fields.items()]


def kind_of(field: forms.Field) -> str:
    """What a field takes: text unless it is more exact."""
    return next((kind for type_, kind in KINDS if isinstance(field, type_)), "text")


def _described(name: str, field: forms.Field) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": name,
        "label": str(field.label or name),
        "kind": kind_of(field),
        "required": field.required,
    }
    if field.help_text:
        told["help"] = str(field.help_text)
    if (longest := getattr(field, "max_length", None)) is not None:
        told["max_length"] = longest
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        choices: Any = field.choices
        told["choices"] = [
            {"value": str(value), "label": str(label)}
            for value, label in list(choices)[:MOST_CHOICES]
            if value not in (None, "") and not isinstance(label, list | tuple)
        ]
    return told


def _fits(value: Any, field: forms.Field) -> bool:
    kind = kind_of(field)
    if isinstance(value, bool) or kind == "boolean":
        return isinstance(value, bool) and kind == "boolean"
    if isinstance(value, list):
        return (
            kind == "choices"
            and len(value) <= MOST_VALUES
            and all(isinstance(one, str | int) for one in value)
        )
    return isinstance(value, str | int | float)
