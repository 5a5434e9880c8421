"""The door: password, code, and out again."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import certificates, password_age
from accounts.access import confirmed, person_of
from accounts.authority import works_in_unit
from accounts.forms import CodeForm, LogInForm
from accounts.models import User
from accounts.services import log_in, passkeys, second_factor

WAITING = "log_in"  # in the session between password and code
WAITING_SECONDS = 10 * 60


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """Name and password; whoever needs a second factor goes on to it before a session begins."""
    user = person_of(request)
    if user is not None and confirmed(user):
        return redirect(destination(request))
    if user is not None and second_factor.has_app(user):
        return to_second_factor(request, user)
    if user is not None:
        # The role came, or the app went, after the log-in: only the password opens the way to a new app.
        log_in.leave(request)
        messages.warning(request, _("Your role needs a second step now. Log in again to set it up."))
    form = LogInForm(request.POST or None)
    status = 200
    if form.is_valid():
        try:
            found = log_in.check_password(form.cleaned_data["username"], form.cleaned_data["password"])
        except ValidationError as refusal:
            status = refuse(form, refusal)
        else:
            return _go_on(request, found)
    context = {
        "form": form,
        "next": asked_destination(request),
        "has_certificate": certificates.shown(request) is not None,
        **_demo(request),
    }
    return render(request, "accounts/login.html", context, status=status)


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def login_code(request: HttpRequest) -> HttpResponse:
    """The code of the app or a recovery code."""
    user = person_of(request) or waiting_person(request)
    if user is None:
        return _start_again(request)
    if not second_factor.has_app(user):
        return redirect("second-factor-setup")
    if person_of(request) and confirmed(user):
        return redirect(destination(request))
    form = CodeForm(request.POST or None)
    status = 200
    if form.is_valid():
        try:
            device = log_in.check_code(user, form.cleaned_data["code"])
        except ValidationError as refusal:
            status = refuse(form, refusal)
        else:
            onward = destination(request)
            request.session.pop(WAITING, None)
            log_in.complete(request, user, device)
            warn_of_password_age(request, user)
            if device.name == second_factor.RECOVERY:
                _warn_of_recovery(request, user)
            return redirect(onward)
    context = {
        "form": form,
        "person": user,
        "next": asked_destination(request),
        "passkey_question": passkeys.question(request, user),
        **_demo(request, user),
    }
    return render(request, "accounts/login_code.html", context, status=status)


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """Out; only by a form, so that no picture or link elsewhere ends somebody's session."""
    log_in.leave(request)
    messages.success(request, _("You have logged out."))
    answer = redirect("login")
    # Also what the browser holds for going back. Not its storage: that knows a switch for keys and the box one typed in.
    answer["Clear-Site-Data"] = '"cache"'
    return answer


@never_cache
@require_GET
def demo_accounts(request: HttpRequest) -> HttpResponse:
    """The trial run's accounts with the codes of this moment; there is no such page anywhere else."""
    if not settings.DEMO:
        raise Http404
    return render(request, "accounts/demo_accounts.html", _demo(request, waiting_person(request)))


def wait_for_second_factor(request: HttpRequest, user: User) -> None:
    """Remember for some minutes that the password was right; nobody is signed in by that."""
    request.session[WAITING] = {
        "user": user.pk,
        "proof": user.get_session_auth_hash(),
        "at": int(time.time()),
        "next": asked_destination(request),
    }
    request.session.cycle_key()


def waiting_person(request: HttpRequest) -> User | None:
    """Whose password was right a moment ago, unless it was changed or the account closed since."""
    waiting: dict[str, Any] = request.session.get(WAITING) or {}
    if not waiting or time.time() - waiting["at"] > WAITING_SECONDS:
        return None
    user: User | None = (
        User.objects.active().select_related("institution", "unit").filter(pk=waiting["user"]).first()
    )
    if user is None or not constant_time_compare(user.get_session_auth_hash(), waiting["proof"]):
        return None
    return user


def destination(request: HttpRequest) -> str:
    """Where to go after log-in: the page asked for when it is one of ours, else where the day begins."""
    waiting = request.session.get(WAITING) or {}
    return asked_destination(request) or waiting.get("next") or reverse(settings.LOGIN_REDIRECT_URL)


def asked_destination(request: HttpRequest) -> str:
    """The page asked for in the address or form, if it is a page of this portal and not the log-in itself."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    if not is_ours or not asked.startswith("/") or asked.startswith((reverse("login"), reverse("logout"))):
        return ""
    return asked


def refuse(form: Form, refusal: ValidationError) -> int:
    """Put the refusal on the form; the status that goes with it."""
    form.add_error(None, refusal)
    return 429 if isinstance(refusal, log_in.TooManyAttempts) else 422


def to_second_factor(request: HttpRequest, user: User) -> HttpResponse:
    """To the code page, or to the set-up when there is no app yet."""
    name = "login-code" if second_factor.has_app(user) else "second-factor-setup"
    wait_for_second_factor(request, user)
    return redirect(name)


def _go_on(request: HttpRequest, user: User) -> HttpResponse:
    """After the right password."""
    if works_in_unit(user) or second_factor.has_app(user):
        return to_second_factor(request, user)
    onward = destination(request)
    log_in.complete(request, user)
    warn_of_password_age(request, user)
    return redirect(onward)


def warn_of_password_age(request: HttpRequest, user: User) -> None:
    """From two weeks before a password ends, each log-in says so."""
    left = password_age.days_left(user)
    if left is not None and not password_age.must_change(user):
        text = ngettext(
            "Your password ends in %(days)d day. Change it on “My details” before then.",
            "Your password ends in %(days)d days. Change it on “My details” before then.",
            left,
        )
        messages.warning(request, text % {"days": left})


def _start_again(request: HttpRequest) -> HttpResponseRedirect:
    if request.session.pop(WAITING, None):
        messages.warning(request, _("You waited too long. Type your password again."))
    return HttpResponseRedirect(reverse("login"))


def _warn_of_recovery(request: HttpRequest, user: User) -> None:
    left = second_factor.recovery_codes_left(user)
    messages.warning(
        request,
        _("You logged in with a recovery code; %(left)d are left. Set up a new app on “My details”.")
        % {"left": left},
    )


def _demo(request: HttpRequest, user: User | None = None) -> dict[str, Any]:
    """The accounts everybody may try in the trial run; nothing in any other mode."""
    if not settings.DEMO:
        return {}
    from accounts import demo

    if user is not None:
        return {"demo_code": demo.current_code(user)}
    return {"demo_accounts": demo.shown_accounts(), "demo_password": demo.PASSWORD}
