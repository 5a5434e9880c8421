"""The figures of 5.3.7, counted from requests and authorities."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from processes import figures
from processes.models import StepRun
from webapps.models import (
    Application,
    Authority,
    Campaign,
    Difference,
    Reconciliation,
    RequestLine,
    Settlement,
    Standing,
)

NUMBER = "5.3.7"
REASONS = 10


@dataclass(frozen=True)
class Period(figures.Period):
    """The days a report is about; and optionally one application."""

    application: int | None = None

    def lines(self) -> QuerySet[RequestLine]:
        """The lines of requests that came in during the period."""
        start, end = self.bounds()
        lines = RequestLine.objects.filter(request__opened_at__gte=start, request__opened_at__lt=end)
        return lines.filter(application=self.application) if self.application else lines


@dataclass(frozen=True)
class Figure:
    """Lines of one application or institution: how many, and what came of them."""

    name: str
    requests: int
    lines: int
    done: int
    refused: int
    escalated: int


def by_application(period: Period) -> list[Figure]:
    """Lines of the period by application, most first."""
    return _figures(period, "application__name", "")


def by_institution(period: Period) -> list[Figure]:
    """Lines of the period by the institution that asked, most first."""
    return _figures(period, "request__applicant_institution__name", _("Without an institution"))


def _figures(period: Period, field: str, nameless: str) -> list[Figure]:
    rows = (
        period.lines()
        .order_by()
        .values(field)
        .annotate(
            requests=Count("request", distinct=True),
            lines=Count("pk"),
            done=Count("pk", filter=Q(standing=Standing.DONE)),
            refused=Count("pk", filter=Q(standing=Standing.REFUSED)),
            escalated=Count("pk", filter=~Q(support_number="")),
        )
        .order_by("-lines", field)
    )
    return [
        Figure(
            row[field] or nameless,
            row["requests"],
            row["lines"],
            row["done"],
            row["refused"],
            row["escalated"],
        )
        for row in rows
    ]


def reasons(period: Period) -> list[tuple[str, int]]:
    """Why users were rejected, the commonest reason first."""
    rows = (
        period.lines()
        .filter(standing=Standing.REFUSED)
        .order_by()
        .values("reason")
        .annotate(times=Count("pk"))
        .order_by("-times", "reason")[:REASONS]
    )
    return [(row["reason"], row["times"]) for row in rows]


def step_days(period: Period) -> list[figures.StepFigure]:
    """The days of the steps of 5.3.7."""
    if not period.application:
        return figures.step_days(NUMBER, period)
    asked = RequestLine.objects.filter(application=period.application).values("request")
    return figures.step_days(NUMBER, period, StepRun.objects.filter(case__in=asked))


def applications_now() -> QuerySet[Application]:
    """Each application as it stands now: who has access, when it was compared and reviewed, what is open."""

    def latest(
        rows: QuerySet[Authority] | QuerySet[Reconciliation] | QuerySet[Difference], what: object
    ) -> Subquery:
        return Subquery(rows.order_by().values("application").annotate(found=what).values("found"))

    held = Authority.objects.open().filter(application=OuterRef("pk"))
    differing = Difference.objects.filter(application=OuterRef("pk"), settlement=Settlement.OPEN)
    compared = Reconciliation.objects.filter(application=OuterRef("pk"))
    reviewed = Campaign.objects.filter(applications=OuterRef("pk"), is_of_moves=False).order_by("-opened_at")
    return (
        Application.objects.active()
        .annotate(
            authorities_now=latest(held, Count("pk")),
            people_now=latest(held, Count("employee", distinct=True)),
            compared_at=latest(compared, Max("made_at")),
            differences_now=latest(differing, Count("pk")),
            reviewed_at=Subquery(reviewed.values("opened_at")[:1]),
        )
        .in_order()
    )
