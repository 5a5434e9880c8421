"""Passkeys: made and given up on one's own pages, answered at log-in."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import person_of
from accounts.forms import PasskeyForm
from accounts.models import User
from accounts.services import log_in as door
from accounts.services import passkeys, second_factor
from accounts.views import log_in as pages


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A name, the password, and the device makes the key."""
    user = request.user
    assert isinstance(user, User)
    if not second_factor.has_app(user):
        raise PermissionDenied(_("Set up the authenticator app first."))
    form = PasskeyForm(request.POST or None)
    status = 200
    if form.is_valid():
        try:
            door.check_password(user.username, form.cleaned_data["password"])
            passkeys.register(request, user, form.cleaned_data["answer"], form.cleaned_data["name"])
        except ValidationError as refusal:
            status = pages.refuse(form, refusal)
        else:
            messages.success(request, _("The passkey is ready. You may use it at the next log-in."))
            return redirect("profile")
    context = {
        "form": form,
        "is_possible": passkeys.is_possible(request),
        "question": passkeys.registration(request, user),
    }
    return render(request, "accounts/passkey_new.html", context, status=status)


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Give one of one's own passkeys up."""
    user = request.user
    assert isinstance(user, User)
    if not passkeys.remove(user, pk):
        raise Http404
    messages.success(request, _("The passkey was removed."))
    return redirect("profile")


@never_cache
@require_POST
def log_in(request: HttpRequest) -> HttpResponse:
    """The second step with a passkey in place of the code."""
    user = person_of(request) or pages.waiting_person(request)
    if user is None:
        return redirect("login")
    try:
        key = door.check_passkey(request, user, request.POST.get("answer", "")[:20_000])
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
        return redirect("login-code")
    onward = pages.destination(request)
    request.session.pop(pages.WAITING, None)
    door.complete(request, user, key)
    pages.warn_of_password_age(request, user)
    return redirect(onward)
