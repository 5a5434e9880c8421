"""Figures of 5.3.2 without names: what came in, how grave, how quickly it was stopped. Small numbers are not told.

A breach of a kind that happened once or twice could be recognised by colleagues, so cells below three are left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Avg, Count, ExpressionWrapper, F, Q, QuerySet
from django.db.models.fields import DurationField
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _

from accounts.models import User
from incidents.countdown import SPAN
from incidents.models import (
    Breach,
    Decision,
    Level,
    Notice,
    NoticePhase,
    NoticeTo,
    Sanction,
    SanctionKind,
    Source,
    Task,
)
from processes.figures import Period as ReportPeriod

SMALLEST = 3


@dataclass(frozen=True)
class Figure:
    """One row of a table: a word and how often; None where too few to tell."""

    group: str
    name: str
    count: int | None

    @property
    def told(self) -> str:
        """The count as it is printed."""
        return (
            _("fewer than %(smallest)d") % {"smallest": SMALLEST} if self.count is None else str(self.count)
        )


def suppressed(count: int) -> int | None:
    """A count that may be told: none at all, or enough not to point at anybody."""
    return None if 0 < count < SMALLEST else count


@dataclass(frozen=True)
class Period(ReportPeriod):
    """The days a report is about, as somebody may know of them."""

    by: User

    def breaches(self) -> QuerySet[Breach]:
        """What was reported in these days."""
        start, end = self.bounds()
        return (
            Breach.objects.visible_to(self.by).filter(reported_at__gte=start, reported_at__lt=end).order_by()
        )


def _counted(
    rows: QuerySet[Breach], field: str, group: str, names: Iterable[tuple[str, object]]
) -> list[Figure]:
    counts = dict(rows.values_list(field).annotate(count=Count("pk")))
    return [Figure(group, str(name), suppressed(counts.get(value, 0))) for value, name in names]


def figures(period: Period) -> list[Figure]:
    """The whole report as rows: totals, by level, category, source, decision, notices, sanctions."""
    rows = period.breaches()
    took = ExpressionWrapper(F("closed_at") - F("opened_at"), output_field=DurationField())
    stopped = ExpressionWrapper(F("stopped_at") - F("reported_at"), output_field=DurationField())
    sums = rows.aggregate(
        all=Count("pk"),
        closed=Count("pk", filter=Q(closed_at__isnull=False)),
        dismissed=Count("pk", filter=Q(state="dismissed")),
        anonymous=Count("pk", filter=Q(is_anonymous=True)),
        personal=Count("pk", filter=Q(personal_data="yes")),
        took=Avg(took, filter=Q(closed_at__isnull=False)),
        stopped=Avg(stopped, filter=Q(stopped_at__isnull=False)),
        stopped_count=Count("pk", filter=Q(stopped_at__isnull=False)),
    )
    total = _("Total")
    found = [
        Figure(total, _("Reported"), suppressed(sums["all"])),
        Figure(total, _("Closed"), suppressed(sums["closed"])),
        Figure(total, _("Not a breach"), suppressed(sums["dismissed"])),
        Figure(total, _("Reported without a name"), suppressed(sums["anonymous"])),
        Figure(total, _("Personal data involved"), suppressed(sums["personal"])),
    ]
    if sums["stopped_count"] >= SMALLEST:
        found.append(Figure(total, _("Mean hours until stopped"), hours(sums["stopped"])))
    if sums["closed"] >= SMALLEST:
        found.append(Figure(total, _("Mean hours until closed"), hours(sums["took"])))
    found += _counted(rows, "level", _("Level"), Level.choices)
    categories = rows.exclude(category=None).values_list("category__name", "category__name").distinct()
    found += _counted(rows, "category__name", _("Category"), sorted(categories))
    found += _counted(rows, "source", _("Source"), Source.choices)
    found += _counted(rows, "decision", _("Decision"), Decision.choices)
    return found + _notices(rows) + _sanctions(rows)


def _notices(rows: QuerySet[Breach]) -> list[Figure]:
    """First notices to the Board: in time and late; and those given in phases."""
    first = Notice.objects.filter(breach__in=rows.values("pk"), addressee=NoticeTo.BOARD, position=1)
    late = first.filter(sent_at__gt=F("breach__learned_at") + SPAN).count()
    every = first.count()
    told_late = Q(next_notice__sent_at__date__gt=F("due_on"))
    phased = NoticePhase.objects.filter(
        breach__in=rows.values("pk"), notice__addressee=NoticeTo.BOARD
    ).aggregate(
        breaches=Count("breach", distinct=True),
        given=Count("pk", filter=Q(next_notice__isnull=False)),
        late=Count("pk", filter=told_late),
        open=Count("pk", filter=Q(settled_at__isnull=True)),
    )
    group = _("Notices to the Board")
    return [
        Figure(group, _("Within 72 hours"), suppressed(every - late)),
        Figure(group, _("Late"), suppressed(late)),
        Figure(group, _("Given in phases"), suppressed(phased["breaches"])),
        Figure(group, _("Phases given"), suppressed(phased["given"])),
        Figure(group, _("Phases given after their day"), suppressed(phased["late"])),
        Figure(group, _("Phases not given yet"), suppressed(phased["open"])),
    ]


def _sanctions(rows: QuerySet[Breach]) -> list[Figure]:
    found = Sanction.objects.filter(breach__in=rows.values("pk")).order_by()
    counts = dict(found.values_list("kind").annotate(count=Count("pk")))
    group = _("Sanctions")
    awaited = Task.objects.awaiting().filter(breach__in=rows.values("pk")).count()
    return [
        *(
            Figure(group, str(label), suppressed(counts.get(value, 0)))
            for value, label in SanctionKind.choices
        ),
        Figure(group, _("Result still awaited"), suppressed(awaited)),
    ]


def by_month(period: Period) -> list[tuple[str, int | None]]:
    """Reports by month."""
    rows = (
        period.breaches()
        .annotate(month=TruncMonth("reported_at"))
        .values_list("month")
        .annotate(count=Count("pk"))
        .order_by("month")
    )
    return [(f"{month:%m.%Y}", suppressed(count)) for month, count in rows]


def hours(span: timedelta | None) -> int | None:
    """A span in full hours."""
    return None if span is None else round(span.total_seconds() / 3600)
