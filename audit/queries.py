"""Reading the trail."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q, QuerySet

from audit import kinds
from audit.models import Entry, EntryQuerySet

_hiding: list[Callable[[Any], Q | None]] = []


def hide(hidden_from: Callable[[Any], Q | None]) -> None:
    """Let a floor above say which entries a person must not read (None: they may read all); called once at start."""
    if hidden_from not in _hiding:
        _hiding.append(hidden_from)


def readable_by(user: Any, entries: QuerySet[Entry]) -> QuerySet[Entry]:
    """Entries of any kind of record, without those this person must not read."""
    for hidden_from in _hiding:
        hidden = hidden_from(user)
        if hidden is not None:
            entries = entries.exclude(hidden)
    return entries


def entries_of(*objs: models.Model) -> EntryQuerySet:
    """Everything the trail tells of these records, newest first, with the names of the people."""
    found = Q(pk__in=())
    for obj in objs:
        models_of_it = family(type(obj))
        numbers = [kind.pk for kind in ContentType.objects.get_for_models(*models_of_it).values()]
        found |= Q(content_type__in=[*numbers, *kinds.lost(models_of_it)], object_pk=str(obj.pk))
    return Entry.objects.filter(found).with_people().newest_first()


def entries_of_kind(model: type[models.Model]) -> EntryQuerySet:
    """Everything the trail tells of records of this kind, or of the kind as a whole."""
    return Entry.objects.filter(content_type=ContentType.objects.get_for_model(model))


@cache
def family(model: type[models.Model]) -> tuple[type[models.Model], ...]:
    """The models under which one and the same record may be told: a parent and its child share their key."""
    concrete = model._meta.concrete_model or model
    ancestors = concrete._meta.get_parent_list()
    root = next((parent for parent in ancestors if not parent._meta.parents), concrete)
    return (root, *_descendants(root))


def _descendants(model: type[models.Model]) -> list[type[models.Model]]:
    children = [
        relation.related_model
        for relation in model._meta.related_objects
        if relation.one_to_one and relation.parent_link and isinstance(relation.related_model, type)
    ]
    return [kind for child in children for kind in (child, *_descendants(child))]
