"""The reports of 5.3.7: what was asked, what came of it, how long it took, and how each application stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from processes import charts, export, pdf
from processes.errors import NotFound
from processes.figures import days_chart
from processes.requests import person
from processes.views.keeping import exported
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
STEPS = [
    export.Column("number", gettext_lazy("Step"), "number"),
    export.Column("name", gettext_lazy("Name"), "name"),
    export.Column("planned", gettext_lazy("Planned working days"), "planned", kind="number"),
    export.Column("taken", gettext_lazy("Times taken"), "taken", kind="number"),
    export.Column("days", gettext_lazy("Mean calendar days"), "days", kind="number"),
    export.Column("late", gettext_lazy("Late"), "late", kind="number"),
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


class PeriodForm(forms.Form):
    """What the reports are about."""

    since = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=gettext_lazy("Until"), widget=forms.DateInput(attrs={"type": "date"}))
    application = forms.ModelChoiceField(
        Application.objects.in_order(),
        label=gettext_lazy("Application"),
        required=False,
        empty_label=gettext_lazy("All"),
    )

    def clean(self) -> dict[str, Any]:
        """The first day is not after the last."""
        data = super().clean() or {}
        if data.get("since") and data.get("until") and data["since"] > data["until"]:
            self.add_error("until", _("The last day is before the first."))
        return data

    def period(self) -> figures.Period:
        """The period chosen."""
        data = self.cleaned_data
        chosen = data["application"]
        return figures.Period(data["since"], data["until"], chosen.pk if chosen else None)


def reports(request: HttpRequest) -> HttpResponseBase:
    """Requests by application and institution, reasons, planned against measured days; page, XLSX and PDF."""
    today = timezone.localdate()
    initial = {"since": (today - timedelta(days=DAYS)).isoformat(), "until": today.isoformat()}
    form = PeriodForm({**initial, **{key: value for key, value in request.GET.items() if value}})
    context: dict[str, Any] = {"form": form}
    if not form.is_valid():
        return render(request, "webapps/reports.html", context, status=422)
    period = form.period()
    steps, applications = figures.step_days(period), figures.by_application(period)
    tables: dict[str, tuple[Any, Sequence[Any], list[export.Column]]] = {
        "applications": (_("Requests by application"), applications, FIGURES),
        "institutions": (_("Requests by institution"), figures.by_institution(period), FIGURES),
        "reasons": (_("Reasons for rejection"), figures.reasons(period), REASONS),
        "steps": (_("Planned and measured days per step"), steps, STEPS),
        "standing": (_("Applications as they stand now"), list(figures.applications_now()), STANDING),
    }
    if "table" in request.GET:
        if request.GET["table"] not in tables:
            raise NotFound(_("There is no such table in this report."))
        title, rows, columns = tables[request.GET["table"]]
        name = f"5.3.7-{request.GET['table']}"
        return exported(
            request.GET.get("export", ""),
            person(request),
            "webapps-reports",
            rows,
            columns,
            name,
            title=title,
        )
    context |= {
        "period": period,
        "charts": [outcome_chart(applications), days_chart(steps)],
        "tables": tables,
    }
    if request.GET.get("export") == "pdf":
        content = pdf.render(
            "webapps/reports_pdf.html", {**context, "title": _("5.3.7 Web applications: reports")}
        )
        return HttpResponse(
            content,
            content_type="application/pdf",
            headers={"Content-Disposition": 'attachment; filename="5.3.7.pdf"'},
        )
    return render(request, "webapps/reports.html", context)


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
