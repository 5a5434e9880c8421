"""Who else knows of a confidential case: let in and taken out by those who know of all of them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.models import User
from processes.errors import DomainError, NotFound, NotPermitted
from processes.fields import person_field
from processes.models import Case
from processes.queries import case_for
from processes.requests import person
from processes.services import insiders


class EndingForm(forms.Form):
    """Why somebody's sight ends."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=insiders.LONGEST)


class AdmissionForm(EndingForm):
    """Who has to know of the case, and why."""

    person = person_field(label=gettext_lazy("Person"))
    field_order = ("person", "reason")


@require_http_methods(["GET", "POST"])
def case_insiders(request: HttpRequest, number: str) -> HttpResponse:
    """Who was let in, and letting in one more; what was written stays in the form when it is refused."""
    user = person(request)
    case = _decided_by(user, number)
    form = AdmissionForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            values = form.cleaned_data
            try:
                insiders.admit(case, values["person"], by=user, reason=values["reason"])
            except DomainError as refusal:
                status = refused(form, refusal)
            else:
                sentence = _("%(person)s now knows of this case and was told.")
                messages.success(request, sentence % {"person": values["person"].full_name})
                return redirect("case-insiders", case.number)
    context = {"case": case, "form": form, "insiders": insiders.insiders_of(case)}
    return render(request, "processes/insiders.html", context, status=status)


@require_http_methods(["GET", "POST"])
def case_insider_end(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """End the sight of one person who was let in, with a reason."""
    user = person(request)
    case = _decided_by(user, number)
    admission = insiders.insiders_of(case).filter(pk=pk).first()
    if admission is None:
        raise NotFound(_("This person's sight of the case has ended already."))
    form = EndingForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                insiders.remove(case, admission.person, by=user, reason=form.cleaned_data["reason"])
            except DomainError as refusal:
                status = refused(form, refusal)
            else:
                sentence = _("%(person)s does not know of this case any more.")
                messages.success(request, sentence % {"person": admission.person.full_name})
                return redirect("case-insiders", case.number)
    context = {"case": case, "form": form, "admission": admission}
    return render(request, "processes/insider_end.html", context, status=status)


def refused(form: Any, refusal: DomainError) -> int:
    """Put a refusal beside the field it is about; the status to answer with."""
    named = [name for name in refusal.fields if name in form.fields]
    form.add_error(named[0] if named else None, str(refusal))
    return refusal.status


def _decided_by(user: User, number: str) -> Case:
    case = case_for(user, number)
    if not case.is_confidential:
        raise NotFound(_("This case is not confidential: whoever may see cases sees it."))
    if not insiders.may_admit(case, user):
        raise NotPermitted(_("Only those who know of every confidential case decide who else does."))
    return case
