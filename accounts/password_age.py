"""How old a password is and what follows: a warning, then the page for a new one (Ek-5 5.4.1.1, 5.4.1.2)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from accounts.authority import administers
from accounts.models import User

CEILING_DAYS = 180  # six months: settings may ask for less, never for more
CEILING_DAYS_ADMINISTRATORS = 90


def lasts(user: User) -> timedelta:
    """How long a password of this person counts."""
    days = min(settings.PASSWORD_DAYS, CEILING_DAYS)
    if administers(user):
        days = min(days, settings.PASSWORD_DAYS_ADMINISTRATORS, CEILING_DAYS_ADMINISTRATORS)
    return timedelta(days=days)


def must_change(user: User, now: datetime | None = None) -> bool:
    """Whether only a new password helps: the old one is too old, or the unit head asked for another."""
    if not user.has_usable_password():
        return False
    return user.must_change_password or user.password_set_at + lasts(user) <= (now or timezone.now())


def days_left(user: User, now: datetime | None = None) -> int | None:
    """Days until the password ends, once that is near enough to be told; None before."""
    if not user.has_usable_password():
        return None
    left = (user.password_set_at + lasts(user) - (now or timezone.now())).days
    return max(0, left) if left < settings.PASSWORD_WARNING_DAYS else None
