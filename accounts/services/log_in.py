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
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import Count, Min, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_otp import login as remember_device
from django_otp.models import Device

from accounts import declaration, windows
from accounts.authority import administers
from accounts.backends import RoleBackend, named
from accounts.models import FailedAttempt, Grant, User
from accounts.roles import Role
from accounts.services import passkeys, second_factor
from audit import trail
from audit.context import because, current, signed_in

WINDOW = timedelta(minutes=15)
KEPT = timedelta(days=1)
# A hospital reaches us through one address, so the address alone has more room than an account tried from it. Whoever
# tries one account from many addresses is slowed down as well, but cannot shut it with a handful of tries.
MOST_PER_PLACE = 5
MOST_PER_ADDRESS = 50
MOST_PER_ACCOUNT = 50
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


def check_password(request: HttpRequest, identifier: str, password: str) -> User:
    """The person with that name and password. The refusal is the same whether name, password, account or hour is wrong."""
    claimed = named(identifier)
    account = account_key(claimed, identifier)
    _let_try(account, claimed)
    user = authenticate(request, username=identifier, password=password)
    if not isinstance(user, User):
        _failed(account, claimed, "wrong-password")
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
    account = account_key(user)
    _let_try(account, user)
    device = second_factor.matching(user, code)
    if device is None:
        _failed(account, user, "wrong-code")
        raise ValidationError(
            _("The code is wrong or was used already. Wait for the next one and try again."), code="wrong"
        )
    return device


def check_passkey(request: HttpRequest, user: User, answer: str) -> Device:
    """The passkey that answered; a wrong answer counts like a wrong code."""
    account = account_key(user)
    _let_try(account, user)
    key = passkeys.matching(request, user, answer)
    if key is None:
        _failed(account, user, "wrong-passkey")
        raise ValidationError(_("The passkey did not answer as it should. Try again."), code="wrong")
    return key


def complete(request: HttpRequest, user: User, device: Device | None = None) -> None:
    """Begin the session; its key changes, so that one known before log-in is worth nothing afterwards."""
    start_session(request, user, backend=BACKEND)
    if device is not None:
        remember_device(request, device)
    FailedAttempt.objects.filter(account=account_key(user), address=current().address or "").delete()
    with signed_in(user):
        declaration.demand_if_changed(user)
        trail.record(user, "logged_in", {"second_factor": _kind(device)})


def leave(request: HttpRequest) -> None:
    """End the session."""
    if isinstance(request.user, User):
        trail.record(request.user, "logged_out")
    end_session(request)


def account_key(user: User | None, identifier: str = "") -> str:
    """The account as attempts remember it: user name and registry number of one person are one account."""
    return _key(user.username if user is not None else identifier.strip())


def is_locked(user: User) -> bool:
    """Whether attempts on this account are refused now, from some place at least."""
    return account_key(user) in _locked()


def locked_people() -> QuerySet[User]:
    """The people whose accounts are locked now, from some place at least."""
    keys = _locked()
    names = User.objects.order_by().values_list("pk", "username") if keys else ()
    return User.objects.filter(pk__in=[pk for pk, username in names if _key(username) in keys])


def unlock(user: User, *, by: User, reason: str) -> None:
    """The unit head lets the person try again at once."""
    if not administers(by):
        raise PermissionDenied(_("Only the unit head unlocks an account."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why.")}, code="required")
    with transaction.atomic(), because(reason=reason.strip()):
        FailedAttempt.objects.filter(account=account_key(user)).delete()
        trail.record(user, "unlocked")


def _key(text: str) -> str:
    return hmac.new(settings.LOOKUP_KEY, text.lower().encode(errors="replace"), hashlib.sha256).hexdigest()


def _locked() -> set[str]:
    """The keys of the accounts on which too many attempts failed lately: from one place, or from all together."""
    lately = FailedAttempt.objects.since(timezone.now() - WINDOW).order_by()
    here = lately.values("account", "address").annotate(tried=Count("pk")).filter(tried__gte=MOST_PER_PLACE)
    everywhere = lately.values("account").annotate(tried=Count("pk")).filter(tried__gte=MOST_PER_ACCOUNT)
    return set(here.values_list("account", flat=True)) | set(everywhere.values_list("account", flat=True))


def _let_try(account: str, user: User | None) -> None:
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
    if counted["from_here"] >= MOST_PER_ADDRESS:
        raise TooManyAttempts(_minutes_left(counted["since"], now))
    if counted["tried"] >= MOST_PER_ACCOUNT and not _is_last_way_in(user):
        raise TooManyAttempts(_minutes_left(counted["since"], now))


def _is_last_way_in(user: User | None) -> bool:
    """Whether shutting this account would leave nobody to administer: then strangers elsewhere cannot shut it."""
    if user is None or not administers(user):
        return False
    heads = Grant.objects.in_force(timezone.localdate()).filter(role=Role.UNIT_HEAD).values("user")
    others = User.objects.people().filter(pk__in=heads).exclude(pk=user.pk)
    shut = _locked()
    return all(account_key(other) in shut for other in others)


def _minutes_left(since: datetime, now: datetime) -> int:
    return max(1, math.ceil((since + WINDOW - now) / timedelta(minutes=1)))


def _failed(account: str, user: User | None, code: str) -> None:
    now = timezone.now()
    FailedAttempt.objects.filter(at__lt=now - KEPT).delete()
    FailedAttempt.objects.create(account=account, address=current().address or "", at=now)
    trail.record(user or User, "log_in_failed", {"code": code})


def _kind(device: Device | None) -> str:
    return "" if device is None else type(device)._meta.model_name or ""
