"""The declaration of rights: read and acknowledged by the person, printed for the file."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import declaration
from accounts.authority import administers
from accounts.forms import AcknowledgementForm
from accounts.models import Acknowledgement, User
from accounts.views.log_in import asked_destination

SHOWN = 20


@require_http_methods(["GET", "POST"])
def rights(request: HttpRequest) -> HttpResponse:
    """What the person may do, in writing; acknowledged with a tick."""
    user = request.user
    assert isinstance(user, User)
    text = declaration.text_of(user)
    form = AcknowledgementForm(request.POST or None, initial={"shown": declaration.digest(text)})
    if form.is_valid():
        try:
            declaration.acknowledge(user, form.cleaned_data["shown"])
        except ValidationError as refusal:
            messages.warning(request, refusal.messages[0])
            return redirect("rights-declared")
        messages.success(request, _("Your acknowledgement was recorded."))
        return redirect(asked_destination(request) or "home")
    context = {
        "form": form,
        "text": text,
        "is_due": user.rights_changed or not declaration.is_current(user),
        "earlier": list(user.acknowledgements.all()[:SHOWN]),
    }
    return render(request, "accounts/rights_declared.html", context, status=422 if form.errors else 200)


@require_GET
def acknowledgement(request: HttpRequest, pk: int) -> HttpResponse:
    """One acknowledgement as it goes into the person's file; the person's own, or any for the unit head."""
    user = request.user
    assert isinstance(user, User)
    found = Acknowledgement.objects.select_related("user").filter(pk=pk).first()
    if found is None or (found.user_id != user.pk and not administers(user)):
        raise Http404
    is_intact = declaration.digest(found.text) == found.text_hash
    return render(request, "accounts/acknowledgement.html", {"found": found, "is_intact": is_intact})
