"""Figures of the reports of 5.3.3: requests by institution and reason, days of the steps, ends of certificates by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.translation import gettext as _

from esignature.models import Certificate, CertificateState, Request, State
from esignature.queries import kind_label, reason_label
from processes import figures
from processes.models import StepRun

NUMBER = "5.3.3"


@dataclass(frozen=True)
class Period(figures.Period):
    """The days a report is about; and optionally one institution or kind."""

    institution: int | None = None
    kind: str = ""

    def narrowed(self) -> QuerySet[Request]:
        """The requests of the institution and kind asked for."""
        requests = Request.objects.all()
        if self.institution:
            requests = requests.filter(applicant_institution=self.institution)
        return requests.filter(kind=self.kind) if self.kind else requests

    def opened(self) -> QuerySet[Request]:
        """Those that came in during the period."""
        start, end = self.bounds()
        return self.narrowed().filter(opened_at__gte=start, opened_at__lt=end)


@dataclass(frozen=True)
class Figure:
    """One row: how many requests came in, and how far they have come."""

    name: str
    opened: int
    posted: int
    online: int
    returned: int
    waiting: int


def by_institution(period: Period) -> list[Figure]:
    """Requests of the period by the holder's institution, most first."""
    rows = _counted(period, "applicant_institution__name")
    return [_figure(row["applicant_institution__name"] or _("Without an institution"), row) for row in rows]


def by_reason(period: Period) -> list[Figure]:
    """Requests of the period by kind and reason, most first."""
    rows = _counted(period, "kind", "reason")
    return [_figure(f"{kind_label(row['kind'])}: {reason_label(row['reason'])}", row) for row in rows]


def _counted(period: Period, *fields: str) -> QuerySet[Request, dict[str, Any]]:
    found: QuerySet[Request, dict[str, Any]] = (
        period.opened()
        .order_by()
        .values(*fields)
        .annotate(
            opened=Count("pk"),
            posted=Count("pk", filter=Q(state=State.POSTED)),
            online=Count("pk", filter=Q(state=State.ONLINE)),
            returned=Count("pk", filter=Q(returns__gt=0)),
            waiting=Count("pk", filter=Q(closed_at__isnull=True)),
        )
        .order_by("-opened", *fields)
    )
    return found


def _figure(name: object, row: dict[str, Any]) -> Figure:
    return Figure(str(name), row["opened"], row["posted"], row["online"], row["returned"], row["waiting"])


def step_days(period: Period) -> list[figures.StepFigure]:
    """The days of the steps of 5.3.3."""
    if not (period.institution or period.kind):
        return figures.step_days(NUMBER, period)
    asked = period.narrowed().values("pk")
    return figures.step_days(NUMBER, period, StepRun.objects.filter(case__in=asked))


@dataclass(frozen=True)
class Month:
    """How many active certificates end in a month."""

    month: date
    ending: int

    @property
    def label(self) -> str:
        """As a chart writes it: 12.26."""
        return f"{self.month:%m.%y}"


def ends_by_month(period: Period, months: int = 12, on: date | None = None) -> Sequence[Month]:
    """Ends of active certificates in the months to come, this one first."""
    first = (on or timezone.localdate()).replace(day=1)
    wanted = [_month_after(first, place) for place in range(months)]
    ending = Certificate.objects.filter(
        state=CertificateState.ACTIVE,
        valid_until__gte=first,
        valid_until__lt=_month_after(first, months),
    )
    if period.institution:
        ending = ending.filter(holder__institution=period.institution)
    if period.kind:
        ending = ending.filter(kind=period.kind)
    by_month = ending.order_by().annotate(month=TruncMonth("valid_until")).values_list("month")
    counts = dict(by_month.annotate(found=Count("pk")))
    return [Month(month, counts.get(month, 0)) for month in wanted]


def _month_after(first: date, count: int) -> date:
    months = first.year * 12 + first.month - 1 + count
    return date(months // 12, months % 12 + 1, 1)
