"""Backup sets: one folder each, named by the moment, with sealed files and a signed list of them."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
NAME = re.compile(r"\d{8}T\d{6}Z")
DAILY, WEEKLY, MONTHLY = 31, 5, 12  # the generations kept; Ek-5 5.2.12 asks for three at least


class BadSet(Exception):
    """A backup set that is not whole; the text says what is wrong."""


@dataclass(frozen=True)
class BackupSet:
    """One backup on the disk."""

    folder: Path

    @property
    def made_at(self) -> datetime:
        """When it was begun."""
        return datetime.strptime(self.folder.name, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)

    def manifest(self, key: bytes) -> dict[str, Any]:
        """Its list; BadSet when somebody else wrote it."""
        try:
            wrapped = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
            content, mark = wrapped["content"], wrapped["mac"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BadSet(f"{self.folder.name}: the list cannot be read.") from error
        if not hmac.compare_digest(mark, _mark(content, key)):
            raise BadSet(f"{self.folder.name}: the list was made with another key, or changed.")
        return dict(content)

    def write_manifest(self, content: dict[str, Any], key: bytes) -> None:
        """The list goes last: a set without one is not a set."""
        text = json.dumps({"content": content, "mac": _mark(content, key)}, indent=1, sort_keys=True)
        fresh = self.folder / f"{MANIFEST}.new"
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(self.folder / MANIFEST)

    def require_whole(self, key: bytes) -> dict[str, Any]:
        """The list, after every file of it was hashed again."""
        content = self.manifest(key)
        for name, told in content["parts"].items():
            path = self.folder / name
            if not path.exists():
                raise BadSet(f"{self.folder.name}: {name} is missing.")
            if sha256_of(path) != told["sha256"]:
                raise BadSet(f"{self.folder.name}: {name} is not what was written.")
        return content


def sha256_of(path: Path) -> str:
    """The hash of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sets_in(folder: Path) -> list[BackupSet]:
    """The finished sets of a folder, oldest first."""
    found = (path for path in folder.glob("*") if NAME.fullmatch(path.name) and (path / MANIFEST).exists())
    return [BackupSet(path) for path in sorted(found)]


def kept(moments: Iterable[datetime]) -> set[datetime]:
    """Which generations stay: the newest of each of the last days, weeks and months that have one."""
    newest_first = sorted(moments, reverse=True)
    stay: set[datetime] = set()
    for count, period in ((DAILY, "%Y-%m-%d"), (WEEKLY, "%G-%V"), (MONTHLY, "%Y-%m")):
        seen: dict[str, datetime] = {}
        for moment in newest_first:
            seen.setdefault(moment.strftime(period), moment)
        stay.update(list(seen.values())[:count])
    return stay


def rotate(folder: Path) -> list[str]:
    """Remove the generations nobody keeps, and what an interrupted backup left behind. Returns their names."""
    found = {one.made_at: one for one in sets_in(folder)}
    stay = kept(found)
    gone = [one.folder for moment, one in found.items() if moment not in stay]
    newest = max(found, default=None)
    for path in folder.glob("*"):
        is_half = NAME.fullmatch(path.name) and not (path / MANIFEST).exists()
        if is_half and newest is not None and BackupSet(path).made_at < newest:
            gone.append(path)
    for path in gone:
        shutil.rmtree(path)
    return sorted(path.name for path in gone)


def _mark(content: dict[str, Any], key: bytes) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, b"SBS backup list\n" + text.encode(), hashlib.sha256).hexdigest()
