"""Reports of 5.3.3: page, XLSX, CSV and PDF."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from esignature import figures
from esignature.fields import day_field
from esignature.models import Kind
from esignature.views.common import paper
from processes import charts, export, pdf
from processes.errors import NotFound
from processes.fields import institution_field
from processes.requests import person
from processes.views.keeping import exported

DAYS = 90
FIGURES = [
    export.Column("name", gettext_lazy("Name"), "name"),
    export.Column("opened", gettext_lazy("Came in"), "opened", kind="number"),
    export.Column("posted", gettext_lazy("Posted"), "posted", kind="number"),
    export.Column("online", gettext_lazy("Renewed online"), "online", kind="number"),
    export.Column("returned", gettext_lazy("Returned at least once"), "returned", kind="number"),
    export.Column("waiting", gettext_lazy("Still open"), "waiting", kind="number"),
]
STEPS = [
    export.Column("number", gettext_lazy("Step"), "number"),
    export.Column("name", gettext_lazy("Name"), "name"),
    export.Column("planned", gettext_lazy("Planned working days"), "planned", kind="number"),
    export.Column("taken", gettext_lazy("Times taken"), "taken", kind="number"),
    export.Column("days", gettext_lazy("Mean calendar days"), "days", kind="number"),
    export.Column("late", gettext_lazy("Late"), "late", kind="number"),
]
MONTHS = [
    export.Column("month", gettext_lazy("Month"), "label"),
    export.Column("ending", gettext_lazy("Certificates that end"), "ending", kind="number"),
]


class PeriodForm(forms.Form):
    """What the reports are about."""

    since = day_field(gettext_lazy("From"))
    until = day_field(gettext_lazy("Until"))
    institution = institution_field(label=gettext_lazy("Institution"), required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=[("", gettext_lazy("All")), *Kind.choices], required=False
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
        place = data["institution"].pk if data["institution"] else None
        return figures.Period(data["since"], data["until"], place, data["kind"])


def reports(request: HttpRequest) -> HttpResponseBase:
    """Requests by institution and reason, days of the steps, ends of certificates by month."""
    today = timezone.localdate()
    initial = {"since": (today - timedelta(days=DAYS)).isoformat(), "until": today.isoformat()}
    form = PeriodForm({**initial, **{key: value for key, value in request.GET.items() if value}})
    if not form.is_valid():
        return render(request, "esignature/reports.html", {"form": form}, status=422)
    period = form.period()
    tables: dict[str, tuple[str, Sequence[object], list[export.Column]]] = {
        "steps": (_("Planned and measured days per step"), figures.step_days(period), STEPS),
        "institutions": (_("Requests by institution"), figures.by_institution(period), FIGURES),
        "reasons": (_("Requests by kind and reason"), figures.by_reason(period), FIGURES),
        "months": (_("Ends of certificates by month"), figures.ends_by_month(period), MONTHS),
    }
    if "table" in request.GET:
        if request.GET["table"] not in tables:
            raise NotFound(_("There is no such table in this report."))
        title, rows, columns = tables[request.GET["table"]]
        name = f"5.3.3-{request.GET['table']}"
        return exported(
            request.GET.get("export", ""),
            person(request),
            "esignature-reports",
            rows,
            columns,
            name,
            title=title,
        )
    context: dict[str, Any] = {
        "form": form,
        "period": period,
        "charts": [months_chart(tables["months"][1]), institutions_chart(tables["institutions"][1])],
        "tables": [
            {"key": key, "caption": caption, "rows": rows, "columns": columns}
            for key, (caption, rows, columns) in tables.items()
        ],
        "title": _("5.3.3 E-signatures and mobile signatures"),
    }
    if request.GET.get("export") == "pdf":
        return paper(pdf.render("esignature/reports_pdf.html", context), "5.3.3")
    return render(request, "esignature/reports.html", context)


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
