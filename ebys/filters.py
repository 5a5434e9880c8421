"""Filters of the letter lists; they live in the address, so a list can be bookmarked and sent."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Institution
from ebys import routing
from ebys.models import IncomingLetter, IncomingState, OutgoingLetter
from ebys.queries import found_by, outgoing_found_by
from processes.fields import DAY
from processes.filters import Narrowed, PickedFilter, end_of, start_of


class IncomingFilter(Narrowed):
    """What the list of incoming letters can be narrowed by."""

    q = django_filters.CharFilter(label=_("Words"), method="by_words")
    state = django_filters.ChoiceFilter(label=_("State"), choices=IncomingState.choices, empty_label=_("All"))
    sender = PickedFilter(
        label=_("Sender"), queryset=Institution.objects.active(), url_name="institutions-find"
    )
    routed_to = django_filters.ChoiceFilter(label=_("Sub-process"), empty_label=_("All"))
    since = django_filters.DateFilter(label=_("Received from"), method="by_since", widget=DAY)
    until = django_filters.DateFilter(label=_("Received until"), method="by_until", widget=DAY)

    class Meta:
        model = IncomingLetter
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["routed_to"].extra["choices"] = routing.choices()

    def by_words(self, rows: QuerySet[IncomingLetter], name: str, value: str) -> QuerySet[IncomingLetter]:
        """Letters in which every word occurs."""
        return found_by(rows, value)

    def by_since(self, rows: QuerySet[IncomingLetter], name: str, value: date) -> QuerySet[IncomingLetter]:
        """Received on that day or later."""
        return rows.filter(received_at__gte=start_of(value))

    def by_until(self, rows: QuerySet[IncomingLetter], name: str, value: date) -> QuerySet[IncomingLetter]:
        """Received on that day or before."""
        return rows.filter(received_at__lt=end_of(value))


class OutgoingFilter(Narrowed):
    """What the list of our own letters can be narrowed by, beside its tabs."""

    q = django_filters.CharFilter(label=_("Words"), method="by_words")
    recipient = PickedFilter(
        label=_("Addressee"),
        method="by_recipient",
        queryset=Institution.objects.active(),
        url_name="institutions-find",
    )
    since = django_filters.DateFilter(label=_("Drafted from"), method="by_since", widget=DAY)
    until = django_filters.DateFilter(label=_("Drafted until"), method="by_until", widget=DAY)

    class Meta:
        model = OutgoingLetter
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[OutgoingLetter], name: str, value: str) -> QuerySet[OutgoingLetter]:
        """Letters in which every word occurs."""
        return outgoing_found_by(rows, value)

    def by_recipient(
        self, rows: QuerySet[OutgoingLetter], name: str, value: Institution
    ) -> QuerySet[OutgoingLetter]:
        """Letters addressed to it, for action or for information."""
        return rows.filter(recipients__institution=value).distinct()

    def by_since(self, rows: QuerySet[OutgoingLetter], name: str, value: date) -> QuerySet[OutgoingLetter]:
        """Drafted on that day or later."""
        return rows.filter(drafted_at__gte=start_of(value))

    def by_until(self, rows: QuerySet[OutgoingLetter], name: str, value: date) -> QuerySet[OutgoingLetter]:
        """Drafted on that day or before."""
        return rows.filter(drafted_at__lt=end_of(value))
