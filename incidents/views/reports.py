"""The statistics and the yearly report of 5.3.2: numbers without names; page, XLSX, PDF."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import trail
from incidents import statistics
from incidents.models import Breach
from processes import charts, export, pdf
from processes.requests import person
from processes.views.reports import PeriodForm

COLUMNS = [
    export.Column("group", gettext_lazy("Heading"), "group"),
    export.Column("name", gettext_lazy("Name"), "name"),
    export.Column("count", gettext_lazy("Count"), "told"),
]


def reports(request: HttpRequest) -> HttpResponseBase:
    """The year so far unless other days are chosen; small numbers are left out."""
    user = person(request)
    today = timezone.localdate()
    given = {"since": date(today.year, 1, 1).isoformat(), "until": today.isoformat()}
    form = PeriodForm({name: request.GET.get(name) or value for name, value in given.items()})
    if not form.is_valid():
        return render(request, "incidents/reports.html", {"form": form}, status=422)
    period = statistics.Period(form.cleaned_data["since"], form.cleaned_data["until"], user)
    rows = statistics.figures(period)
    months = statistics.by_month(period)
    chart = charts.BarChart(
        _("Reports by month"),
        [label for label, _count in months],
        [charts.Series(_("Reported"), [count for _label, count in months])],
    )
    context = {"form": form, "period": period, "rows": rows, "columns": COLUMNS, "chart": chart}
    kind = request.GET.get("export")
    if kind:
        trail.record(Breach, "exported", reason=f"report {kind}")
    if kind == "pdf":
        title = _("5.3.2 Information-security breaches: report")
        content = pdf.render("incidents/reports_pdf.html", {**context, "title": title})
        return HttpResponse(
            content,
            content_type="application/pdf",
            headers={"Content-Disposition": 'attachment; filename="5.3.2.pdf"'},
        )
    if kind:
        return export.respond(kind, rows, COLUMNS, "5.3.2-report")
    return render(request, "incidents/reports.html", context)
