"""The file store: bytes kept once under their own SHA-256, outside the web root, never changed.

A file is complete on the disk, under its final name, before any row speaks of it. A transaction that is taken back
leaves at most bytes nobody speaks of, which `reap` clears away after a day.
"""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Protocol

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from processes import filetypes
from processes.errors import DomainError, TooLarge
from processes.models import StoredFile

CHUNK = 1 << 18
LARGEST = 25 * 1024 * 1024
LEFT_ALONE = timedelta(days=1)
_INCOMING = "incoming"


class StoreUnavailable(DomainError):
    """The file store cannot be written or read now: nothing was kept, everything else goes on."""

    code = "store-unavailable"
    status = 503
    title = gettext_lazy("The file store does not answer")


class Readable(Protocol):
    """An uploaded file or an opened one."""

    def read(self, size: int = ..., /) -> bytes: ...


@dataclass
class Findings:
    """What a check of the whole store found, by SHA-256 or file name."""

    checked: int = 0
    missing: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unclaimed: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Every file that a row speaks of is there, unchanged."""
        return not self.missing and not self.changed


def root() -> Path:
    """The folder of the store."""
    return Path(settings.MEDIA_ROOT)


def path_of(sha256: str) -> Path:
    """Where the bytes of that hash are kept."""
    return root() / sha256[:2] / sha256[2:4] / sha256


def put(content: bytes | Readable, *, limit: int = LARGEST) -> StoredFile:
    """Keep bytes of any kind, and tell what kind they are. What is there already is not written again.

    Accepting or refusing the kind is `filetypes.examine`; quarantine keeps what that refuses.
    """
    temporary, sha256, size = _received(content, limit)
    try:
        with temporary.open("rb") as file:
            kind = filetypes.tell(file)
            inert = filetypes.is_inert(file, kind)
        _settle(temporary, path_of(sha256), size)
    finally:
        temporary.unlink(missing_ok=True)
    media_type = kind.media_type if kind else filetypes.UNKNOWN
    stored, _made = StoredFile.objects.get_or_create(
        sha256=sha256, defaults={"size": size, "media_type": media_type, "is_inert": inert}
    )
    return stored


def open(stored: StoredFile) -> BinaryIO:  # noqa: A001 - read as files.open(stored), like gzip.open
    """The bytes, for reading."""
    try:
        return path_of(stored.sha256).open("rb")
    except FileNotFoundError as error:
        raise StoreUnavailable(
            _("The content of this file is missing from the store. Tell the unit.")
        ) from error


def verify(stored: StoredFile) -> bool:
    """The bytes on the disk are still those that were kept."""
    try:
        with path_of(stored.sha256).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == stored.sha256
    except OSError:
        return False


def verify_all() -> Findings:
    """Hash every file again and compare the store with the database."""
    found = Findings()
    for stored in StoredFile.objects.order_by("pk").iterator(chunk_size=500):
        found.checked += 1
        if not path_of(stored.sha256).exists():
            found.missing.append(stored.sha256)
        elif not verify(stored):
            found.changed.append(stored.sha256)
    found.unclaimed = [path.name for path in _unclaimed()]
    return found


def reap(*, now: datetime | None = None) -> int:
    """Clear away bytes no row speaks of: those of transactions taken back, at least a day old."""
    before = ((now or timezone.now()) - LEFT_ALONE).timestamp()
    gone = 0
    for path in [*_unclaimed(), *(root() / _INCOMING).glob("*")]:
        if path.stat().st_mtime < before:
            path.unlink()
            gone += 1
    return gone


def _unclaimed() -> Iterator[Path]:
    for folder in sorted(root().glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]")):
        paths = {path.name: path for path in folder.iterdir()}
        known = StoredFile.objects.filter(sha256__in=paths).values_list("sha256", flat=True)
        yield from (paths[name] for name in sorted(paths.keys() - set(known)))


def _received(content: bytes | Readable, limit: int) -> tuple[Path, str, int]:
    """The content written to a file of its own and flushed to the disk, with its hash and size."""
    incoming = root() / _INCOMING
    digest, size = hashlib.sha256(), 0
    try:
        incoming.mkdir(parents=True, exist_ok=True, mode=0o750)
        handle, name = tempfile.mkstemp(dir=incoming)
    except OSError as error:
        raise _unavailable() from error
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            for chunk in _chunks(content):
                size += len(chunk)
                if size > limit:
                    raise TooLarge(
                        _("A file may have at most %(megabytes)d MB.") % {"megabytes": limit // 2**20}
                    )
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        path.chmod(0o640)
    except OSError as error:
        path.unlink(missing_ok=True)
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG):
            raise _unavailable() from error
        raise
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path, digest.hexdigest(), size


def _settle(temporary: Path, final: Path, size: int) -> None:
    """Move the bytes under their final name; what is already there whole is only marked as wanted again."""
    try:
        if final.exists() and final.stat().st_size == size:
            os.utime(final)
            return
        final.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        temporary.replace(final)
        folder = os.open(final.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise _unavailable() from error


def _chunks(content: bytes | Readable) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    if hasattr(content, "seek"):
        content.seek(0)
    while chunk := content.read(CHUNK):
        yield chunk


def _unavailable() -> StoreUnavailable:
    return StoreUnavailable(
        _("The file could not be stored: the disk is full or cannot be written. Nothing was kept.")
    )
