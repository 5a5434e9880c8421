"""The ZIP around the letter: opened with suspicion, read once into memory under hard limits."""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO
from urllib.parse import unquote

from ebys.eyp import errors

MB = 1024 * 1024
CHUNK = 64 * 1024
LOCAL_HEADER = b"PK\x03\x04"
EMPTY_ARCHIVE = b"PK\x05\x06"
PASSWORD_FLAG = 0x1
FORBIDDEN_IN_NAME = re.compile(r"[\x00-\x1f\x7f\\:*?\"<>|]")
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
DAMAGED = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    UnicodeError,
    ValueError,
)

Source = bytes | str | Path | IO[bytes]


@dataclass(frozen=True)
class Limits:
    """How much one package may hold. `ratio` is asked of parts above `ratio_from` bytes."""

    package: int = 64 * MB
    unpacked: int = 128 * MB
    parts: int = 1000
    ratio: int = 100
    ratio_from: int = 4 * MB
    xml: int = 4 * MB


LIMITS = Limits()


class Container:
    """The parts of an opened package by name. Names are compared without regard to case and percent-encoding."""

    def __init__(self, parts: dict[str, tuple[str, bytes]], limits: Limits) -> None:
        self._parts = parts
        self.limits = limits

    def __contains__(self, name: str) -> bool:
        return key(name) in self._parts

    def names(self) -> list[str]:
        """The names of all parts as the archive spells them, each with a leading slash."""
        return [f"/{name}" for name, _content in self._parts.values()]

    def under(self, folder: str) -> list[str]:
        """The names of the parts in a folder."""
        return [name for name in self.names() if key(name).startswith(key(folder).rstrip("/") + "/")]

    def spelled(self, name: str) -> str:
        """How the archive spells the name of a part."""
        return f"/{self._parts[key(name)][0]}"

    def content(self, name: str) -> bytes:
        """The bytes of a part."""
        if name not in self:
            raise errors.MissingPart(part=name)
        return self._parts[key(name)][1]


def key(name: str) -> str:
    """What two names of the same part have in common."""
    return unquote(name).lstrip("/").casefold()


def open_container(source: Source, limits: Limits = LIMITS) -> Container:
    """Read every part of a package, or refuse it."""
    content = _bytes(source, limits)
    if not content.startswith(LOCAL_HEADER):
        raise errors.NotAPackage if content.startswith(EMPTY_ARCHIVE) else errors.NotAZip
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return Container(dict(_parts(archive, limits)), limits)
    except DAMAGED as error:
        raise errors.Truncated from error


def _bytes(source: Source, limits: Limits) -> bytes:
    """The file's bytes, never more than the limit."""
    if isinstance(source, bytes):
        content = source[: limits.package + 1]
    elif isinstance(source, str | Path):
        with Path(source).open("rb") as file:
            content = file.read(limits.package + 1)
    else:
        source.seek(0)
        content = source.read(limits.package + 1)
    if len(content) > limits.package:
        raise errors.PackageTooLarge(megabytes=limits.package // MB)
    return content


def _parts(archive: zipfile.ZipFile, limits: Limits) -> Iterator[tuple[str, tuple[str, bytes]]]:
    members = archive.infolist()
    if len(members) > limits.parts or sum(member.file_size for member in members) > limits.unpacked:
        raise errors.ZipBomb
    if members and min(member.header_offset for member in members) != 0:
        raise errors.NotAZip  # something else stands before the archive: the file is two files at once
    seen: set[str] = set()
    room = limits.unpacked
    for member in members:
        name = unquote(member.filename)
        if not is_safe(name) or stat.S_ISLNK(member.external_attr >> 16):
            raise errors.PathTraversal
        if member.is_dir():
            continue
        if key(name) in seen:
            raise errors.DuplicatePart(part=name)
        seen.add(key(name))
        if member.flag_bits & PASSWORD_FLAG:
            raise errors.PasswordProtected
        if member.compress_type not in METHODS:
            raise errors.Truncated
        content = _unpacked(archive, member, room, limits)
        room -= len(content)
        yield key(name), (name, content)


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo, room: int, limits: Limits) -> bytes:
    """One part, counted while it is unpacked: the sizes an archive declares may lie."""
    content = bytearray()
    with archive.open(member) as stream:
        while chunk := stream.read(CHUNK):
            content += chunk
            too_dense = len(content) > max(limits.ratio_from, member.compress_size * limits.ratio)
            if len(content) > room or too_dense:
                raise errors.ZipBomb
    return bytes(content)


def is_safe(name: str) -> bool:
    """A part's name stays inside the package."""
    if not name or name.startswith("/") or FORBIDDEN_IN_NAME.search(name) or len(name) > 500:
        return False
    return not any(piece in ("..", ".") or piece.endswith(" ") for piece in name.split("/"))
