"""A form opens one case, however often it is sent: a double click, the back button, a browser that tries again."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from accounts.models import User
from processes.models import Case, SentForm

KEY = re.compile(r"[A-Za-z0-9_-]{20,40}")
KEPT = timedelta(days=2)


def fresh_key() -> str:
    """A key for a form that is shown now."""
    return secrets.token_urlsafe(18)


def once(user: User, key: str, open_case: Callable[[], Case]) -> Case:
    """The case this form opened; opened now unless the same person sent the same form before."""
    if not KEY.fullmatch(key):
        return open_case()
    earlier = _case_of(user, key)
    if earlier is not None:
        return earlier
    try:
        with transaction.atomic():
            case = open_case()
            SentForm.objects.create(user=user, key=key, case=case)
    except IntegrityError:
        earlier = _case_of(user, key)  # the first click was quicker, and its case is there now
        if earlier is None:
            raise
        return earlier
    return case


def forget(now: datetime) -> int:
    """Forget forms nobody sends again."""
    return SentForm.objects.filter(made_at__lt=now - KEPT).delete()[0]


def _case_of(user: User, key: str) -> Case | None:
    found = SentForm.objects.filter(user=user, key=key).first()
    return found.case if found else None
