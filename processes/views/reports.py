"""The page of a room's report: the days it is about, charts, tables taken along as files, the whole on paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import trail
from processes import charts, export, pdf
from processes.errors import NotFound
from processes.fields import day_field
from processes.requests import person
from processes.views.keeping import exported

STEPS = [
    export.Column("number", gettext_lazy("Step"), "number"),
    export.Column("name", gettext_lazy("Name"), "name"),
    export.Column("planned", gettext_lazy("Planned working days"), "planned", kind="number"),
    export.Column("taken", gettext_lazy("Times taken"), "taken", kind="number"),
    export.Column("days", gettext_lazy("Mean calendar days"), "days", kind="number"),
    export.Column("late", gettext_lazy("Late"), "late", kind="number"),
]


class PeriodForm(forms.Form):
    """What a report is about. A room's own adds what else narrows it."""

    since = day_field(gettext_lazy("From"))
    until = day_field(gettext_lazy("Until"))

    def clean(self) -> dict[str, Any]:
        """The first day is not after the last."""
        data = super().clean() or {}
        if data.get("since") and data.get("until") and data["since"] > data["until"]:
            self.add_error("until", _("The last day is before the first."))
        return data


FormT = TypeVar("FormT", bound=PeriodForm)


def asked(request: HttpRequest, form: type[FormT], days: int) -> FormT:
    """What the address asks for; the last `days` days where it names none."""
    today = timezone.localdate()
    given = {"since": (today - timedelta(days=days)).isoformat(), "until": today.isoformat()}
    return form({**given, **{name: value for name, value in request.GET.items() if value}})


@dataclass(frozen=True)
class Table:
    """One table of a report, with a file of its own."""

    key: str
    caption: str
    rows: Sequence[Any]
    columns: list[export.Column]


@dataclass(frozen=True)
class Report:
    """What was counted; `more` is what the room's own template shows beside charts and tables."""

    charts: Sequence[charts.BarChart]
    tables: Sequence[Table]
    more: Mapping[str, Any] = field(default_factory=dict)


def page(
    request: HttpRequest,
    form: PeriodForm,
    report: Callable[[], Report],
    *,
    number: str,
    heading: str,
    template: str = "processes/report.html",
) -> HttpResponseBase:
    """The report of a sub-process as page, as the file of one of its tables, or on paper; each file is on the trail."""
    context: dict[str, Any] = {"form": form, "number": number, "heading": heading}
    if not form.is_valid():
        return render(request, template, context, status=422)
    told = report()
    if "table" in request.GET:
        return _one_table(request, told, number)
    context |= {
        "since": form.cleaned_data["since"],
        "until": form.cleaned_data["until"],
        "report": told,
        **told.more,
    }
    if request.GET.get("export") != "pdf":
        return render(request, template, context)
    trail.record(person(request), "exported", {"list": _name(request), "format": "pdf"})
    content = pdf.render("processes/report_pdf.html", {**context, "title": f"{number} {heading}"})
    disposition = f'attachment; filename="{number}.pdf"'
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": disposition})


def _one_table(request: HttpRequest, report: Report, number: str) -> HttpResponseBase:
    wanted = request.GET["table"]
    table = next((one for one in report.tables if one.key == wanted), None)
    if table is None:
        raise NotFound(_("There is no such table in this report."))
    return exported(
        request.GET.get("export", ""),
        person(request),
        _name(request),
        table.rows,
        table.columns,
        f"{number}-{table.key}",
        title=table.caption,
    )


def _name(request: HttpRequest) -> str:
    """What the trail calls the report: the name of its address."""
    return str(request.resolver_match.url_name) if request.resolver_match else ""
