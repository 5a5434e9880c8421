"""The latest checkpoint brought to where time itself vouches for it: a time-stamp authority, once a day."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from audit import publishing, timestamps
from audit.models import Anchor, AnchorKind, Checkpoint

EVERY = timedelta(hours=20)  # once a day, however late the day before


def latest() -> Checkpoint | None:
    """The newest seal: what the daily e-mail carries and the authority stamps."""
    return Checkpoint.objects.order_by("-number").first()


def stamp_latest(now: datetime | None = None) -> Anchor | None:
    """Have the newest seal stamped unless one was within the day; None when there was nothing to do."""
    newest = latest()
    if newest is None or not timestamps.is_wanted():
        return None
    stamped = Anchor.objects.filter(kind=AnchorKind.TIMESTAMP).order_by("-checkpoint").first()
    if stamped is not None and (
        stamped.checkpoint == newest.number or stamped.at > (now or timezone.now()) - EVERY
    ):
        return None
    token = timestamps.stamp(newest.note)
    publishing.record(newest, AnchorKind.TIMESTAMP, token)
    publishing.write_bytes_once(publishing.file_of(newest).with_suffix(".tsr"), token)
    return Anchor.objects.get(checkpoint=newest.number, kind=AnchorKind.TIMESTAMP)
