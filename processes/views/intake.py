"""Yeni kayıt: a request by telephone, from the portal or by letter."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.authority import works_in_unit
from accounts.models import Institution
from processes import catalogue, rooms
from processes.confidential import is_hidden_from
from processes.errors import DomainError, NotPermitted
from processes.queries import cases_for_list
from processes.requests import person
from processes.services import sent_forms

SIMILAR = 5
PREFILLED = ("applicant_institution", "applicant", "title", "category")


def case_new(request: HttpRequest) -> HttpResponse:
    """The form of the chosen sub-process; the choice is skipped when there is only one."""
    user = person(request)
    number = request.POST.get("subprocess") or request.GET.get("subprocess", "")
    known = catalogue.in_force()
    if rooms.has_room(number) and number not in known:
        catalogue.approved(number)  # says that it has no approved definition
    offered = [
        room
        for room in rooms.all_rooms()
        if room.number in known and room.flow.may_open(user, known[room.number])
    ]
    if not offered:
        raise NotPermitted(_("Your role does not register requests."))
    room = next((one for one in offered if one.number == number), offered[0] if len(offered) == 1 else None)
    once = request.POST.get("once", "") or sent_forms.fresh_key()
    context = {
        "rooms": offered,
        "room": room,
        "is_staff": works_in_unit(user),
        "once": once,
        "last": request.COOKIES.get(settings.SUBPROCESS_COOKIE_NAME) or offered[0].number,
    }
    if room is None:
        return render(request, "processes/new.html", context)
    if request.method != "POST":
        initial = {name: request.GET[name] for name in PREFILLED if name in request.GET}
        return render(
            request, "processes/new.html", {**context, "form": room.opening(by=user, initial=initial)}
        )
    form = room.opening(request.POST, by=user)
    if form.is_valid():
        try:
            case = sent_forms.once(user, once, form.open)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            if is_hidden_from(case, user):
                messages.success(request, _("Registered. It is confidential: only those named work on it."))
                return redirect(room.followed_at(case, user) or "home")
            messages.success(request, _("Registered as %(number)s.") % {"number": case.number})
            another = f"{reverse('case-new')}?{urlencode({'subprocess': room.number})}"
            answer = redirect(another if "another" in request.POST else case.get_absolute_url())
            answer.set_cookie(
                settings.SUBPROCESS_COOKIE_NAME,  # the choice begins there the next time
                room.number,
                max_age=timedelta(days=90),
                secure=request.is_secure(),
                httponly=True,
                samesite="Lax",
            )
            return answer
    return render(request, "processes/new.html", {**context, "form": form}, status=422)


@require_POST
def case_similar(request: HttpRequest) -> HttpResponse:
    """Open cases of the institution being typed in, so that the same trouble is not registered twice."""
    user = person(request)
    institution = asking_institution(request.POST)
    context: dict[str, object] = {"institution": institution, "now": timezone.now()}
    if institution is not None:
        rows = cases_for_list(user).open().filter(applicant_institution=institution)
        number = request.POST.get("subprocess", "")
        if rooms.has_room(number):
            rows = rows.filter(subprocess__number=number)
        context["cases"] = rows.order_by("-opened_at", "-pk")[:SIMILAR]
    return render(request, "processes/similar.html", context)


def asking_institution(written: QueryDict) -> Institution | None:
    """The institution chosen in the form, else that of the person chosen."""
    for name, path in (("applicant_institution", "pk"), ("applicant", "people")):
        key = written.get(name, "")
        if key.isascii() and key.isdigit() and len(key) < 19:
            return Institution.objects.active().filter(**{path: key}).first()
    return None
