"""ZIP-based documents looked through before they are kept: bombs, path tricks, macros, references to the outside."""

from __future__ import annotations

import re
import stat
import zipfile
import zlib
from typing import BinaryIO

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from django.utils.translation import gettext as _

from processes.errors import RuleBroken, TooLarge

MOST_MEMBERS = 5_000
MOST_BYTES = 200 * 1024 * 1024
LARGEST_REFERENCES = 2 * 1024 * 1024
CHUNK = 1 << 16
TEST_VIRUS = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
_DIRECTORY_END = b"PK\x05\x06"
_MACROS = re.compile(
    r"(^|/)(vbaProject\.bin|vbaData\.xml|activeX/.*|.*macrosheets/.*|oleObject[^/]*\.bin|Basic/.*|Scripts/.*)\Z",
    re.IGNORECASE,
)
_HYPERLINK = "/hyperlink"


def member_names(file: BinaryIO) -> list[str]:
    """The names in a package, without unfolding anything; too many of them are refused before they are read."""
    if _declared_members(file) > MOST_MEMBERS:
        raise zipfile.BadZipFile
    with zipfile.ZipFile(file) as package:
        return package.namelist()


def check_package(file: BinaryIO, name: str, *, with_documents: bool = False) -> None:
    """Refuse a package that unfolds without end, reaches outside, or runs something.

    `with_documents`: it carries whole documents of others (EYP), whose macros are not opened here but kept as they came.
    """
    try:
        if _declared_members(file) > MOST_MEMBERS:
            raise TooLarge(_("“%(name)s” holds too many parts.") % {"name": name})
        with zipfile.ZipFile(file) as package:
            members = package.infolist()
            _check_names(members, name)
            if not with_documents and any(_MACROS.search(member.filename) for member in members):
                raise RuleBroken(
                    _(
                        "“%(name)s” contains macros or embedded programs. Save it without macros and send it again."
                    )
                    % {"name": name}
                )
            _unfold(package, members, name)
            if not with_documents:
                _check_references(package, members, name)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        NotImplementedError,
        EOFError,
        zlib.error,
        OSError,
    ) as error:
        raise RuleBroken(
            _("“%(name)s” is damaged or incomplete: it cannot be read to its end. Send it again.")
            % {"name": name}
        ) from error


def _declared_members(file: BinaryIO) -> int:
    """How many parts the directory's end record promises."""
    file.seek(0, 2)
    file.seek(max(0, file.tell() - 66_000))
    tail = file.read()
    at = tail.rfind(_DIRECTORY_END)
    file.seek(0)
    return int.from_bytes(tail[at + 10 : at + 12], "little") if at >= 0 else 0


def _check_names(members: list[zipfile.ZipInfo], name: str) -> None:
    names = [member.filename for member in members]
    folded = {part.casefold() for part in names}
    if len(folded) != len(names):
        raise RuleBroken(
            _("“%(name)s” holds two parts of the same name; it was not taken in.") % {"name": name}
        )
    for member in members:
        parts = member.filename.split("/")
        reaches_out = (
            ".." in parts or member.filename.startswith("/") or "\\" in member.filename or ":" in parts[0]
        )
        if reaches_out or stat.S_ISLNK(member.external_attr >> 16):
            raise RuleBroken(
                _("“%(name)s” holds a part that points outside the package; it was not taken in.")
                % {"name": name}
            )
        if member.flag_bits & 0x1:
            raise RuleBroken(
                _(
                    "“%(name)s” is locked with a password and cannot be looked through. Send it without a password."
                )
                % {"name": name}
            )


def _unfold(package: zipfile.ZipFile, members: list[zipfile.ZipInfo], name: str) -> None:
    """Count what really comes out, never what the package says of itself."""
    total = 0
    for member in members:
        first = True
        with package.open(member) as content:
            while chunk := content.read(CHUNK):
                total += len(chunk)
                if total > MOST_BYTES:
                    raise TooLarge(
                        _("“%(name)s” unfolds to more than %(megabytes)d MB.")
                        % {"name": name, "megabytes": MOST_BYTES // 2**20}
                    )
                if first and TEST_VIRUS in chunk[:128]:
                    raise RuleBroken(
                        _("“%(name)s” carries the mark of a harmful file and was not taken in.")
                        % {"name": name}
                    )
                first = False


def _check_references(package: zipfile.ZipFile, members: list[zipfile.ZipInfo], name: str) -> None:
    """Templates, pictures and data fetched from elsewhere are refused; a link to click on is not."""
    for member in members:
        if not member.filename.endswith(".rels"):
            continue
        if member.file_size > LARGEST_REFERENCES:
            raise TooLarge(_("“%(name)s” holds too many parts.") % {"name": name})
        try:
            relations = fromstring(package.read(member), forbid_dtd=True)
        except (ParseError, DefusedXmlException, ValueError) as error:
            raise RuleBroken(
                _("“%(name)s” is damaged or incomplete: it cannot be read to its end. Send it again.")
                % {"name": name}
            ) from error
        for relation in relations:
            outside = relation.get("TargetMode", "").lower() == "external"
            if outside and not relation.get("Type", "").endswith(_HYPERLINK):
                raise RuleBroken(
                    _(
                        "“%(name)s” fetches content from elsewhere when it is opened. Break its links and send it again."
                    )
                    % {"name": name}
                )
