"""What has left the building, written down where a loss of the database does not reach: a file a day, beside the seals.

After a restore to an earlier moment the outbox believes that what was sent since is still waiting. So each delivery is
looked up here before it is sent. A line tells the time and a hash of the delivery's key, nothing of its content.
"""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from processes.models import Delivery

log = logging.getLogger(__name__)

LONGEST = 62  # days a delivery may have waited and still be looked up


class Page:
    """One day's file, read on from where it was read to before."""

    def __init__(self) -> None:
        self.read_to = 0
        self.lines: dict[str, datetime] = {}

    def read(self, path: Path) -> dict[str, datetime]:
        """When what was sent that day, by the hash of its key."""
        with path.open("rb") as file:
            if file.seek(0, os.SEEK_END) < self.read_to:  # another file under the same name
                self.read_to, self.lines = 0, {}
            file.seek(self.read_to)
            whole = file.read().rpartition(b"\n")[0]
        for line in whole.decode("ascii", "replace").splitlines():
            at, _tab, mark = line.partition("\t")
            self.lines[mark] = datetime.fromisoformat(at)
        self.read_to += len(whole) + 1 if whole else 0
        return self.lines


_pages: dict[Path, Page] = {}
_lock = threading.Lock()


def write(delivery: Delivery, at: datetime) -> None:
    """The delivery was taken by the other side. A book that cannot be written holds nothing up."""
    path = _folder() / _name_of(at)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
        try:
            os.write(handle, f"{at.astimezone(UTC).isoformat()}\t{_mark(delivery)}\n".encode("ascii"))
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        log.error("The book of what was sent cannot be written (%s).", type(error).__name__)


def sent_at(delivery: Delivery, now: datetime) -> datetime | None:
    """When this delivery was sent, if it was; the same key of an earlier life of the database is another delivery."""
    mark = _mark(delivery)
    day = max(delivery.made_at, now - timedelta(days=LONGEST))
    while day.astimezone(UTC).date() <= now.astimezone(UTC).date():
        for folder in {_folder(), _beside_the_seals()}:  # a restore brings the book back beside the seals
            path = folder / _name_of(day)
            try:
                with _lock:
                    found = _pages.setdefault(path, Page()).read(path).get(mark)
            except OSError:
                continue
            if found is not None and found >= delivery.made_at:
                return found
        day += timedelta(days=1)
    return None


def _folder() -> Path:
    """Where the book is written: beside the seals, or where this program may not write seals, in a folder of its own."""
    return Path(settings.SENT_FOLDER) if settings.SENT_FOLDER else _beside_the_seals()


def _beside_the_seals() -> Path:
    return Path(settings.SEALS_FOLDER) / "sent"


def _name_of(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d}.txt"


def _mark(delivery: Delivery) -> str:
    return hashlib.sha256(f"{delivery.kind} {delivery.key}".encode()).hexdigest()
