"""The rota of those on call: who is on call when, gaps, one window or all of a week pattern, and windows taken off."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.authority import roles_of
from accounts.models import User
from incidents import gaps, queries
from incidents.forms import PatternForm, ShiftForm
from incidents.models import Shift
from incidents.services import rota as planning
from processes.errors import DomainError, NotFound, NotPermitted
from processes.requests import person

SHOWN = 100
GAPS_SHOWN = 10


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
                status = refused(form, refusal)
            else:
                messages.success(request, _("The window is on the rota."))
                return redirect("breach-rota")
    uncovered = gaps.gaps(now, now + gaps.AHEAD)
    context = {
        "shifts": queries.rota_from(now).order_by("starts_at")[:SHOWN],
        "gaps": uncovered[:GAPS_SHOWN],
        "more_gaps": max(0, len(uncovered) - GAPS_SHOWN),
        "gaps_until": now + gaps.AHEAD,
        "now": now,
        "form": form if may_plan(user) else None,
    }
    return render(request, "incidents/rota.html", context, status=status)


def pattern(request: HttpRequest) -> HttpResponse:
    """Many windows at once: filled in, looked at, then put on the rota."""
    user = person(request)
    if not may_plan(user):
        raise NotPermitted(_("Only the lead and the unit head plan the rota."))
    form = PatternForm(request.POST or None)
    context: dict[str, object] = {"form": form}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                if "look" in request.POST:
                    context["planned"] = planning.look(form.pattern())
                    status = 200
                else:
                    made = planning.plan_pattern(form.pattern(), by=user, **form.people())
                    text = ngettext(
                        "%(count)d window is on the rota.", "%(count)d windows are on the rota.", len(made)
                    )
                    messages.success(request, text % {"count": len(made)})
                    return redirect("breach-rota")
            except DomainError as refusal:
                status = refused(form, refusal)
    return render(request, "incidents/rota_pattern.html", context, status=status)


@require_POST
def rota_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a window off the rota."""
    shift = Shift.objects.filter(pk=pk).first()
    if shift is None:
        raise NotFound(_("This window does not exist."))
    planning.cancel(shift, by=person(request))
    messages.success(request, _("The window was taken off the rota."))
    return redirect("breach-rota")


@require_POST
def cancel_chosen(request: HttpRequest) -> HttpResponse:
    """Take the ticked windows off the rota, all of them or none."""
    keys = {
        int(text)
        for text in request.POST.getlist("window")
        if text.isascii() and text.isdigit() and len(text) < 19
    }
    if not keys:
        messages.warning(request, _("Tick the windows that are to be taken off first."))
        return redirect("breach-rota")
    gone = planning.cancel_all(keys, by=person(request))
    text = ngettext(
        "%(count)d window was taken off the rota.", "%(count)d windows were taken off the rota.", len(gone)
    )
    messages.success(request, text % {"count": len(gone)})
    return redirect("breach-rota")


def refused(form: forms.Form, refusal: DomainError) -> int:
    """What the service objects to, said at its fields; the status of the answer."""
    for name, sentences in refusal.fields.items():
        for sentence in sentences if name in form.fields else ():
            form.add_error(name, str(sentence))
    if not form.errors:
        form.add_error(None, str(refusal))
    return refusal.status
