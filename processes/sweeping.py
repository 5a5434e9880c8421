"""What a sweep looks at: everything that is due, read in portions, so that what stays due keeps nothing new waiting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet


def keys(rows: QuerySet[Any], moment: str, size: int) -> Iterator[int]:
    """The keys of the rows, the earliest `moment` first, each once; what was worked on meanwhile may leave the rows."""
    left = rows.order_by(moment, "pk")
    while found := list(left.values_list("pk", moment)[:size]):
        yield from (pk for pk, _at in found)
        pk, at = found[-1]
        left = rows.filter(Q(**{f"{moment}__gt": at}) | Q(**{moment: at, "pk__gt": pk})).order_by(
            moment, "pk"
        )
