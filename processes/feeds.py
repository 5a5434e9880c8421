"""A person's due dates as a calendar other programs can subscribe to (RFC 5545).

The address carries a secret of which only the hash is kept. The calendar names cases by number and step, and nobody.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from audit import events, trail
from processes.errors import NotFound
from processes.models import Case, FeedKey

MOST = 500
FOLD = 75  # octets a line may have

events.name_events(
    calendar_address_made=gettext_lazy("Calendar address made"),
    calendar_address_revoked=gettext_lazy("Calendar address stopped"),
)


def make_key(by: User) -> str:
    """A new secret for the person's calendar; the one before stops working. It is shown now and never again."""
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        key, _made = FeedKey.objects.update_or_create(
            user=by, defaults={"digest": digest(secret), "made_at": timezone.now()}
        )
        trail.record(key, "calendar_address_made")
    return secret


def revoke_key(by: User) -> None:
    """Let the person's calendar address stop working."""
    with transaction.atomic():
        key = FeedKey.objects.filter(user=by).first()
        if key is not None:
            trail.record(key, "calendar_address_revoked")
            key.delete()


def owner_of(secret: str) -> User:
    """Whose calendar a secret opens."""
    key = FeedKey.objects.select_related("user").filter(digest=digest(secret), user__is_active=True).first()
    if key is None:
        raise NotFound(_("There is no such calendar."))
    return key.user


def digest(secret: str) -> str:
    """What is kept of a secret: it is long and random, so a plain hash cannot be guessed back."""
    return hashlib.sha256(secret.encode()).hexdigest()


def due_cases(user: User) -> list[Case]:
    """The open cases with a running clock on the person's desk, and those the person asked for."""
    mine = Q(assignee=user) | Q(applicant=user)
    open_cases = Case.objects.visible_to(user).open().light().filter(mine, due_at__isnull=False)
    return list(
        open_cases.filter(waiting_since__isnull=True).select_related("step").order_by("queue_at", "id")[:MOST]
    )


def calendar(user: User) -> bytes:
    """The person's calendar in their language; the same bytes as long as nothing has changed."""
    with translation.override(user.language):
        return b"".join(fold(line) for line in _lines(due_cases(user)))


def _lines(cases: Iterable[Case]) -> Iterator[str]:
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    yield "BEGIN:VCALENDAR"
    yield "VERSION:2.0"
    yield "PRODID:-//SBS//Due dates//TR"
    yield "CALSCALE:GREGORIAN"
    yield "METHOD:PUBLISH"
    yield f"X-WR-CALNAME:{escape(_('SBS due dates'))}"
    yield "REFRESH-INTERVAL;VALUE=DURATION:PT1H"
    yield "X-PUBLISHED-TTL:PT1H"
    for case in cases:
        assert case.due_at is not None
        step = f" · {case.step.number} {case.step.short_name}" if case.step else ""
        yield "BEGIN:VEVENT"
        yield f"UID:{case.number.replace('/', '-')}@{host}"
        yield f"DTSTAMP:{moment(case.opened_at)}"
        yield f"SEQUENCE:{case.version}"
        yield f"DTSTART:{moment(case.due_at)}"
        yield f"SUMMARY:{escape(case.number + step)}"
        yield f"URL:{settings.BASE_URL}{case.get_absolute_url()}"
        yield "TRANSP:TRANSPARENT"
        yield "CLASS:PRIVATE"
        yield "END:VEVENT"
    yield "END:VCALENDAR"


def escape(text: str) -> str:
    """Text as a calendar writes it: separators and line ends marked, nothing else able to end the line."""
    text = text.replace("\\", "\\\\").replace(";", r"\;").replace(",", r"\,")
    return r"\n".join(text.splitlines())


def fold(line: str) -> bytes:
    """A line cut into pieces of at most 75 octets, never inside a letter."""
    pieces: list[bytes] = []
    piece = b""
    for letter in line:
        octets = letter.encode()
        if len(piece) + len(octets) > (FOLD if not pieces else FOLD - 1):
            pieces.append(piece)
            piece = b""
        piece += octets
    return b"\r\n ".join([*pieces, piece]) + b"\r\n"


def moment(when: datetime) -> str:
    """A moment in UTC."""
    return when.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
