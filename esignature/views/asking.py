"""Requests for many people with one click: chosen in a list, looked at, opened for all of them, taken back together."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.models import Employee, User
from esignature import asking, workflow
from esignature.asking import MOST
from esignature.forms import ReasonForm
from esignature.models import Certificate, Kind, Reason, Request
from esignature.queries import Ask, asks_of, without_certificate
from esignature.views.common import chosen_keys, done
from processes.errors import DomainError, NotFound, RuleBroken
from processes.requests import person


@require_POST
def renew(request: HttpRequest) -> HttpResponse:
    """The renewals of the ticked certificates, to be looked at before any is opened."""
    user = person(request)
    found = Certificate.objects.visible_to(user).filter(pk__in=_ticked(request)).order_by("valid_until", "pk")
    chosen = found.select_related("holder__institution")
    asks = {ask.key: ask for ask in (Ask(one.holder, one.kind, Reason.RENEWAL) for one in chosen)}
    back = f"{reverse('esignature-certificates')}?{request.POST.get('back', '')}"
    return _shown(request, user, list(asks.values()), back.rstrip("?"))


@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Requests for the ticked people of an institution, for all on the page, or for all who hold no certificate."""
    user = person(request)
    kind = request.POST.get("kind", "")
    if kind not in Kind.values:
        raise RuleBroken(_("Say which kind of signature is asked for. Nothing was changed."))
    people: QuerySet[Employee] = Employee.objects.visible_to(user).filter(institution=pk)
    if "everybody" in request.POST:
        people = without_certificate(pk, kind).filter(pk__in=people)
    else:
        name = "shown" if "page" in request.POST else "chosen"
        people = people.filter(pk__in=_ticked(request, name)).select_related("institution")
    back = f"{reverse('esignature-uncovered', args=(pk,))}?kind={kind}"
    return _shown(request, user, asks_of(list(people.order_by("sort_key", "pk")[:MOST]), kind), back)


@require_POST
def ask_open(request: HttpRequest) -> HttpResponse:
    """Open what was looked at: for all of them, or for none when something has changed meanwhile."""
    user, back = person(request), _back(request)
    asks = _named(request, user)
    try:
        opened = asking.open_all(asks, by=user)
    except DomainError as refusal:
        return _shown(request, user, asks, back, refusal)
    return _opened(request, opened, back)


@require_POST
def ask_undo(request: HttpRequest) -> HttpResponse:
    """Take back the requests just opened, all of them with one reason."""
    user, back = person(request), _back(request)
    requests = Request.objects.visible_to(user).light().filter(pk__in=_ticked(request))
    listed = list(requests.select_related("holder__institution").order_by("pk"))
    form = ReasonForm(request.POST)
    sentence = ngettext(
        "%(count)d request was withdrawn.", "%(count)d requests were withdrawn.", len(listed)
    ) % {"count": len(listed)}
    status = done(
        request, form, lambda reason: workflow.withdraw_all(listed, by=user, withdraw_reason=reason), sentence
    )
    return _opened(request, listed, back, form, status) if status else redirect(back)


def _ticked(request: HttpRequest, name: str = "chosen") -> list[int]:
    return chosen_keys(
        request,
        MOST,
        _("Choose at least one row of the list, then repeat the action. Nothing was changed."),
        _("Choose at most %(count)d people at once. Nothing was changed.") % {"count": MOST},
        name,
    )


def _named(request: HttpRequest, user: User) -> list[Ask]:
    """The requests a preview listed."""
    wanted = [tuple(key.split("-")) for key in dict.fromkeys(request.POST.getlist("ask"))][: MOST + 1]
    keys = {
        int(parts[0]) for parts in wanted if parts[0].isascii() and parts[0].isdigit() and len(parts[0]) < 19
    }
    people = (
        Employee.objects.visible_to(user).filter(pk__in=keys).select_related("institution", "user").in_bulk()
    )
    try:
        return [Ask(people[int(pk)], Kind(kind).value, Reason(reason).value) for pk, kind, reason in wanted]
    except (KeyError, ValueError) as wrong:
        raise NotFound(_("There is no such request to be opened.")) from wrong


def _back(request: HttpRequest) -> str:
    """The list the work began in; only pages of this room."""
    home = reverse("esignature-certificates")
    given = request.POST.get("back", "")
    return given if given.startswith(home) and "//" not in given and "\\" not in given else home


def _shown(
    request: HttpRequest, user: User, asks: Sequence[Ask], back: str, changed: DomainError | None = None
) -> HttpResponse:
    """The preview: what would be opened, and who would be left out and why."""
    verdicts = asking.looked_at(asks, by=user)
    context = {
        "verdicts": verdicts,
        "asks": [one.ask for one in verdicts if not one.refusal],
        "left_out": [one for one in verdicts if one.refusal],
        "back": back,
        "changed": changed,
    }
    return render(request, "esignature/ask.html", context, status=changed.status if changed else 200)


def _opened(
    request: HttpRequest,
    opened: Sequence[Request],
    back: str,
    form: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    """What was opened, with the way back while nobody has gone on with it."""
    context = {"opened": opened, "form": form or ReasonForm(), "back": back, "is_refused": form is not None}
    return render(request, "esignature/asked.html", context, status=status)
