"""Entries of the trail about confidential cases: hidden, in every list of entries, from who must not learn of the case.

Hidden with the case is whatever is told of its notes, files, steps, letters and the rooms' own records of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q

from accounts.models import User
from audit import trail
from audit.queries import family
from processes.confidential import knows_of_all
from processes.models import Case

FARTHEST = 4  # relations between a record and its case


def hidden_entries(user: User) -> Q | None:
    """Which entries this person must not read; None when they may read all."""
    if knows_of_all(user):
        return None
    hidden = Case.objects.hidden_from(user).order_by().values("pk")
    found = Q(content_type__in=_kinds(*family(Case)), object_id__in=hidden)
    for model, paths in ways_to_cases().items():
        rows = model._base_manager.order_by()
        of_hidden = Q()
        for path in paths:
            of_hidden |= Q(**{f"{path}__in": hidden})
        found |= Q(content_type__in=_kinds(model), object_id__in=rows.filter(of_hidden).values("pk"))
    return found


@cache
def ways_to_cases() -> dict[type[models.Model], tuple[str, ...]]:
    """For every kind of record the trail tells of: over which relations it hangs on a case; without the cases themselves."""
    ways = {model: tuple(_ways(model, FARTHEST)) for model in trail.tracked_models()}
    return {model: paths for model, paths in ways.items() if paths and not issubclass(model, Case)}


def _ways(model: type[models.Model], left: int) -> Iterator[str]:
    for field in model._meta.concrete_fields:
        target = field.related_model
        if not isinstance(target, type) or target is model:
            continue
        if issubclass(target, Case):
            yield field.name
        elif left > 1:
            yield from (f"{field.name}__{way}" for way in _ways(target, left - 1))


def _kinds(*kinds: type[models.Model]) -> list[int]:
    return [kind.pk for kind in ContentType.objects.get_for_models(*kinds).values()]
