"""Registers of 5.3.2: all breaches, alerts, what is due after breaches, the emergency plan."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import trail
from incidents import plan as emergency_plan
from incidents import queries
from incidents.filters import PHASE, BreachFilter, FollowUpFilter
from incidents.models import Breach, FollowUp
from processes import export
from processes.paging import page_of
from processes.requests import person

ORDER = ("-reported_at", "-pk")
EARLIEST = ("due_on", "row", "key")
ROWS = 25
MOST_RUNNING = 10
PHASE_COLUMN = export.Column(
    "phase",
    gettext_lazy("Next phase of a notice"),
    lambda breach: getattr(breach, "phase_due_on", None),
    kind="date",
)
COLUMNS = [
    export.Column("number", gettext_lazy("Number"), "number"),
    export.Column("reported", gettext_lazy("Reported"), "reported_at", kind="time"),
    export.Column("level", gettext_lazy("Level"), lambda breach: breach.get_level_display()),
    export.Column("title", gettext_lazy("Subject"), "title"),
    export.Column("category", gettext_lazy("Category"), "category.name"),
    export.Column("state", gettext_lazy("State"), lambda breach: breach.get_state_display()),
    export.Column("decision", gettext_lazy("Decision"), lambda breach: breach.get_decision_display()),
    export.Column(
        "clock",
        gettext_lazy("72 hours until"),
        lambda breach: breach.countdown.deadline if breach.clock_runs else None,
        kind="time",
    ),
    PHASE_COLUMN,
]
# On the page the next phase stands where it was asked for. A level is its letter there, as everybody in the unit calls
# it; the words take three lines of a narrow column.
LETTER = export.Column("level", gettext_lazy("Level"), "level")
SHOWN = [LETTER if column.key == "level" else column for column in COLUMNS if column.key != "phase"]
FOLLOW_UPS = [
    export.Column("number", gettext_lazy("Number"), "number"),
    export.Column("what", gettext_lazy("What is due"), "get_kind_display"),
    export.Column("text", gettext_lazy("About"), "about"),
    export.Column("owner", gettext_lazy("Answered for by"), lambda one: one.owner_name or _("The lead")),
    export.Column("due", gettext_lazy("Due"), "due_on", kind="date"),
]


def register(request: HttpRequest) -> HttpResponseBase:
    """Every breach this person may know of, the last reported first."""
    user = person(request)
    rows = queries.with_phase(Breach.objects.visible_to(user).light().select_related("category"))
    chosen = BreachFilter(request.GET, queryset=rows)
    if kind := request.GET.get("export"):
        trail.record(Breach, "exported", reason=kind)
        title = _("Register of breaches")
        return export.respond(kind, chosen.qs.order_by(*ORDER), COLUMNS, "5.3.2", title=title)
    running = list(
        Breach.objects.visible_to(user).clock_running().light().order_by("learned_at", "pk")[:MOST_RUNNING]
    )
    context = {
        "filter": chosen,
        "page": page_of(chosen.qs, ORDER, request.GET.get("cursor", ""), size=ROWS),
        "columns": [*SHOWN, PHASE_COLUMN] if request.GET.get("clock") == PHASE else SHOWN,
        "running": running,
        "now": timezone.now(),
    }
    return render(request, "incidents/register.html", context)


def alerts(request: HttpRequest) -> HttpResponse:
    """Who was told of which breach, and what nobody has acknowledged yet."""
    user = person(request)
    rows = queries.alerts_for(user)
    waiting = queries.unanswered(rows).order_by("answer_by", "pk")
    context = {
        "waiting": waiting[:ROWS],
        "page": page_of(rows, ("-told_at", "-pk"), request.GET.get("cursor", ""), size=ROWS),
        "now": timezone.now(),
    }
    return render(request, "incidents/alerts.html", context)


def follow_ups(request: HttpRequest) -> HttpResponseBase:
    """Barriers, reviews, actions, sanctions and phases of notices that are not done yet, the earliest first.

    A file holds the kind the page is narrowed to.
    """
    chosen = FollowUpFilter(request.GET, queryset=FollowUp.objects.visible_to(person(request)).told())
    if kind := request.GET.get("export"):
        trail.record(Breach, "exported", reason=kind)
        title = ": ".join(part for part in (_("Due after breaches"), chosen.kind_shown) if part)
        rows = chosen.qs.order_by(*EARLIEST)
        return export.respond(kind, rows, FOLLOW_UPS, "5.3.2-follow-ups", title=title)
    context = {
        "filter": chosen,
        "page": page_of(chosen.qs, EARLIEST, request.GET.get("cursor", ""), size=ROWS),
        "columns": FOLLOW_UPS,
    }
    return render(request, "incidents/follow_ups.html", context)


def plan(request: HttpRequest) -> HttpResponse:
    """The emergency plan: officers, cooperation, levels, authorities; what has to be looked at again is marked."""
    context = {**emergency_plan.in_use(), "today": timezone.localdate()}
    return render(request, "incidents/plan.html", context)
