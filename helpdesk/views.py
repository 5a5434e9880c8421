"""Pages of 5.3.6 beside the case page: the supply list and the reports."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.models import User
from helpdesk import queries
from helpdesk.forms import SupplyItemForm, SupplyStateForm
from helpdesk.models import Category, SupplyItem, Ticket
from helpdesk.services import supplies
from helpdesk.workflow import FLOW
from processes import charts, export
from processes.errors import NotFound
from processes.fields import institution_field
from processes.figures import days_chart
from processes.queries import case_for
from processes.requests import person
from processes.views import reports as report_pages

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


class PeriodForm(report_pages.PeriodForm):
    """What the reports are about."""

    institution = institution_field(label=gettext_lazy("Institution"), required=False)
    category = forms.ModelChoiceField(
        Category.objects.all(),
        label=gettext_lazy("Category"),
        required=False,
        empty_label=gettext_lazy("All"),
    )

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


def reports(request: HttpRequest) -> HttpResponseBase:
    """Open by age, planned against measured days, per institution and category; page, XLSX and PDF."""
    form = report_pages.asked(request, PeriodForm, DAYS)
    return report_pages.page(
        request,
        form,
        lambda: report_of(form.period(person(request))),
        number=FLOW.number,
        heading=_("Infrastructure requests: reports"),
        template="helpdesk/reports.html",
    )


def report_of(period: queries.Period) -> report_pages.Report:
    """What is counted of these days, and how the service was rated."""
    steps, categories = queries.step_days(period), queries.by_category(period)
    return report_pages.Report(
        [
            age_chart(queries.open_by_age(period)),
            days_chart(steps),
            figures_chart(_("Requests by category"), categories),
        ],
        [
            report_pages.Table("steps", _("Planned and measured days per step"), steps, report_pages.STEPS),
            report_pages.Table(
                "institutions", _("Requests by institution"), queries.by_institution(period), FIGURES
            ),
            report_pages.Table("categories", _("Requests by category"), categories, FIGURES),
        ],
        {"satisfaction": queries.satisfaction(period)},
    )


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
