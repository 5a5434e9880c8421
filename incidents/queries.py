"""Reads of 5.3.2 that more than one door needs."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.cache import cache
from django.db.models import QuerySet

from accounts.models import User
from incidents.models import Breach, Category, Phase, Task

CATEGORIES = "incidents:categories"
SIMILAR = 12


def category_choices() -> list[tuple[int, str]]:
    """The categories in use, for a choice; a change shows within a minute."""
    return cache.get_or_set(CATEGORIES, _kept_categories, 60) or []


def _kept_categories() -> list[tuple[int, str]]:
    return list(Category.objects.filter(is_active=True).values_list("pk", "name"))


def in_the_way(breach: Breach, phases: Iterable[str] = Phase.values) -> list[str]:
    """What is mandatory and still open in these phases."""
    return list(breach.tasks.in_the_way().filter(phase__in=phases).values_list("text", flat=True))


def tasks_of(breach: Breach) -> QuerySet[Task]:
    """The tasks of a breach, in the order they are asked for."""
    return breach.tasks.select_related("settled_by").order_by("phase", "pk")


def like(breach: Breach, by: User) -> list[tuple[str, str]]:
    """Other open breaches this person may know of, those of the same category first, newest first."""
    others = Breach.objects.visible_to(by).open().light().exclude(pk=breach.pk)
    if breach.category_id:
        others = others.filter(category=breach.category_id)
    return [(one.number, one.title) for one in others.order_by("-opened_at", "-pk")[:SIMILAR]]
