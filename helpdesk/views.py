"""Pages of 5.3.6 beside the case page: the supply list and the reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.models import User
from helpdesk import queries
from helpdesk.forms import SupplyItemForm, SupplyStateForm
from helpdesk.models import Category, SupplyItem, Ticket
from helpdesk.services import supplies
from helpdesk.workflow import FLOW
from processes import charts, export, pdf
from processes.errors import NotFound
from processes.fields import institution_field
from processes.figures import days_chart
from processes.queries import case_for
from processes.requests import person

DAYS = 90


@require_POST
def supply_add(request: HttpRequest, number: str) -> HttpResponse:
    """Put a thing on the supply list."""
    user = person(request)
    ticket = ticket_for(request, number)
    form = SupplyItemForm(request.POST)
    if form.is_valid():
        supplies.add(ticket, by=user, **form.cleaned_data)
    else:
        for name, errors in form.errors.items():
            label = form.fields[name].label if name in form.fields else ""
            messages.error(request, _("%(field)s: %(error)s") % {"field": label, "error": errors[0]})
    return redirect(ticket)


@require_POST
def supply_mark(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Say where a thing of the supply list stands."""
    ticket = ticket_for(request, number)
    item = SupplyItem.objects.select_related("ticket").filter(pk=pk, ticket=ticket).first()
    if item is None:
        raise NotFound(_("This line is no longer on the supply list."))
    form = SupplyStateForm(request.POST)
    if not form.is_valid():
        raise NotFound(_("A thing on the supply list is needed, ordered, received or no longer needed."))
    supplies.mark(item, by=person(request), state=form.cleaned_data["state"])
    return redirect(ticket)


def ticket_for(request: HttpRequest, number: str) -> Ticket:
    """The request of that number, as this person may see it."""
    case = case_for(person(request), number)
    if not isinstance(case, Ticket):
        raise NotFound(_("There is no request with that number."))
    return case


class PeriodForm(forms.Form):
    """What the reports are about."""

    since = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=gettext_lazy("Until"), widget=forms.DateInput(attrs={"type": "date"}))
    institution = institution_field(label=gettext_lazy("Institution"), required=False)
    category = forms.ModelChoiceField(
        Category.objects.all(),
        label=gettext_lazy("Category"),
        required=False,
        empty_label=gettext_lazy("All"),
    )

    def clean(self) -> dict[str, Any]:
        """The first day is not after the last."""
        data = super().clean() or {}
        if data.get("since") and data.get("until") and data["since"] > data["until"]:
            self.add_error("until", _("The last day is before the first."))
        return data

    def period(self, reader: User) -> queries.Period:
        """The period chosen, for who reads the report."""
        data = self.cleaned_data
        return queries.Period(
            data["since"],
            data["until"],
            reader,
            data["institution"].pk if data["institution"] else None,
            data["category"].pk if data["category"] else None,
        )


FIGURES = [
    export.Column("name", gettext_lazy("Name"), "name"),
    export.Column("opened", gettext_lazy("Came in"), "opened", kind="number"),
    export.Column("closed", gettext_lazy("Closed"), "closed", kind="number"),
    export.Column("overdue", gettext_lazy("Overdue"), "overdue", kind="number"),
    export.Column("days", gettext_lazy("Mean days until closed"), "days", kind="number"),
]
STEPS = [
    export.Column("number", gettext_lazy("Step"), "number"),
    export.Column("name", gettext_lazy("Name"), "name"),
    export.Column("planned", gettext_lazy("Planned working days"), "planned", kind="number"),
    export.Column("taken", gettext_lazy("Times taken"), "taken", kind="number"),
    export.Column("days", gettext_lazy("Mean calendar days"), "days", kind="number"),
    export.Column("late", gettext_lazy("Late"), "late", kind="number"),
]


def reports(request: HttpRequest) -> HttpResponseBase:
    """Open by age, planned against measured days, per institution and category; page, XLSX and PDF."""
    today = timezone.localdate()
    initial = {"since": (today - timedelta(days=DAYS)).isoformat(), "until": today.isoformat()}
    form = PeriodForm({**initial, **{key: value for key, value in request.GET.items() if value}})
    context: dict[str, Any] = {"form": form, "number": FLOW.number, "figures": FIGURES, "steps": STEPS}
    if not form.is_valid():
        return render(request, "helpdesk/reports.html", context, status=422)
    period = form.period(person(request))
    steps, categories = queries.step_days(period), queries.by_category(period)
    tables: dict[str, tuple[Sequence[object], list[export.Column]]] = {
        "institutions": (queries.by_institution(period), FIGURES),
        "categories": (categories, FIGURES),
        "steps": (steps, STEPS),
    }
    if "table" in request.GET:
        if request.GET["table"] not in tables:
            raise NotFound(_("There is no such table in this report."))
        rows, columns = tables[request.GET["table"]]
        return export.respond(request.GET.get("export", ""), rows, columns, f"5.3.6-{request.GET['table']}")
    context |= {
        "period": period,
        "ages": age_chart(queries.open_by_age(period)),
        "days": days_chart(steps),
        "by_category": figures_chart(_("Requests by category"), categories),
        "tables": {name: rows for name, (rows, _columns) in tables.items()},
        "satisfaction": queries.satisfaction(period),
    }
    if request.GET.get("export") == "pdf":
        paper = {
            "title": _("5.3.6 Infrastructure requests"),
            "charts": [context["ages"], context["days"], context["by_category"]],
        }
        content = pdf.render("helpdesk/reports_pdf.html", {**context, **paper})
        disposition = 'attachment; filename="5.3.6.pdf"'
        return HttpResponse(
            content, content_type="application/pdf", headers={"Content-Disposition": disposition}
        )
    return render(request, "helpdesk/reports.html", context)


def age_chart(rows: list[tuple[str, int, int]]) -> charts.BarChart:
    """Open requests by the days since they came in."""
    return charts.BarChart(
        _("Open requests by age"),
        [label for label, _all, _late in rows],
        [
            charts.Series(_("Open"), [all_ for _label, all_, _late in rows]),
            charts.Series(_("Overdue among them"), [late for _label, _all, late in rows], tone="late"),
        ],
    )


def figures_chart(title: str, rows: list[queries.Figure]) -> charts.BarChart:
    """Requests that came in, and those still overdue, by name."""
    shown = rows[:8]
    return charts.BarChart(
        title,
        [row.name for row in shown],
        [
            charts.Series(_("Came in"), [row.opened for row in shown]),
            charts.Series(_("Overdue"), [row.overdue for row in shown], tone="late"),
        ],
    )
