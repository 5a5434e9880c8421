"""Reads of 5.3.2 that more than one door needs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.cache import cache
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

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


def with_tasks(breaches: QuerySet[Breach]) -> QuerySet[Breach]:
    """Breaches with their open tasks, read in the same query (`tasks_told` takes them out)."""
    tasks = Task.objects.filter(breach=OuterRef("pk"), outcome="").order_by("pk")
    told = JSONObject(phase="phase", text="text", is_mandatory="is_mandatory")
    return breaches.annotate(open_tasks=ArraySubquery(tasks.values(told=told)))


def tasks_told(breach: Breach) -> list[dict[str, Any]]:
    """The open tasks of a breach read by `with_tasks`, each with the step that asks for it."""
    found = getattr(breach, "open_tasks", [])
    return [{**one, "phase": Phase(one["phase"]).label} for one in found]


def like(breach: Breach, by: User) -> list[tuple[str, str]]:
    """Other open breaches this person may know of, those of the same category first, newest first."""
    others = Breach.objects.visible_to(by).open().light().exclude(pk=breach.pk)
    if breach.category_id:
        others = others.filter(category=breach.category_id)
    return [(one.number, one.title) for one in others.order_by("-opened_at", "-pk")[:SIMILAR]]
