"""The working-day calendar: what the unit reads, and what the unit head enters."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.authority import authority_for
from accounts.models import User
from audit import trail
from processes.catalogue_forms import DayOffForm, YearForm
from processes.errors import DomainError
from processes.models import Case, DayOff
from processes.requests import person
from processes.services import calendar
from processes.services.calendar import Moved

SHOWN = 200
MOVED = "calendar-moved"  # in the session: what the last change of the calendar moved


@require_http_methods(["GET", "POST"])
def days_off(request: HttpRequest) -> HttpResponse:
    """The days off of a year; the unit head enters administrative leave and sees which cases it moved."""
    user = person(request)
    may_keep = authority_for(user, calendar.KEEPERS) is not None
    form = DayOffForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            values = form.cleaned_data
            try:
                row, moved = calendar.set_day(
                    by=user, day=values["date"], kind=values["kind"], name=values["name"]
                )
            except DomainError as refusal:
                trail.refused(DayOff, refusal.code)
                form.add_error(None, str(refusal))
                status = refusal.status
            else:
                remember(request, row, moved)
                return redirect(f"{request.path}?year={row.date.year}")
    year = YearForm(request.GET).chosen()
    context = {
        "year": year,
        "rows": list(DayOff.objects.filter(date__year=year).order_by("date")),
        "form": form,
        "may_keep": may_keep,
        "moved": _remembered(request, user) if request.method == "GET" else None,
    }
    return render(request, "processes/catalogue/days_off.html", context, status=status)


def remember(request: HttpRequest, row: DayOff, moved: list[Moved]) -> None:
    """Keep what a change moved for the next page, and say how much it was."""
    request.session[MOVED] = {
        "day": f"{row.date:%Y-%m-%d}",
        "name": row.name,
        "count": len(moved),
        "rows": [
            [
                one.case.number,
                one.old_due.isoformat() if one.old_due else "",
                one.new_due.isoformat() if one.new_due else "",
            ]
            for one in moved[:SHOWN]
        ],
    }
    count = len(moved)
    messages.success(
        request,
        _("The calendar was changed.")
        + " "
        + (
            ngettext("%(count)d open case moved.", "%(count)d open cases moved.", count) % {"count": count}
            if count
            else _("No open case moved.")
        ),
    )


def _remembered(request: HttpRequest, user: User) -> dict[str, Any] | None:
    """What the last change moved, shown once, with the cases this person may see."""
    found: dict[str, Any] | None = request.session.pop(MOVED, None)
    if found is None:
        return None
    numbers = [number for number, _old, _new in found["rows"]]
    cases = {case.number: case for case in Case.objects.visible_to(user).light().filter(number__in=numbers)}
    rows = [
        {"case": cases[number], "old": parse_datetime(old), "new": parse_datetime(new)}
        for number, old, new in found["rows"]
        if number in cases
    ]
    return found | {"rows": rows, "day": parse_date(found["day"])}
