"""The reports of 5.3.1: who has read, what is missing, how the register stands, how long the steps took."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.models import User
from processes import charts, export, figures
from processes.requests import person
from processes.views import reports as report_pages
from processes.views.reports import STEPS, Report, Table
from security_docs import reporting

DAYS = 365
READINGS = [
    export.Column("number", gettext_lazy("Number"), "number"),
    export.Column("title", gettext_lazy("Title"), "title"),
    export.Column("version", gettext_lazy("Version"), "version", kind="number"),
    export.Column("expected", gettext_lazy("Expected"), "expected", kind="number"),
    export.Column("signed", gettext_lazy("Signed"), "signed", kind="number"),
    export.Column("percent", gettext_lazy("Share"), "percent", kind="percent"),
    export.Column("read_by", gettext_lazy("To be read by"), "read_by", kind="date"),
]
KINDS = [
    export.Column("name", gettext_lazy("Kind"), "name"),
    export.Column("kept", gettext_lazy("In the register"), "kept", kind="number"),
    export.Column("in_force", gettext_lazy("In force"), "in_force", kind="number"),
    export.Column("preparing", gettext_lazy("Being prepared"), "preparing", kind="number"),
    export.Column("due", gettext_lazy("Review is due"), "review_due", kind="number"),
]
VERDICTS = [
    export.Column("name", gettext_lazy("Verdict"), "name"),
    export.Column("clauses", gettext_lazy("Clauses"), "clauses", kind="number"),
    export.Column("gaps", gettext_lazy("Gaps"), "gaps", kind="number"),
    export.Column("open", gettext_lazy("Open"), "open", kind="number"),
    export.Column("overdue", gettext_lazy("Overdue"), "overdue", kind="number"),
]


@require_safe
def reports(request: HttpRequest) -> HttpResponseBase:
    """Page, and each table as XLSX or CSV; the whole as PDF."""
    form = report_pages.asked(request, report_pages.PeriodForm, DAYS)
    return report_pages.page(
        request,
        form,
        lambda: report_of(figures.Period(**form.cleaned_data), person(request)),
        number="5.3.1",
        heading=_("Information-security documents: reports"),
    )


def report_of(period: figures.Period, user: User) -> Report:
    """What is counted of these days, and how the register stands for who reads this."""
    readings, kinds = reporting.readings(user), reporting.kinds()
    return Report(
        [reading_chart(readings), kind_chart(kinds)],
        [
            Table("readings", _("Reading of the versions in force"), readings, READINGS),
            Table("kinds", _("Register by kind"), kinds, KINDS),
            Table("verdicts", _("Clauses of notified documents"), reporting.verdicts(period), VERDICTS),
            Table(
                "steps", _("Planned and measured days per step"), figures.step_days("5.3.1", period), STEPS
            ),
        ],
    )


def reading_chart(rows: list[reporting.ReadingFigure]) -> charts.BarChart:
    """The least read versions in force."""
    shown = rows[:8]
    return charts.BarChart(
        _("Reading of the versions in force"),
        [row.number for row in shown],
        [
            charts.Series(_("Expected"), [row.expected for row in shown], tone="2"),
            charts.Series(_("Signed"), [row.signed for row in shown], tone="1"),
        ],
    )


def kind_chart(rows: list[reporting.KindFigure]) -> charts.BarChart:
    """The register by kind of document."""
    return charts.BarChart(
        _("Register by kind"),
        [row.name for row in rows],
        [
            charts.Series(_("In force"), [row.in_force for row in rows]),
            charts.Series(_("Review is due"), [row.review_due for row in rows], tone="late"),
        ],
    )
