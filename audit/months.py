"""The trail month by month, as it is exported for keeping five years and longer (Ek-5 5.3).

A month's part goes from its first seal to its last one; the parts follow one another without a gap. What was written in the
last minute of a month and sealed in the next one stands in the next part.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

from audit.models import Checkpoint
from audit.retention import YEARS

FOLDER = "trail"  # in the folder of backups
GRACE = timedelta(days=3)  # after its end a month may wait so long for its export


@dataclass(frozen=True)
class Month:
    """A finished month in which something was sealed: places `first` up to, not including, `size`."""

    name: str
    ended_at: datetime
    first: int
    size: int

    @property
    def file(self) -> str:
        """What its export is called in the folder of backups."""
        return f"{FOLDER}/{self.name}.tar.sealed"


def finished(now: datetime | None = None) -> list[Month]:
    """Every month that has ended since the first seal, the oldest first; of the last years only, as long as they are kept."""
    now = timezone.localtime(now or timezone.now())
    oldest = Checkpoint.objects.order_by("made_at").first()
    if oldest is None:
        return []
    begin = timezone.localtime(max(oldest.made_at, now - timedelta(days=366 * YEARS)))
    start = begin.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    before = _size_at(start)
    found = []
    while (end := _next(start)) <= now:
        size = _size_at(end)
        if size > before:
            found.append(Month(f"{start:%Y-%m}", end, before, size))
        start, before = end, size
    return found


def missing(folder: Path, now: datetime | None = None) -> list[Month]:
    """Finished months whose export is not in the folder of backups."""
    return [month for month in finished(now) if not is_kept(folder, month)]


def overdue(folder: Path, now: datetime | None = None) -> list[Month]:
    """Those whose export should have been made by now."""
    now = now or timezone.now()
    return [month for month in missing(folder, now) if month.ended_at + GRACE < now]


def is_kept(folder: Path, month: Month) -> bool:
    """Whether its export is there and not empty."""
    path = folder / month.file
    return path.is_file() and path.stat().st_size > 0


def _next(start: datetime) -> datetime:
    return (start + timedelta(days=32)).replace(day=1)


def _size_at(moment: datetime) -> int:
    """Entries sealed before this moment."""
    last = Checkpoint.objects.filter(made_at__lt=moment).order_by("-made_at", "-number").first()
    return last.tree_size if last else 0
