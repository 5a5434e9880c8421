"""Reports of 5.3.3: page, XLSX, CSV and PDF."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from esignature import figures
from esignature.models import Kind
from processes import charts, export
from processes.fields import institution_field
from processes.views import reports as report_pages
from processes.views.reports import STEPS, Report, Table

DAYS = 90
FIGURES = [
    export.Column("name", gettext_lazy("Name"), "name"),
    export.Column("opened", gettext_lazy("Came in"), "opened", kind="number"),
    export.Column("posted", gettext_lazy("Posted"), "posted", kind="number"),
    export.Column("online", gettext_lazy("Renewed online"), "online", kind="number"),
    export.Column("returned", gettext_lazy("Returned at least once"), "returned", kind="number"),
    export.Column("waiting", gettext_lazy("Still open"), "waiting", kind="number"),
]
MONTHS = [
    export.Column("month", gettext_lazy("Month"), "label"),
    export.Column("ending", gettext_lazy("Certificates that end"), "ending", kind="number"),
]


class PeriodForm(report_pages.PeriodForm):
    """What the reports are about."""

    institution = institution_field(label=gettext_lazy("Institution"), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=[("", gettext_lazy("All")), *Kind.choices], required=False
    )

    def period(self) -> figures.Period:
        """The period chosen."""
        data = self.cleaned_data
        place = data["institution"].pk if data["institution"] else None
        return figures.Period(data["since"], data["until"], place, data["kind"])


def reports(request: HttpRequest) -> HttpResponseBase:
    """Requests by institution and reason, days of the steps, ends of certificates by month."""
    form = report_pages.asked(request, PeriodForm, DAYS)
    return report_pages.page(
        request,
        form,
        lambda: report_of(form.period()),
        number="5.3.3",
        heading=_("E-signatures: reports"),
    )


def report_of(period: figures.Period) -> Report:
    """What is counted of these days, and which certificates end."""
    institutions, months = figures.by_institution(period), figures.ends_by_month(period)
    return Report(
        [months_chart(months), institutions_chart(institutions)],
        [
            Table("steps", _("Planned and measured days per step"), figures.step_days(period), STEPS),
            Table("institutions", _("Requests by institution"), institutions, FIGURES),
            Table("reasons", _("Requests by kind and reason"), figures.by_reason(period), FIGURES),
            Table("months", _("Ends of certificates by month"), months, MONTHS),
        ],
    )


def months_chart(rows: Sequence[Any]) -> charts.BarChart:
    """How many certificates end in each of the next months."""
    return charts.BarChart(
        _("Ends of certificates by month"),
        [row.label for row in rows],
        [charts.Series(_("Certificates that end"), [row.ending for row in rows])],
    )


def institutions_chart(rows: Sequence[Any]) -> charts.BarChart:
    """The institutions with most requests."""
    shown = rows[:8]
    return charts.BarChart(
        _("Requests by institution"),
        [row.name for row in shown],
        [
            charts.Series(_("Came in"), [row.opened for row in shown]),
            charts.Series(_("Still open"), [row.waiting for row in shown], tone="late"),
        ],
    )
