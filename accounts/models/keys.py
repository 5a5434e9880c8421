"""Columns by which names are put in Turkish order and found with or without Turkish letters.

PostgreSQL is asked for neither ICU nor an extension: both keys are computed in Python and stored under the "C"
collation (`accounts.turkish`). They are filled wherever rows are written: `save`, `bulk_create`, `bulk_update`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import Q

from accounts.turkish import fold, sort_key

KEYS = ("sort_key", "search_key")


class Named(models.Model):
    """Something with a name that stands in lists and is searched for."""

    sort_key = models.TextField(db_collation="C", editable=False, default="")
    search_key = models.TextField(db_collation="C", editable=False, default="")

    # The fields that `listed_name` and `searched_text` read: saving one of them saves the keys too.
    name_fields: tuple[str, ...] = ("name",)

    class Meta:
        abstract = True

    @property
    def listed_name(self) -> str:
        """The text that decides the place in an alphabetical list."""
        return str(getattr(self, "name", ""))

    @property
    def searched_text(self) -> str:
        """The text in which a search looks for the beginnings of words."""
        return self.listed_name

    def fill_keys(self) -> None:
        """Compute both keys from the name as it stands now."""
        self.sort_key = sort_key(self.listed_name)
        self.search_key = fold(self.searched_text)

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        if update_fields is None or set(update_fields) & set(self.name_fields):
            self.fill_keys()
            update_fields = None if update_fields is None else {*update_fields, *KEYS}
        super().save(*args, update_fields=update_fields, **kwargs)


Row = TypeVar("Row", bound=Named)


class NamedQuerySet(models.QuerySet[Row]):
    """Lists in Turkish order, found by the beginnings of words."""

    def in_order(self) -> Self:
        """By name as a Turkish reader expects, then by number so that pages never overlap."""
        return self.order_by("sort_key", "pk")

    def found_by(self, text: str) -> Self:
        """Rows where each word of `text` begins a word of the name (`dev has` finds `Örnekova Devlet Hastanesi`)."""
        words = fold(text).split()
        if not words:
            return self.none()
        return self.filter(*(self.begins_with(word) for word in words))

    def begins_with(self, word: str) -> Q:
        """One folded word that begins the name or a later word of it."""
        return Q(search_key__startswith=word) | Q(search_key__contains=f" {word}")

    def bulk_create(self, objs: Iterable[Row], *args: Any, **kwargs: Any) -> list[Row]:
        rows = list(objs)
        for row in rows:
            row.fill_keys()
        return super().bulk_create(rows, *args, **kwargs)

    def bulk_update(self, objs: Iterable[Row], fields: Iterable[str], *args: Any, **kwargs: Any) -> int:
        rows: Sequence[Row] = list(objs)
        names: Collection[str] = list(fields)
        if any(set(row.name_fields) & set(names) for row in rows[:1]):
            for row in rows:
                row.fill_keys()
            names = [*names, *KEYS]
        return super().bulk_update(rows, names, *args, **kwargs)
