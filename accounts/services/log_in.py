"""Logging in and out: password, then code, with every attempt counted and told in the trail."""

from __future__ import annotations

import hashlib
import hmac
import math
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth import login as start_session
from django.contrib.auth import logout as end_session
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Count, Min, Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_otp import login as remember_device
from django_otp.models import Device

from accounts.backends import RoleBackend, named
from accounts.models import FailedAttempt, User
from accounts.services import second_factor
from audit import trail
from audit.context import current, signed_in

WINDOW = timedelta(minutes=15)
KEPT = timedelta(days=1)
# A hospital reaches us through one address, so the address alone has more room than an account tried from it. Whoever
# tries one account from many addresses is slowed down as well, but cannot shut it with a handful of tries.
MOST_PER_PLACE = 5
MOST_PER_ADDRESS = 50
MOST_PER_ACCOUNT = 50
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


def check_password(request: HttpRequest, identifier: str, password: str) -> User:
    """The person with that name and password. The refusal is the same whether name, password or account is wrong."""
    account = account_key(identifier)
    _let_try(account)
    user = authenticate(request, username=identifier, password=password)
    if not isinstance(user, User):
        _failed(account, named(identifier), "wrong-password")
        raise ValidationError(
            _("User name, registry number or password is wrong, or the account is closed."), code="wrong"
        )
    return user


def check_code(user: User, code: str) -> Device:
    """The device or list of recovery codes that the typed code belongs to; a code counts once."""
    account = account_key(user.username)
    _let_try(account)
    device = second_factor.matching(user, code)
    if device is None:
        _failed(account, user, "wrong-code")
        raise ValidationError(
            _("The code is wrong or was used already. Wait for the next one and try again."), code="wrong"
        )
    return device


def complete(request: HttpRequest, user: User, device: Device | None = None) -> None:
    """Begin the session; its key changes, so that one known before log-in is worth nothing afterwards."""
    start_session(request, user, backend=BACKEND)
    if device is not None:
        remember_device(request, device)
    FailedAttempt.objects.filter(account=account_key(user.username), address=current().address or "").delete()
    with signed_in(user):
        trail.record(user, "logged_in", {"second_factor": _kind(device)})


def leave(request: HttpRequest) -> None:
    """End the session."""
    if isinstance(request.user, User):
        trail.record(request.user, "logged_out")
    end_session(request)


def account_key(identifier: str) -> str:
    """The account as attempts remember it: user name and registry number of one person are one account."""
    user = named(identifier)
    text = user.username if user is not None else identifier.strip()
    return hmac.new(settings.LOOKUP_KEY, text.lower().encode(errors="replace"), hashlib.sha256).hexdigest()


def _let_try(account: str) -> None:
    """Refuse while too many attempts have failed lately; attempts on one account from one place take turns."""
    address = current().address or ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{account} {address}"])
    now = timezone.now()
    here = Q(account=account, address=address)
    counted = (
        FailedAttempt.objects.since(now - WINDOW)
        .filter(Q(account=account) | Q(address=address))
        .aggregate(
            tried_here=Count("pk", filter=here),
            from_here=Count("pk", filter=Q(address=address)),
            tried=Count("pk", filter=Q(account=account)),
            here_since=Min("at", filter=here),
            since=Min("at"),
        )
    )
    if counted["tried_here"] >= MOST_PER_PLACE:
        raise TooManyAttempts(_minutes_left(counted["here_since"], now))
    if counted["from_here"] >= MOST_PER_ADDRESS or counted["tried"] >= MOST_PER_ACCOUNT:
        raise TooManyAttempts(_minutes_left(counted["since"], now))


def _minutes_left(since: datetime, now: datetime) -> int:
    return max(1, math.ceil((since + WINDOW - now) / timedelta(minutes=1)))


def _failed(account: str, user: User | None, code: str) -> None:
    now = timezone.now()
    FailedAttempt.objects.filter(at__lt=now - KEPT).delete()
    FailedAttempt.objects.create(account=account, address=current().address or "", at=now)
    trail.record(user or User, "log_in_failed", {"code": code})


def _kind(device: Device | None) -> str:
    return "" if device is None else type(device)._meta.model_name or ""
