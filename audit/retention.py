"""How long the log is kept: online always, in copies outside five years at least, and longer where held (Ek-5 5.3)."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import offline_verifier, trail
from audit.models import Entry, Hold

YEARS = 5


class MustStay(Exception):
    """The copy must not be given up; the text says why."""


@dataclass(frozen=True)
class Span:
    """From the first to the last moment of a copy."""

    since: datetime
    until: datetime


def kept_until(moment: datetime) -> datetime:
    """The day until which what was logged at this moment is kept at least."""
    try:
        return moment.replace(year=moment.year + YEARS)
    except ValueError:  # 29 February
        return moment.replace(year=moment.year + YEARS, day=28) + timedelta(days=1)


def obstacles(span: Span, now: datetime | None = None) -> list[str]:
    """Why the log of a span must be kept, as sentences; empty when nothing speaks for it any more."""
    told = []
    if (end := kept_until(span.until)) > (now or timezone.now()):
        told.append(
            _("It must be kept until %(day)s.") % {"day": timezone.localtime(end).strftime("%d.%m.%Y")}
        )
    told += [
        _("It is held for an examination (hold %(number)d, %(span)s): %(reason)s")
        % {"number": hold.pk, "span": hold, "reason": hold.reason}
        for hold in Hold.objects.in_force().touching(span.since, span.until)
    ]
    return told


def span_of(folder: Path) -> Span:
    """The span an exported trail covers, as the database knows it."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        known = manifest["format"] == offline_verifier.FORMAT
        first, size = int(manifest["first"]), int(manifest["size"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise MustStay(_("%(folder)s holds no exported trail.") % {"folder": folder}) from error
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(entry.timestamp), max(entry.timestamp), count(*) FROM audit_leaf AS leaf"
            " JOIN audit_entry AS entry ON entry.id = leaf.entry_id WHERE leaf.pos >= %s AND leaf.pos < %s",
            [first, size],
        )
        since, until, count = cursor.fetchone()
    if not known or not count or count != size - first:
        raise MustStay(_("What %(folder)s holds is not all online.") % {"folder": folder})
    return Span(since, until)


def discard(folder: Path, now: datetime | None = None) -> Span:
    """Give up one copy outside the house, inside a transaction; refused while it must be kept or is the only one."""
    span = span_of(folder)
    if told := obstacles(span, now):
        raise MustStay(" ".join(told))
    trail.record(Entry, "discarded", {"since": span.since, "until": span.until})
    shutil.rmtree(folder)
    return span
