"""Setting up the authenticator app, recovery codes, giving the second factor up."""

from __future__ import annotations

import segno
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django_otp import login as remember_device

from accounts.access import confirmed, is_verified, person_of
from accounts.forms import AppCodeForm, PasswordOnceMoreForm
from accounts.models import User
from accounts.services import log_in, second_factor
from accounts.views import log_in as door


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """Show the picture for the app and take its first code; then the recovery codes, once."""
    signed_in = person_of(request)
    user = signed_in or door.waiting_person(request)
    if user is None:
        return redirect("login")
    if signed_in and not confirmed(signed_in):
        return redirect("login")
    replaces = second_factor.has_app(user)
    if replaces and not (signed_in and is_verified(signed_in)):
        return redirect("login-code")
    form = AppCodeForm(request.POST or None)
    status = 200
    if form.is_valid():
        try:
            device, codes = second_factor.confirm(user, form.cleaned_data["code"])
        except ValidationError as refusal:
            status = door.refuse(form, refusal)
        else:
            onward = door.destination(request)
            request.session.pop(door.WAITING, None)
            if signed_in:
                remember_device(request, device)
            else:
                log_in.complete(request, user, device)
            return _codes_page(request, codes, onward)
    device = second_factor.begin(user)
    context = {
        "form": form,
        "person": user,
        "picture": picture(device.config_url),
        "secret": second_factor.secret_of(device),
        "replaces": replaces,
    }
    return render(request, "accounts/second_factor_setup.html", context, status=status)


@sensitive_post_parameters()
@never_cache
@require_POST
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Fresh recovery codes; the earlier ones end."""
    user = _with_password(request)
    if user is None:
        return redirect("profile")
    if not second_factor.has_app(user):
        raise PermissionDenied(_("Set up the authenticator app first."))
    return _codes_page(request, second_factor.new_recovery_codes(user), "")


@sensitive_post_parameters()
@never_cache
@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """Give the second factor up, where the role allows it."""
    user = _with_password(request)
    if user is not None:
        second_factor.remove(user)
        messages.success(request, _("The second factor was removed. You log in with your password only."))
    return redirect("profile")


def picture(text: str) -> SafeString:
    """A QR code as an inline drawing without styles, dark on white whatever the colours of the page."""
    drawing = segno.make(text, error="m").svg_inline(
        omitsize=True, svgclass="qr", lineclass=None, dark="#000", light="#fff", border=3
    )
    return mark_safe(drawing)  # noqa: S308 - drawn by us from a text that does not appear in it


def _with_password(request: HttpRequest) -> User | None:
    """The signed-in person when the password they typed is right; else the reason is told on the next page."""
    user = person_of(request)
    form = PasswordOnceMoreForm(request.POST)
    if user is None or not form.is_valid():
        messages.error(request, _("Type your password to do this."))
        return None
    try:
        return log_in.check_password(user.username, form.cleaned_data["password"])
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
        return None


def _codes_page(request: HttpRequest, codes: list[str], onward: str) -> HttpResponse:
    return render(request, "accounts/recovery_codes.html", {"codes": codes, "next": onward})
