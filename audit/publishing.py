"""Checkpoints put where the database administrator does not reach: a folder that should lie on another machine.

One file per checkpoint, written whole or not at all and never replaced. Whoever keeps the folder append-only (another
machine, a medium that is written once) can later prove which entries there were.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit import checkpoints, keys
from audit.models import Anchor, AnchorKind, Checkpoint

KEY_FILE = "key.txt"
EPOCHS = "epochs"
AT_ONCE = 500


class Conflict(Exception):
    """Another checkpoint was published under this name before: the tree was changed behind our back."""


def folder() -> Path:
    """Where checkpoints are published."""
    return Path(settings.SEALS_FOLDER)


def file_of(checkpoint: Checkpoint) -> Path:
    """The file of one checkpoint: a folder a day, the size of the tree and the epoch as its name."""
    name = f"{checkpoint.tree_size:015d}-{checkpoint.epoch}.txt"
    return folder() / f"{checkpoint.made_at.astimezone(UTC):%Y/%m/%d}" / name


def publish(*, thorough: bool = False) -> int:
    """Publish every checkpoint that is not published yet; how many there were. `thorough`: gaps among old ones as well."""
    waiting = _waiting(thorough=thorough)
    if waiting:
        write_once(folder() / KEY_FILE, f"{keys.verifier().text}\n", may_differ=True)
    for start in range(0, len(waiting), AT_ONCE):
        for checkpoint in Checkpoint.objects.filter(number__in=waiting[start : start + AT_ONCE]).order_by(
            "number"
        ):
            write_once(file_of(checkpoint), checkpoint.note)
            record(checkpoint, AnchorKind.FILE)
    return len(waiting)


def is_published(checkpoint: Checkpoint) -> bool:
    """Whether its file lies outside. What the database says of it proves nothing."""
    try:
        return file_of(checkpoint).exists()
    except OSError:
        return False


def publish_epoch(number: int, note: str) -> None:
    """The note of an epoch, outside before the database knows of it."""
    write_once(folder() / EPOCHS / f"{number:06d}.txt", note)


def epochs() -> list[int]:
    """Numbers of the epochs that were published."""
    return [int(path.stem) for path in (folder() / EPOCHS).glob("*.txt") if path.stem.isdecimal()]


def record(checkpoint: Checkpoint, kind: AnchorKind, token: bytes | None = None) -> None:
    """Remember that a checkpoint was published; a second time changes nothing."""
    with transaction.atomic():
        Anchor.objects.bulk_create(
            [Anchor(checkpoint=checkpoint.number, kind=kind, at=timezone.now(), token=token)],
            ignore_conflicts=True,
        )


def published() -> Iterator[tuple[Path, str]]:
    """Every published checkpoint, oldest first."""
    for path in sorted(folder().glob("[0-9]*/[0-9]*/[0-9]*/*.txt"), key=lambda found: found.name):
        yield path, path.read_text(encoding="utf-8", errors="replace")


def newest() -> list[tuple[int, int]]:
    """Epoch and size of the seals published on the last two days that have any."""
    days = (
        day
        for year in _down(folder(), "[0-9]*")
        for month in _down(year, "[0-9]*")
        for day in _down(month, "[0-9]*")
    )
    names = (path.stem.partition("-") for day in islice(days, 2) for path in day.glob("*.txt"))
    return [(int(epoch), int(size)) for size, _dash, epoch in names if size.isdecimal() and epoch.isdecimal()]


def _down(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.glob(pattern), reverse=True)


def write_once(path: Path, text: str, *, may_differ: bool = False) -> None:
    """A text of ours as a file; see `write_bytes_once`."""
    write_bytes_once(path, text.encode(), may_differ=may_differ)


def write_bytes_once(path: Path, content: bytes, *, may_differ: bool = False) -> None:
    """Write a file under a name that is free, or find the same content there already; anything else is a Conflict."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".", suffix=".new", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as output:
            output.write(content)
            output.flush()
            os.fsync(output.fileno())
            os.fchmod(output.fileno(), 0o444)
        try:
            os.link(name, path)  # fails where the name is taken, unlike a rename
        except FileExistsError:
            if not may_differ and path.read_bytes() != content:
                raise Conflict(f"{path} holds another checkpoint.") from None
    finally:
        Path(name).unlink()
    _flush_folder(path.parent)


def _flush_folder(path: Path) -> None:
    """The name must survive a power cut as well as the content."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _waiting(*, thorough: bool) -> list[int]:
    """Numbers of the checkpoints that still have to be published, oldest first.

    Told by the files: back from the newest to the first that lies outside and is noted. A row that only says so ends nothing.
    """
    found: list[int] = []
    before = None
    while True:
        rows = Checkpoint.objects.order_by("-number")
        if before is not None:
            rows = rows.filter(number__lt=before)
        some = list(rows[:AT_ONCE])
        if not some:
            return found[::-1]
        noted = set(
            Anchor.objects.filter(
                kind=AnchorKind.FILE, checkpoint__in=[row.number for row in some]
            ).values_list("checkpoint", flat=True)
        )
        for row in some:
            if row.number not in noted or not is_published(row):
                if checkpoints.note_of(row) is not None:
                    found.append(row.number)
            elif not thorough:
                return found[::-1]
        before = some[-1].number
