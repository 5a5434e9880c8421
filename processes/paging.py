"""Pages of a list by key, in both directions: the ten thousandth page costs as little as the first.

Nothing is counted and nothing skipped over: a page begins right after the row the cursor names. The cursor is sealed
with the server's key, so the name or date it holds can neither be read in the address nor made up.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Generic, TypeVar

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import F, Field, Model, Q, QuerySet
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext as _

SIZE = 50
MOST = 500
AFTER, BEFORE = "after", "before"

ModelT = TypeVar("ModelT", bound=Model)
RowT = TypeVar("RowT")
Values = tuple[Any, ...]


@dataclass(frozen=True)
class Page(Generic[RowT]):
    """Rows of one page; an empty cursor says that there is nothing on that side.

    `message` is a sentence for the reader when the address did not lead where it seemed to.
    """

    rows: list[RowT]
    next_cursor: str = ""
    prev_cursor: str = ""
    message: str | Promise = ""

    def __len__(self) -> int:
        return len(self.rows)


class BadCursor(Exception):
    """The cursor was cut, made up, or belongs to another order of the list."""


@dataclass(frozen=True)
class Key:
    """One column of the order; an empty value stands behind every other, as the database has it."""

    path: str
    is_descending: bool
    field: Field[Any, Any]

    @property
    def name(self) -> str:
        """As written in the order: -opened_at."""
        return f"-{self.path}" if self.is_descending else self.path

    def reversed(self) -> Key:
        """The same column the other way round."""
        return Key(self.path, not self.is_descending, self.field)

    def expression(self) -> Any:
        """The column in ORDER BY; an index runs either way."""
        return F(self.path).desc() if self.is_descending else F(self.path).asc()

    def value_of(self, row: Any) -> Any:
        """The column's value in a row, through relations."""
        if isinstance(row, dict):
            return row[self.path]
        for part in self.path.split("__"):
            row = None if row is None else getattr(row, part)
        return row

    def beyond(self, value: Any) -> Q | None:
        """Rows strictly further on in this column; None when nothing can be."""
        if value is None:
            return Q(**{f"{self.path}__isnull": False}) if self.is_descending else None
        if self.is_descending:
            return Q(**{f"{self.path}__lt": value})
        further = Q(**{f"{self.path}__gt": value})
        return further | Q(**{f"{self.path}__isnull": True}) if self.field.null else further

    def same(self, value: Any) -> Q:
        """Rows that share the value."""
        return Q(**{f"{self.path}__isnull": True}) if value is None else Q(**{self.path: value})


def page_of(
    queryset: QuerySet[ModelT, RowT],
    order: Sequence[str] = ("queue_at", "id"),
    cursor: str | None = "",
    size: int = SIZE,
) -> Page[RowT]:
    """One page in `order` (a column may begin with “-”; the primary key is added so that equal rows keep a place).

    A cursor that is wrong, or behind which nothing is left, leads to the first page with a sentence that says so.
    """
    size = max(1, min(size, MOST))
    keys = _keys(queryset, order)
    if not cursor:
        return _page(queryset, keys, size, None, AFTER)
    try:
        direction, values = _opened(cursor, keys)
    except BadCursor:
        first = _page(queryset, keys, size, None, AFTER)
        return Page(
            first.rows, first.next_cursor, "", _("That page could not be found; this is the first page.")
        )
    page = _page(queryset, keys, size, values, direction)
    if page.rows:
        return page
    first = _page(queryset, keys, size, None, AFTER)
    return Page(
        first.rows, first.next_cursor, "", _("The list has changed meanwhile; this is its first page.")
    )


def _page(
    queryset: QuerySet[ModelT, RowT], keys: tuple[Key, ...], size: int, values: Values | None, direction: str
) -> Page[RowT]:
    backwards = direction == BEFORE
    running = tuple(key.reversed() for key in keys) if backwards else keys
    if values is not None:
        queryset = queryset.filter(_beyond(running, values))
    rows = list(queryset.order_by(*(key.expression() for key in running))[: size + 1])
    has_more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    if not rows:
        return Page([])
    has_next = backwards or has_more
    has_previous = has_more if backwards else values is not None
    return Page(
        rows,
        _sealed(AFTER, keys, rows[-1]) if has_next else "",
        _sealed(BEFORE, keys, rows[0]) if has_previous else "",
    )


def _beyond(keys: Sequence[Key], values: Values) -> Q:
    """Rows behind the named one: further in the first column, or equal there and further in the next."""
    found = Q(pk__in=[])
    same = Q()
    for key, value in zip(keys, values, strict=True):
        further = key.beyond(value)
        if further is not None:
            found |= same & further
        same &= key.same(value)
    first, value = keys[0], values[0]
    bound = first.beyond(value)
    at_or_beyond = first.same(value) if bound is None else first.same(value) | bound
    if len(keys) > 1 and value is not None and not first.field.null:
        # One range the index can begin at; the rest is sifted from there.
        at_or_beyond = Q(**{f"{first.path}__{'lte' if first.is_descending else 'gte'}": value})
    return at_or_beyond & found


def _keys(queryset: QuerySet[Any, Any], order: Sequence[str]) -> tuple[Key, ...]:
    primary = queryset.model._meta.pk.attname  # a room's record has its case's key, not the case
    names = [name.replace("pk", primary) if name.lstrip("-") == "pk" else name for name in order]
    if primary not in (name.lstrip("-") for name in names):
        descends = bool(names) and names[-1].startswith("-")
        names.append(f"-{primary}" if descends else primary)
    return tuple(
        Key(name.lstrip("-"), name.startswith("-"), _field(queryset, name.lstrip("-"))) for name in names
    )


def _field(queryset: QuerySet[Any, Any], path: str) -> Field[Any, Any]:
    """The column behind a path; it reads its values back from the cursor."""
    annotation = queryset.query.annotations.get(path)
    if annotation is not None:
        return annotation.output_field
    field: Any = None
    model: Any = queryset.model
    is_empty_possible = False
    for part in path.split("__"):
        field = model._meta.get_field(part)
        is_empty_possible = is_empty_possible or field.null
        model = field.related_model
    if is_empty_possible and not field.null:
        field = field.clone()
        field.null = True
    if not isinstance(field, Field):
        raise FieldDoesNotExist(f"A list cannot be ordered by {path}.")
    return field


def _sealer() -> MultiFernet:
    return _made((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=2)
def _made(secrets: tuple[str, ...]) -> MultiFernet:
    """Kept: the keys follow from the server's own, which stay while it runs."""
    digests = [
        salted_hmac("processes.paging", "cursor", secret, algorithm="sha256").digest() for secret in secrets
    ]
    return MultiFernet([Fernet(urlsafe_b64encode(digest)) for digest in digests])


def _sealed(direction: str, keys: Sequence[Key], row: Any) -> str:
    written = [_written(key.value_of(row)) for key in keys]
    text = json.dumps([direction, [key.name for key in keys], written], ensure_ascii=False)
    return _sealer().encrypt(text.encode()).decode().rstrip("=")


def _opened(cursor: str, keys: Sequence[Key]) -> tuple[str, Values]:
    try:
        text = _sealer().decrypt((cursor + "=" * (-len(cursor) % 4)).encode())
        direction, names, written = json.loads(text)
        if names != [key.name for key in keys]:
            raise BadCursor
        return direction, tuple(
            None if value is None else key.field.to_python(value)
            for key, value in zip(keys, written, strict=True)
        )
    except (InvalidToken, ValueError, ValidationError) as wrong:
        raise BadCursor from wrong


def _written(value: Any) -> str | None:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return None if value is None else str(value)
