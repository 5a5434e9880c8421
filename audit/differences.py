"""What changed in a record, in values that JSON can hold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from enum import Enum
from typing import Any

from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import ValidationError
from django.db import models

MASK = "•••"
# Computed from other columns, or told by an event of its own.
DERIVED = frozenset({"sort_key", "search_key", "last_login"})
SECRET = frozenset({"password", "secret", "secret_hash", "key_hash", "token_hash", "digest"})

Values = dict[str, Any]


def fields_of(model: type[models.Model], exclude: Iterable[str] = ()) -> tuple[models.Field[Any, Any], ...]:
    """The columns of a model, parents included, whose changes are told; no keys of its own, no search vectors."""
    left_out = DERIVED | frozenset(exclude)
    return tuple(
        field
        for field in model._meta.concrete_fields
        if not (
            field.primary_key
            or field.name in left_out
            or isinstance(field, SearchVectorField)
            or getattr(field.remote_field, "parent_link", False)
        )
    )


def plain(value: Any) -> Any:
    """A value as JSON holds it: moments in UTC, records by key, whatever else as text."""
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, str):
        return writable(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, models.Model):
        return plain(value.pk)
    if isinstance(value, Mapping):
        return {writable(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, bytes | bytearray | memoryview):
        return MASK
    return writable(f"{value}")


def writable(text: str) -> str:
    """A text the database takes whatever a visitor sent: no NUL, no half characters."""
    return text.replace("\x00", "\ufffd").encode(errors="replace").decode()


def snapshot(instance: models.Model, fields: Iterable[models.Field[Any, Any]]) -> Values:
    """The values of a record as they stand now, for comparing; columns that were not read are left out."""
    return {
        field.name: _comparable(field, instance.__dict__[field.attname])
        for field in fields
        if field.attname in instance.__dict__
    }


def difference(before: Values, after: Values, masked: frozenset[str] = frozenset()) -> dict[str, list[Any]]:
    """The columns whose values differ, each as [before, after]; of a secret only that it is set."""
    return {
        name: [_told(name, before[name], masked), _told(name, value, masked)]
        for name, value in after.items()
        if name in before and before[name] != value
    }


def filled(values: Values, masked: frozenset[str] = frozenset()) -> Values:
    """The columns that hold something."""
    return {
        name: _told(name, value, masked)
        for name, value in values.items()
        if value is not None and value != "" and value != [] and value != {}
    }


def _told(name: str, value: Any, masked: frozenset[str]) -> Any:
    return MASK if name in masked and value else value


def _comparable(field: models.Field[Any, Any], value: Any) -> Any:
    if hasattr(value, "resolve_expression"):
        return plain(value)
    try:
        return plain(field.to_python(value))
    except ValidationError:
        return plain(value)
