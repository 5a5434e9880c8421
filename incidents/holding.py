"""The logs of an emergency are kept for its examination (Ek-5 5.1.3): held while it is worked on and a year beyond."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from audit import holds
from incidents.models import Breach, LogHold

BEFORE = timedelta(days=7)  # where nobody knows when it happened, so much before anybody noticed
AFTER_CLOSING = timedelta(days=365)
LANGUAGE = "tr"  # of what is kept in records


def keep_logs(breach: Breach, *, by: User, since: datetime | None = None) -> LogHold | None:
    """Hold the logs of a breach of level A or B from before it happened on; in the caller's transaction, under its lock.

    What is held already is not held twice: a further hold takes in what lies before it, once the facts say that it began
    earlier, and where every hold was released a new one begins. `since` is when the logs of a report merged into this
    one are held from, whatever the level is now.
    """
    if not breach.is_emergency and since is None:
        return None
    begins = min(moment for moment in (since, _begins(breach) if breach.is_emergency else None) if moment)
    held_since = held_from(breach)
    if held_since is not None and held_since <= begins:
        return None
    with translation.override(LANGUAGE):
        reason = _("Examination of the breach %(number)s") % {"number": breach.number}
    return LogHold.objects.create(breach=breach, hold=holds.hold(begins, held_since, reason, by))


def held_from(breach: Breach) -> datetime | None:
    """Since when the logs of a breach are held; None where no hold is in force."""
    in_force = LogHold.objects.filter(breach=breach.pk, hold__release__isnull=True)
    found: datetime | None = in_force.aggregate(since=Min("hold__since"))["since"]
    return found


def _begins(breach: Breach) -> datetime:
    """When it happened; where nobody knows, some days before anybody noticed."""
    known = breach.detected_at or min(breach.learned_at, breach.reported_at)
    return breach.occurred_at or known - BEFORE


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
