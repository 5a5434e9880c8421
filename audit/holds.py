"""Holding a span of the trail for an examination, and letting it go again (Ek-5 5.1.3).

Online no entry is ever removed. What a hold adds: exports name it, an export it touches is not given up after five years
(`audit.retention`), and whoever asks sees which spans are needed and why.
"""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import trail
from audit.context import because
from audit.models import Hold, Release


class BadHold(ValueError):
    """The hold or its release is not possible; the text says why."""


def hold(since: datetime, until: datetime | None, reason: str, by: AbstractBaseUser) -> Hold:
    """Everything logged in this span is kept from now on; without an end, also what is still to come."""
    if timezone.is_naive(since) or (until is not None and timezone.is_naive(until)):
        raise ValueError("A hold's moments carry their time zone.")
    if not reason.strip():
        raise BadHold(_("A hold needs its reason."))
    if until is not None and until <= since:
        raise BadHold(_("A hold ends after it begins."))
    held = Hold(since=since, until=until, reason=reason.strip(), by_id=by.pk)
    with because(step="hold_trail", by=by):
        held.save(force_insert=True)
        trail.record(held, "held", {"since": since, "until": until}, reason=held.reason)
    return held


def release(hold: Hold, reason: str, by: AbstractBaseUser) -> Release:
    """The span is needed no longer."""
    if not reason.strip():
        raise BadHold(_("The release of a hold needs its reason."))
    ended = Release(hold=hold, reason=reason.strip(), by_id=by.pk)
    with because(step="release_trail", by=by):
        try:
            with transaction.atomic():
                ended.save(force_insert=True)
        except IntegrityError as twice:
            raise BadHold(_("This hold was released already.")) from twice
        trail.record(hold, "released", reason=ended.reason)
    return ended
