"""The reports of 5.3.1: who has read, what is missing, how the register stands, how long the steps took."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from audit import trail
from processes import charts, export, figures, pdf
from processes.errors import NotFound
from processes.requests import person
from processes.views.keeping import exported
from security_docs import reporting
from security_docs.forms.steps import day_field
from security_docs.views.acting import pdf_answer

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
STEPS = [
    export.Column("number", gettext_lazy("Step"), "number"),
    export.Column("name", gettext_lazy("Name"), "name"),
    export.Column("planned", gettext_lazy("Planned working days"), "planned", kind="number"),
    export.Column("taken", gettext_lazy("Times taken"), "taken", kind="number"),
    export.Column("days", gettext_lazy("Mean calendar days"), "days", kind="number"),
    export.Column("late", gettext_lazy("Late"), "late", kind="number"),
]


class PeriodForm(forms.Form):
    """What the reports are about."""

    since = day_field(gettext_lazy("From"))
    until = day_field(gettext_lazy("Until"))

    def clean(self) -> dict[str, Any]:
        """The first day is not after the last."""
        data = super().clean() or {}
        if data.get("since") and data.get("until") and data["since"] > data["until"]:
            self.add_error("until", _("The last day is before the first."))
        return data


@require_safe
def reports(request: HttpRequest) -> HttpResponseBase:
    """Page, and each table as XLSX or CSV; the whole as PDF."""
    user = person(request)
    today = timezone.localdate()
    initial = {"since": (today - timedelta(days=DAYS)).isoformat(), "until": today.isoformat()}
    form = PeriodForm({**initial, **{key: value for key, value in request.GET.items() if value}})
    if not form.is_valid():
        return render(request, "security_docs/reports.html", {"form": form}, status=422)
    since, until = form.cleaned_data["since"], form.cleaned_data["until"]
    period = figures.Period(since, until)
    tables: dict[str, tuple[Any, Any, list[export.Column]]] = {
        "readings": (_("Reading of the versions in force"), reporting.readings(user), READINGS),
        "kinds": (_("Register by kind"), reporting.kinds(), KINDS),
        "verdicts": (_("Clauses of notified documents"), reporting.verdicts(period), VERDICTS),
        "steps": (_("Planned and measured days per step"), figures.step_days("5.3.1", period), STEPS),
    }
    if "table" in request.GET:
        if request.GET["table"] not in tables:
            raise NotFound(_("There is no such table in this report."))
        title, rows, columns = tables[request.GET["table"]]
        kind = request.GET.get("export", "")
        return exported(
            kind, user, "security-reports", rows, columns, f"5.3.1-{request.GET['table']}", title=title
        )
    context = {
        "form": form,
        "since": since,
        "until": until,
        "tables": [(key, *table) for key, table in tables.items()],
        "charts": [reading_chart(tables["readings"][1]), kind_chart(tables["kinds"][1])],
    }
    if request.GET.get("export") == "pdf":
        trail.record(user, "exported", {"list": "security-reports", "format": "pdf"})
        paper = {"title": _("5.3.1 Information-security documents")}
        return pdf_answer(
            pdf.render("security_docs/reports_pdf.html", {**context, **paper}), "5.3.1.pdf", saved=True
        )
    return render(request, "security_docs/reports.html", context)


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
