"""The logs of an emergency are kept for its examination (Ek-5 5.1.3): held while it is worked on and a year beyond."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from audit import holds
from incidents.models import Breach, LogHold

BEFORE = timedelta(days=7)  # where nobody knows when it happened, so much before anybody noticed
AFTER_CLOSING = timedelta(days=365)
LANGUAGE = "tr"  # of what is kept in records


def keep_logs(breach: Breach, *, by: User) -> LogHold | None:
    """Hold the logs of a breach of level A or B from before it happened on; once, in the caller's transaction."""
    if not breach.is_emergency or LogHold.objects.filter(breach=breach.pk).exists():
        return None
    known = breach.detected_at or min(breach.learned_at, breach.reported_at)
    since = breach.occurred_at or known - BEFORE
    with translation.override(LANGUAGE):
        reason = _("Examination of the breach %(number)s") % {"number": breach.number}
    held = holds.hold(since, None, reason, by)
    return LogHold.objects.create(breach=breach, hold=held)


def release_due(now: datetime) -> int:
    """Release what was held for breaches closed more than a year ago, in the name of who closed them."""
    due = LogHold.objects.filter(hold__release__isnull=True, breach__closed_at__lte=now - AFTER_CLOSING)
    released = 0
    for held in due.select_related("hold", "breach__closed_by"):
        closed_by = held.breach.closed_by
        assert closed_by is not None, "a closed case says who closed it"
        with translation.override(LANGUAGE):
            reason = _("The breach %(number)s has been closed for a year") % {"number": held.breach.number}
        with transaction.atomic():
            holds.release(held.hold, reason, closed_by)
        released += 1
    return released
