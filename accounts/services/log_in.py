"""Logging in and out: password, then code, with every attempt counted and told in the trail."""

from __future__ import annotations

import math
from datetime import timedelta

from axes.handlers.proxy import AxesProxyHandler
from django.contrib.auth import authenticate, user_login_failed
from django.contrib.auth import login as start_session
from django.contrib.auth import logout as end_session
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_otp import login as remember_device
from django_otp.models import Device

from accounts import declaration, windows
from accounts.attempts import Attempt, account_key, locked_accounts
from accounts.authority import administers
from accounts.backends import RoleBackend, named
from accounts.models import User
from accounts.services import passkeys, second_factor
from audit import trail
from audit.context import because, current, signed_in

REFUSAL = gettext_lazy("User name, registry number or password is wrong, or the account is closed.")
BACKEND = f"{RoleBackend.__module__}.{RoleBackend.__qualname__}"


class TooManyAttempts(ValidationError):
    """Nobody looks at the password or code any more until the window has passed."""

    def __init__(self, minutes: int) -> None:
        super().__init__(
            ngettext(
                "Too many failed attempts. Try again in %(minutes)d minute.",
                "Too many failed attempts. Try again in %(minutes)d minutes.",
                minutes,
            )
            % {"minutes": minutes},
            code="throttled",
        )
        self.minutes = minutes


def check_password(identifier: str, password: str) -> User:
    """The person with that name and password. The refusal is the same whether name, password, account or hour is wrong."""
    claimed = named(identifier)
    attempt = _let_try(claimed, identifier)
    user = authenticate(attempt, username=identifier, password=password)
    if not isinstance(user, User):
        _tell_failed(attempt, claimed, "wrong-password")
        raise ValidationError(str(REFUSAL), code="wrong")
    may_enter(user)
    return user


def may_enter(user: User) -> None:
    """Refuse outside the hours and networks set for the person; why is told in the trail only."""
    if not windows.admits(user, current().address):
        trail.record(user, "log_in_failed", {"code": "outside-window"})
        raise ValidationError(str(REFUSAL), code="wrong")


def check_code(user: User, code: str) -> Device:
    """The device or list of recovery codes that the typed code belongs to; a code counts once."""
    attempt = _let_try(user)
    device = second_factor.matching(user, code)
    if device is None:
        _failed(attempt, user, "wrong-code")
        raise ValidationError(
            _("The code is wrong or was used already. Wait for the next one and try again."), code="wrong"
        )
    return device


def check_passkey(request: HttpRequest, user: User, answer: str) -> Device:
    """The passkey that answered; a wrong answer counts like a wrong code."""
    attempt = _let_try(user)
    key = passkeys.matching(request, user, answer)
    if key is None:
        _failed(attempt, user, "wrong-passkey")
        raise ValidationError(_("The passkey did not answer as it should. Try again."), code="wrong")
    return key


def complete(request: HttpRequest, user: User, device: Device | None = None) -> None:
    """Begin the session; its key changes, so that one known before log-in is worth nothing afterwards."""
    start_session(request, user, backend=BACKEND)
    if device is not None:
        remember_device(request, device)
    with signed_in(user):
        declaration.demand_if_changed(user)
        trail.record(user, "logged_in", {"second_factor": _kind(device)})


def leave(request: HttpRequest) -> None:
    """End the session."""
    if isinstance(request.user, User):
        trail.record(request.user, "logged_out")
    end_session(request)


def is_locked(user: User) -> bool:
    """Whether attempts on this account are refused now, from some place at least."""
    return account_key(user) in locked_accounts()


def unlock(user: User, *, by: User, reason: str) -> None:
    """The unit head lets the person try again at once."""
    if not administers(by):
        raise PermissionDenied(_("Only the unit head unlocks an account."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")}, code="required")
    with transaction.atomic(), because(reason=reason.strip()):
        AxesProxyHandler.reset_attempts(username=account_key(user))
        trail.record(user, "unlocked")


def _let_try(user: User | None, typed: str = "") -> Attempt:
    """The attempt about to be made; refused while too many have failed lately, which is told once a minute."""
    attempt = Attempt(user, typed)
    if not AxesProxyHandler.is_allowed(attempt):
        if trail.is_new_look(f"throttled:{attempt.account}:{current().address}:{timezone.now():%H%M}"):
            trail.record(user or User, "log_in_failed", {"code": "throttled"})
        left = AxesProxyHandler.get_implementation().locked_until(attempt) - timezone.now()
        raise TooManyAttempts(max(1, math.ceil(left / timedelta(minutes=1))))
    return attempt


def _failed(attempt: Attempt, user: User, code: str) -> None:
    """A wrong second step: counted as a wrong password is, which Django tells of by itself."""
    user_login_failed.send(sender=__name__, credentials={}, request=attempt)
    _tell_failed(attempt, user, code)


def _tell_failed(attempt: Attempt, user: User | None, code: str) -> None:
    """The failure, and that it was the one which shut the account from there, or the address."""
    trail.record(user or User, "log_in_failed", {"code": code})
    if not AxesProxyHandler.is_allowed(attempt):
        trail.record(user or User, "locked")


def _kind(device: Device | None) -> str:
    return "" if device is None else type(device)._meta.model_name or ""
