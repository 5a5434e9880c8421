"""Registers of 5.3.2: all breaches, alerts, the rota, what is due after breaches, the emergency plan."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.authority import roles_of
from accounts.models import User
from audit import trail
from incidents import plan as emergency_plan
from incidents import queries
from incidents.filters import BreachFilter
from incidents.forms import ShiftForm
from incidents.models import Breach, FollowUp, Shift
from incidents.services import rota as planning
from processes import export
from processes.errors import DomainError, NotFound
from processes.paging import page_of
from processes.requests import person

ORDER = ("-reported_at", "-pk")
EARLIEST = ("due_on", "row", "key")
ROWS = 25
MOST_RUNNING = 10
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
]
# On the page a level is its letter, as everybody in the unit calls it; the words take three lines of a narrow column.
LETTER = export.Column("level", gettext_lazy("Level"), "level")
SHOWN = [LETTER if column.key == "level" else column for column in COLUMNS]
FOLLOW_UPS = [
    export.Column("number", gettext_lazy("Number"), "number"),
    export.Column("what", gettext_lazy("What is due"), "get_kind_display"),
    export.Column("text", gettext_lazy("About"), "about"),
    export.Column("owner", gettext_lazy("Answered for by"), "owner_name"),
    export.Column("due", gettext_lazy("Due"), "due_on", kind="date"),
]


def register(request: HttpRequest) -> HttpResponseBase:
    """Every breach this person may know of, the last reported first."""
    user = person(request)
    rows = Breach.objects.visible_to(user).light().select_related("category")
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
        "columns": SHOWN,
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


def may_plan(user: User) -> bool:
    """The lead and the unit head plan the rota."""
    return not roles_of(user).isdisjoint(planning.PLANNERS)


def rota(request: HttpRequest) -> HttpResponse:
    """Who is on call when; the lead and the unit head plan it here."""
    user = person(request)
    now = timezone.now()
    form = ShiftForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                planning.plan(by=user, **form.cleaned_data)
            except DomainError as refusal:
                status = refusal.status
                for name, sentences in refusal.fields.items():
                    for sentence in sentences if name in form.fields else ():
                        form.add_error(name, str(sentence))
                if not form.errors:
                    form.add_error(None, str(refusal))
            else:
                messages.success(request, _("The window is on the rota."))
                return redirect("breach-rota")
    context = {
        "shifts": queries.rota_from(now).order_by("starts_at")[:100],
        "now": now,
        "form": form if may_plan(user) else None,
    }
    return render(request, "incidents/rota.html", context, status=status)


@require_POST
def rota_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a window off the rota."""
    shift = Shift.objects.filter(pk=pk).first()
    if shift is None:
        raise NotFound(_("This window does not exist."))
    planning.cancel(shift, by=person(request))
    messages.success(request, _("The window was taken off the rota."))
    return redirect("breach-rota")


def follow_ups(request: HttpRequest) -> HttpResponseBase:
    """Barriers to be verified, reviews to be held, actions to be carried out, the earliest first."""
    rows = FollowUp.objects.visible_to(person(request)).told()
    if kind := request.GET.get("export"):
        trail.record(Breach, "exported", reason=kind)
        rows = rows.order_by(*EARLIEST)
        return export.respond(kind, rows, FOLLOW_UPS, "5.3.2-follow-ups", title=_("Due after breaches"))
    context = {
        "page": page_of(rows, EARLIEST, request.GET.get("cursor", ""), size=ROWS),
        "columns": FOLLOW_UPS,
    }
    return render(request, "incidents/follow_ups.html", context)


def plan(request: HttpRequest) -> HttpResponse:
    """The emergency plan: officers, cooperation, levels, authorities; what has to be looked at again is marked."""
    context = {**emergency_plan.in_use(), "today": timezone.localdate()}
    return render(request, "incidents/plan.html", context)
