"""Failed attempts to log in as django-axes counts them (Ek-5 5.6.7): on an account from a place, from a place, on an account.

The library counts, refuses, forgets when the wait is over and forgives at log-in. Ours is what it leaves to its user:
a limit for each of the three, turns for attempts made at the same moment, and the last administrator.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db import connection
from django.db.models import Max, QuerySet, Sum
from django.http import HttpRequest
from django.utils import timezone

from accounts.authority import administers
from accounts.backends import named
from accounts.models import Grant, User
from accounts.roles import Role
from audit import trail
from audit.context import current

# In the order of AXES_LOCKOUT_PARAMETERS. A hospital reaches us through one address, so the address alone has more room
# than an account tried from it. Whoever tries one account from many addresses is slowed down as well, but cannot shut it
# with a handful of tries.
MOST_PER_PLACE = settings.AXES_FAILURE_LIMIT
MOST_PER_ADDRESS = 50
MOST_PER_ACCOUNT = 50
MOST = (MOST_PER_PLACE, MOST_PER_ADDRESS, MOST_PER_ACCOUNT)


class Attempt(HttpRequest):
    """One try at the door: on whose account and from where. What was typed is not in it, so it cannot be kept."""

    def __init__(self, user: User | None, typed: str = "") -> None:
        super().__init__()
        self.META["REMOTE_ADDR"] = current().address or ""
        self.account = account_key(user, typed)
        self.claimed = user


class Handler(AxesDatabaseHandler):
    """The library's own counting, with our limits."""

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        """Attempts on one account from one place take turns, so that many at once are not all let through."""
        account = account_of(request, credentials)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                [f"{account} {request.axes_ip_address}"],  # type: ignore[attr-defined]  # set by the library
            )
        return bool(super().is_locked(request, credentials))

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """How near the nearest limit is, in failures at one place: the limits of the others are larger in proportion."""
        shares = [share for share, _attempts in self._shares(request, credentials)]
        on_account = shares.pop()
        if on_account >= MOST_PER_PLACE and is_last_way_in(claimed(request, credentials)):
            on_account = 0
        return max(*shares, on_account)

    def locked_until(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> datetime:
        """When an attempt that is refused now will be looked at again, at the latest."""
        shut = [attempts for share, attempts in self._shares(request, credentials) if share >= MOST_PER_PLACE]
        last: datetime = max(attempts.aggregate(last=Max("attempt_time"))["last"] for attempts in shut)
        return last + settings.AXES_COOLOFF_TIME

    def reset_user_attempts(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """A log-in forgives what failed on this account from here, and nothing else: one's own account frees no address."""
        here = self.filter_user_attempts(request, credentials)[0]
        count: int = here.delete()[0]
        return count

    def reset_attempts(
        self, *, ip_address: str | None = None, username: str | None = None, ip_or_username: bool = False
    ) -> int:
        """Freeing an address by the library's command is told in the trail; of accounts `unlock` tells, with a reason."""
        count: int = super().reset_attempts(
            ip_address=ip_address, username=username, ip_or_username=ip_or_username
        )
        if username is None:
            trail.record(User, "attempts_forgotten", {"from": ip_address or "", "count": count})
        return count

    def _shares(
        self, request: HttpRequest, credentials: dict[str, Any] | None
    ) -> Iterator[tuple[int, QuerySet[Any]]]:
        for attempts, most in zip(self.get_user_attempts(request, credentials), MOST, strict=True):
            failed = attempts.aggregate(failed=Sum("failures_since_start"))["failed"] or 0
            yield MOST_PER_PLACE * failed // most, attempts


def account_of(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The account as the library keeps it (AXES_USERNAME_CALLABLE)."""
    if isinstance(request, Attempt):
        return request.account
    return account_key(claimed(request, credentials), (credentials or {}).get("username") or "")


def claimed(request: HttpRequest, credentials: dict[str, Any] | None) -> User | None:
    """Whose account is tried, where there is such a person."""
    if isinstance(request, Attempt):
        return request.claimed
    return named((credentials or {}).get("username") or "")


def account_key(user: User | None, typed: str = "") -> str:
    """A keyed digest, for people type passwords into the wrong box; user name and registry number of one person are one."""
    return _key(user.username if user is not None else typed.strip())


def locked_accounts() -> set[str]:
    """The accounts on which too many attempts failed lately: from one place, or from all together."""
    lately = AccessAttempt.objects.filter(attempt_time__gte=timezone.now() - settings.AXES_COOLOFF_TIME)
    failed = lately.order_by().values("username").annotate(failed=Sum("failures_since_start"))
    here = failed.values("username", "ip_address").filter(failed__gte=MOST_PER_PLACE)
    everywhere = failed.filter(failed__gte=MOST_PER_ACCOUNT)
    return {row["username"] for rows in (here, everywhere) for row in rows}


def shut_addresses() -> list[str]:
    """The addresses from which nobody logs in just now, whatever the account."""
    lately = AccessAttempt.objects.filter(attempt_time__gte=timezone.now() - settings.AXES_COOLOFF_TIME)
    failed = lately.order_by("ip_address").values("ip_address").annotate(failed=Sum("failures_since_start"))
    return [str(row["ip_address"]) for row in failed.filter(failed__gte=MOST_PER_ADDRESS)]


def locked_people() -> QuerySet[User]:
    """The people whose accounts are locked now, from some place at least."""
    keys = locked_accounts()
    names = User.objects.order_by().values_list("pk", "username") if keys else ()
    return User.objects.filter(pk__in=[pk for pk, username in names if _key(username) in keys])


def is_last_way_in(user: User | None) -> bool:
    """Whether shutting this account would leave nobody to administer: then strangers elsewhere cannot shut it."""
    if user is None or not administers(user):
        return False
    heads = Grant.objects.in_force(timezone.localdate()).filter(role=Role.UNIT_HEAD).values("user")
    others = User.objects.people().filter(pk__in=heads).exclude(pk=user.pk)
    shut = locked_accounts()
    return all(account_key(other) in shut for other in others)


def _key(text: str) -> str:
    return hmac.new(settings.LOOKUP_KEY, text.lower().encode(errors="replace"), hashlib.sha256).hexdigest()
