"""What the portal is made of that others wrote, and whether a copy of the known holes names any of it. Needs no network.

    python -m config.components                 the list (CycloneDX) of what the production image installs, on standard output
    python -m config.components holes all.zip   compares it with a copy of the OSV database for PyPI, brought on a medium

The copy is https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip, fetched by whoever has a network. The command ends
with 1 when a hole is found and with 2 when the copy cannot be read or is older than a month: then nothing was proved.
"""

from __future__ import annotations

import json
import sys
import tomllib
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from config.env import CHECKOUT

LOCK = CHECKOUT / "uv.lock"
OLDEST_COPY = timedelta(days=31)


class UnreadableCopy(Exception):
    """The file is no copy of the database of holes."""


@dataclass(frozen=True)
class Component:
    """One package as it is locked."""

    name: str
    version: str
    source: str
    hashes: tuple[str, ...]


@dataclass(frozen=True)
class Hole:
    """A known hole in a locked version."""

    component: Component
    number: str
    also: tuple[str, ...]
    told: str
    mended_in: tuple[str, ...]


def components(lock: Path = LOCK) -> list[Component]:
    """What production installs: the project's own dependencies and all they need, without those of tests and checks."""
    packages = {one["name"]: one for one in tomllib.loads(lock.read_text(encoding="utf-8"))["package"]}
    own = next(one for one in packages.values() if "virtual" in one["source"])
    waiting = [_wanted(entry) for entry in own["dependencies"]]
    found: dict[str, Component] = {}
    asked: set[tuple[str, str]] = set()
    while waiting:
        name, extras = waiting.pop()
        package = packages[name]
        found[name] = _component(package)
        needs = [*package.get("dependencies", ())]
        needs += [
            entry for extra in extras for entry in package.get("optional-dependencies", {}).get(extra, ())
        ]
        for entry in needs:
            further, more = _wanted(entry)
            if not {(further, extra) for extra in ("", *more)} <= asked:
                asked |= {(further, extra) for extra in ("", *more)}
                waiting.append((further, more))
    return sorted(found.values(), key=lambda one: one.name)


def bill(parts: Iterable[Component]) -> dict[str, Any]:
    """The list in the CycloneDX form other programs read."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "components": [
            {
                "type": "library",
                "name": part.name,
                "version": part.version,
                "purl": f"pkg:pypi/{part.name}@{part.version}",
                "hashes": [{"alg": "SHA-256", "content": content} for content in part.hashes],
            }
            for part in parts
        ],
    }


def holes(parts: Iterable[Component], copy: Path) -> tuple[list[Hole], datetime]:
    """The holes the copy knows in these versions, and how new its newest entry is."""
    mine = {canonicalize_name(part.name): part for part in parts}
    found: list[Hole] = []
    newest = datetime.min.replace(tzinfo=UTC)
    for entry in _entries(copy):
        newest = max(newest, _moment(entry))
        if entry.get("withdrawn"):
            continue
        for affected in entry.get("affected", ()):
            package = affected.get("package", {})
            part = mine.get(canonicalize_name(str(package.get("name", ""))))
            if part and package.get("ecosystem") == "PyPI" and is_affected(part.version, affected):
                found.append(
                    Hole(part, entry["id"], tuple(entry.get("aliases", ())), _told(entry), _mended(affected))
                )
    return sorted(found, key=lambda hole: (hole.component.name, hole.number)), newest


def is_affected(version: str, affected: Mapping[str, Any]) -> bool:
    """Whether a version is named, or lies between where a hole came in and where it was mended."""
    if version in affected.get("versions", ()):
        return True
    return any(
        _between(Version(version), span.get("events", ()))
        for span in affected.get("ranges", ())
        if span.get("type") == "ECOSYSTEM"
    )


def _between(version: Version, events: Iterable[Mapping[str, str]]) -> bool:
    """The last event at or before the version decides. What cannot be read as a version counts as a hole: look at it."""
    is_open = False
    try:
        marks = sorted(
            (Version(text), kind) for event in events for kind, text in event.items() if kind != "limit"
        )
    except InvalidVersion:
        return True
    for mark, kind in marks:
        if kind == "introduced" and mark <= version:
            is_open = True
        elif (kind == "fixed" and mark <= version) or (kind == "last_affected" and mark < version):
            is_open = False
    return is_open


def _entries(copy: Path) -> Iterator[dict[str, Any]]:
    try:
        with zipfile.ZipFile(copy) as archive:
            names = [name for name in archive.namelist() if name.endswith(".json")]
            for name in names:
                yield json.loads(archive.read(name))
    except (OSError, zipfile.BadZipFile, ValueError) as error:
        raise UnreadableCopy(type(error).__name__) from error
    if not names:
        raise UnreadableCopy("it is empty")


def _moment(entry: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(str(entry["modified"])[:19]).replace(tzinfo=UTC)


def _told(entry: Mapping[str, Any]) -> str:
    return str(entry.get("summary") or entry.get("details") or "").strip().partition("\n")[0][:120]


def _mended(affected: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(
        event["fixed"]
        for span in affected.get("ranges", ())
        if span.get("type") == "ECOSYSTEM"
        for event in span.get("events", ())
        if "fixed" in event
    )


def _wanted(entry: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    return entry["name"], tuple(entry.get("extra", ()))


def _component(package: Mapping[str, Any]) -> Component:
    files = [*([package["sdist"]] if "sdist" in package else []), *package.get("wheels", ())]
    return Component(
        name=package["name"],
        version=package["version"],
        source=package["source"].get("registry", ""),
        hashes=tuple(file.get("hash", "").removeprefix("sha256:") for file in files),
    )


def main(words: list[str], now: datetime) -> int:
    """The command line."""
    parts = components()
    if not words:
        print(json.dumps(bill(parts), indent=2))
        return 0
    if len(words) != 2 or words[0] != "holes":
        print("usage: python -m config.components [holes COPY.zip]", file=sys.stderr)
        return 2
    try:
        found, newest = holes(parts, Path(words[1]))
    except UnreadableCopy as error:
        print(f"{words[1]} is no copy of the OSV database: {error}", file=sys.stderr)
        return 2
    for hole in found:
        names = ", ".join((hole.number, *hole.also))
        mended = f"; mended in {', '.join(hole.mended_in)}" if hole.mended_in else ""
        print(f"{hole.component.name} {hole.component.version}: {names}: {hole.told}{mended}")
    print(
        f"{len(parts)} components, {len(found)} known holes; the copy's newest entry is of {newest:%Y-%m-%d}."
    )
    if now - newest > OLDEST_COPY:
        print("The copy is older than a month: fetch a new one.", file=sys.stderr)
        return 2
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], datetime.now(UTC)))
