"""A person's own pages: details, password, language."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import password_validators_help_texts
from django.contrib.auth.views import PasswordResetConfirmView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import password_age
from accounts.access import person_of
from accounts.authority import authorities, works_in_unit
from accounts.forms import (
    ChangePasswordForm,
    ChooseFirstPasswordForm,
    ChooseLanguageForm,
    DetailsForm,
    PasswordOnceMoreForm,
)
from accounts.models import User
from accounts.roles import Role
from accounts.services import log_in, passkeys, people, second_factor
from accounts.views.log_in import asked_destination, refuse

YEAR_SECONDS = 365 * 24 * 60 * 60


@never_cache
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Own details, roles held and lent, second factor."""
    user = _person(request)
    form = DetailsForm(request.POST or None, initial={"phone": user.phone, "language": user.language})
    if form.is_valid():
        people.change_details(user, **form.cleaned_data)
        messages.success(request, _("Your details were saved."))
        return keep_language(redirect("profile"), user.language)
    context = {
        "form": form,
        "person": user,
        "rights": _rights(user),
        "password_days_left": password_age.days_left(user),
        "password_ends": user.password_set_at + password_age.lasts(user),
        "has_app": second_factor.has_app(user),
        "codes_left": second_factor.recovery_codes_left(user),
        "passkeys": passkeys.keys_of(user),
        "passkeys_possible": passkeys.is_possible(request),
        "must_keep_app": works_in_unit(user),
        "password_form": PasswordOnceMoreForm(auto_id="again_%s"),
        "remove_form": PasswordOnceMoreForm(auto_id="remove_%s"),
    }
    return render(request, "accounts/profile.html", context, status=422 if form.errors else 200)


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password; other sessions of the person end, this one goes on under a new key."""
    user = _person(request)
    is_due = password_age.must_change(user)
    form = ChangePasswordForm(request.POST or None, user=user)
    status = 422 if form.errors else 200
    if form.is_valid():
        try:
            user = log_in.check_password(user.username, form.cleaned_data["password"])
        except log_in.TooManyAttempts as refusal:
            status = refuse(form, refusal)
        except ValidationError:
            form.add_error("password", _("This is not the password in use."))
            status = 422
        else:
            people.set_password(
                user, form.cleaned_data["new_password"], reason=_("The person changed their password.")
            )
            update_session_auth_hash(request, user)
            messages.success(request, _("Your password was changed. You are logged out everywhere else."))
            return redirect(asked_destination(request) or ("home" if is_due else "profile"))
    context = {
        "form": form,
        "is_due": is_due,
        "was_demanded": user.must_change_password,
    }
    return render(request, "accounts/password_change.html", context, status=status)


class ChoosePasswordView(PasswordResetConfirmView):
    """A password chosen through the one-time link that the unit head handed over."""

    template_name = "accounts/password_choose.html"
    extra_context = {"rules": password_validators_help_texts, "minutes": settings.LINK_MINUTES}
    form_class = ChooseFirstPasswordForm
    success_url = reverse_lazy("login")

    def get_user(self, uidb64: str) -> User | None:
        """Whoever left chooses no password any more, and whoever is logged in none for somebody else."""
        user = super().get_user(uidb64)
        if not isinstance(user, User) or not user.is_active or user.is_technical:
            return None
        reader = self.request.user
        return None if reader.is_authenticated and reader.pk != user.pk else user

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        messages.success(self.request, _("Your password was set. Log in with it now."))
        return answer


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Turkish or English from now on: in the cookie, and in the account of whoever is signed in."""
    form = ChooseLanguageForm(request.POST)
    answer = redirect(_back(request))
    if not form.is_valid():
        return answer
    language = form.cleaned_data["language"]
    user = person_of(request)
    if user is not None:
        people.choose_language(user, language)
    return keep_language(answer, language)


def keep_language(answer: HttpResponse, language: str) -> HttpResponse:
    """Let the browser remember the language for the time before log-in."""
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=YEAR_SECONDS,
        path=settings.LANGUAGE_COOKIE_PATH,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    return answer


def _back(request: HttpRequest) -> str:
    """The page the switch stood on, if it is one of ours."""
    asked = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    if is_ours and asked.startswith("/"):
        return asked
    return reverse(settings.LOGIN_REDIRECT_URL)


def _rights(user: User) -> list[dict[str, Any]]:
    """The roles the person may act in today, with the lender's name when lent, and the last day of own ones."""
    day = timezone.localdate()
    ends = dict(user.grants.in_force(day).values_list("role", "valid_until"))
    return [
        {
            "role": Role(held.role).label,
            "lender": held.on_behalf_of,
            "until": None if held.on_behalf_of else ends.get(held.role),
        }
        for held in authorities(user)
    ]


def _person(request: HttpRequest) -> User:
    """The signed-in person; the door lets nobody else through to these pages."""
    user = request.user
    assert isinstance(user, User)
    return user
