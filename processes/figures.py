"""What the reports of every room count alike: the period they are about, and the days each official step took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, ExpressionWrapper, F, Q, QuerySet
from django.db.models.fields import DurationField
from django.utils.translation import gettext as _

from processes import catalogue, charts
from processes.filters import end_of, start_of
from processes.models import StepRun, StepRunOutcome


@dataclass(frozen=True)
class Period:
    """The days a report is about, both included. A room's own adds what else narrows its report."""

    since: date
    until: date

    def bounds(self) -> tuple[datetime, datetime]:
        """The first moment, and the first moment after."""
        return start_of(self.since), end_of(self.until)


@dataclass(frozen=True)
class StepFigure:
    """Planned against measured days of one official step."""

    number: str
    name: str
    planned: int | None
    taken: int
    days: float | None
    late: int


def step_days(number: str, period: Period, runs: QuerySet[StepRun] | None = None) -> list[StepFigure]:
    """How long each official step took when it ended in the period, beside the days planned for it.

    `runs` are those the reader may count; every run of the sub-process when none are given.
    """
    start, end = period.bounds()
    took = ExpressionWrapper(F("ended_at") - F("entered_at"), output_field=DurationField())
    counted = (StepRun.objects.all() if runs is None else runs).filter(
        ended_at__gte=start,
        ended_at__lt=end,
        outcome=StepRunOutcome.DONE,
        step__definition__subprocess__number=number,
    )
    rows = {
        row["step__key"]: row
        for row in counted.order_by()
        .values("step__key")
        .annotate(taken=Count("pk"), took=Avg(took), late=Count("pk", filter=Q(ended_at__gt=F("due_at"))))
    }
    none: dict[str, Any] = {"taken": 0, "took": None, "late": 0}
    told = [(step, rows.get(step.key, none)) for step in catalogue.sheet(catalogue.approved(number).pk).steps]
    return [
        StepFigure(
            step.number, step.short_name, step.planned_days, row["taken"], days_of(row["took"]), row["late"]
        )
        for step, row in told
    ]


def days_of(took: timedelta | None) -> float | None:
    """A span in days with one decimal."""
    return None if took is None else round(took.total_seconds() / 86400, 1)


def days_chart(rows: Sequence[StepFigure]) -> charts.BarChart:
    """Planned against measured days of each step."""
    return charts.BarChart(
        _("Planned and measured days per step"),
        [row.number for row in rows],
        [
            charts.Series(_("Planned"), [row.planned for row in rows], tone="2"),
            charts.Series(_("Measured (mean)"), [row.days for row in rows], tone="1"),
        ],
    )
