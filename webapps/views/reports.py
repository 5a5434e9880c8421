"""The reports of 5.3.7: what was asked, what came of it, how long it took, and how each application stands."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from processes import charts, export
from processes.figures import days_chart
from processes.views import reports as report_pages
from processes.views.reports import STEPS, Report, Table
from webapps import figures
from webapps.models import Application

DAYS = 90
SHOWN = 8
FIGURES = [
    export.Column("name", gettext_lazy("Name"), "name"),
    export.Column("requests", gettext_lazy("Requests"), "requests", kind="number"),
    export.Column("lines", gettext_lazy("Users"), "lines", kind="number"),
    export.Column("done", gettext_lazy("Carried out"), "done", kind="number"),
    export.Column("refused", gettext_lazy("Rejected"), "refused", kind="number"),
    export.Column("escalated", gettext_lazy("With the software support"), "escalated", kind="number"),
]
STANDING = [
    export.Column("name", gettext_lazy("Application"), "name"),
    export.Column("authorities", gettext_lazy("Authorities"), "authorities_now", kind="number"),
    export.Column("people", gettext_lazy("People"), "people_now", kind="number"),
    export.Column("compared", gettext_lazy("Last compared"), "compared_at", kind="date"),
    export.Column("differences", gettext_lazy("Open differences"), "differences_now", kind="number"),
    export.Column("reviewed", gettext_lazy("Last reviewed"), "reviewed_at", kind="date"),
]
REASONS = [
    export.Column("reason", gettext_lazy("Reason for rejection"), lambda row: row[0]),
    export.Column("times", gettext_lazy("Users"), lambda row: row[1], kind="number"),
]


class PeriodForm(report_pages.PeriodForm):
    """What the reports are about."""

    application = forms.ModelChoiceField(
        Application.objects.in_order(),
        label=gettext_lazy("Application"),
        required=False,
        empty_label=gettext_lazy("All"),
    )

    def period(self) -> figures.Period:
        """The period chosen."""
        data = self.cleaned_data
        chosen = data["application"]
        return figures.Period(data["since"], data["until"], chosen.pk if chosen else None)


def reports(request: HttpRequest) -> HttpResponseBase:
    """Requests by application and institution, reasons, planned against measured days; page, XLSX and PDF."""
    form = report_pages.asked(request, PeriodForm, DAYS)
    return report_pages.page(
        request,
        form,
        lambda: report_of(form.period()),
        number="5.3.7",
        heading=_("Web applications: reports"),
    )


def report_of(period: figures.Period) -> Report:
    """What is counted of these days, and how the applications stand."""
    steps, applications = figures.step_days(period), figures.by_application(period)
    standing = list(figures.applications_now())
    return Report(
        [outcome_chart(applications), days_chart(steps)],
        [
            Table("applications", _("Requests by application"), applications, FIGURES),
            Table("institutions", _("Requests by institution"), figures.by_institution(period), FIGURES),
            Table("reasons", _("Reasons for rejection"), figures.reasons(period), REASONS),
            Table("steps", _("Planned and measured days per step"), steps, STEPS),
            Table("standing", _("Applications as they stand now"), standing, STANDING),
        ],
    )


def outcome_chart(rows: list[figures.Figure]) -> charts.BarChart:
    """What came of the users asked for, by application."""
    shown = rows[:SHOWN]
    return charts.BarChart(
        _("Results by application"),
        [row.name for row in shown],
        [
            charts.Series(_("Carried out"), [row.done for row in shown]),
            charts.Series(_("Rejected"), [row.refused for row in shown], tone="late"),
        ],
    )
