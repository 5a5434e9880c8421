"""Filters of the register of breaches; they live in the address."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from incidents import queries
from incidents.models import Breach, Decision, FollowUp, FollowUpKind, Level, Source
from processes import searching
from processes.filters import Narrowed

OPEN, CLOSED, ALL = "open", "closed", "all"
RUNNING, PHASE = "running", "phase"
CLOCKS = (RUNNING, PHASE)


class BreachFilter(Narrowed):
    """What the register can be narrowed by."""

    q = django_filters.CharFilter(label=_("Words"), method="by_words")
    status = django_filters.ChoiceFilter(
        label=_("Status"),
        method="by_status",
        empty_label=None,
        choices=[(ALL, _("All")), (OPEN, _("Open")), (CLOSED, _("Closed"))],
    )
    level = django_filters.ChoiceFilter(label=_("Level"), choices=Level.choices, empty_label=_("All"))
    category = django_filters.ChoiceFilter(
        label=_("Category"), field_name="category", choices=queries.category_choices, empty_label=_("All")
    )
    source = django_filters.ChoiceFilter(label=_("Source"), choices=Source.choices, empty_label=_("All"))
    decision = django_filters.ChoiceFilter(
        label=_("Decision"), choices=Decision.choices, empty_label=_("All")
    )
    clock = django_filters.ChoiceFilter(
        label=_("72 hours"),
        method="by_clock",
        empty_label=_("All"),
        choices=[("running", _("Running")), ("phase", _("Next phase of a notice due"))],
    )

    class Meta:
        model = Breach
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[Breach], _name: str, value: str) -> QuerySet[Breach]:
        """Number, subject or person."""
        query = searching.query(value)
        return rows.filter(search=query) if query is not None else rows.none()

    def by_status(self, rows: QuerySet[Breach], _name: str, value: str) -> QuerySet[Breach]:
        """Open, closed or all."""
        return rows if value == ALL else rows.filter(closed_at__isnull=value == OPEN)

    def by_clock(self, rows: Any, _name: str, value: str) -> QuerySet[Breach]:
        """Those whose 72 hours run, or those with an incomplete notice."""
        found: QuerySet[Breach] = rows.clock_running() if value == RUNNING else queries.phase_open(rows)
        return found


class FollowUpFilter(Narrowed):
    """What the list of what is due can be narrowed by."""

    kind = django_filters.ChoiceFilter(
        label=_("What is due"), choices=FollowUpKind.choices, empty_label=_("All")
    )

    class Meta:
        model = FollowUp
        fields: tuple[str, ...] = ()

    @property
    def kind_shown(self) -> str:
        """The kind it is narrowed to, as the list calls it; empty when all are shown."""
        chosen = str(self.form.cleaned_data.get("kind") or "") if self.form.is_valid() else ""
        return str(FollowUpKind(chosen).label) if chosen else ""
