"""Files are shown to the institution's virus scanner (clamd) before they are taken in, where one is set up.

The scanner is asked by clamd's own INSTREAM command. What it finds is refused by name; while it does not answer nothing
is taken in unseen.
"""

from __future__ import annotations

import hashlib
import socket
import struct
from typing import BinaryIO

from django.conf import settings
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from audit import trail
from processes.errors import DomainError, RuleBroken
from processes.models import StoredFile

CHUNK = 1 << 16
PATIENCE = 30  # seconds for each exchange with the scanner
GREETING = 2
LONGEST_ANSWER = 4096


class Infected(RuleBroken):
    """The scanner knows the file as harmful."""

    code = "infected"
    title = _("The file is harmful")


class ScannerUnavailable(DomainError):
    """The scanner gave no verdict: nothing is taken in unseen."""

    code = "scanner-unavailable"
    status = 503
    title = _("The virus scanner does not answer")


def refuse_infected(file: BinaryIO, name: str | Promise) -> None:
    """Show a file to the scanner; without a scanner in the settings nothing happens.

    A harmful file is noted in the trail by its SHA-256 and what was found in it; its name may be personal and is not.
    """
    if not settings.VIRUS_SCANNER:
        return
    file.seek(0)
    digest = hashlib.sha256()
    try:
        found = _verdict(file, digest)
    except OSError as error:
        raise _unavailable() from error
    finally:
        file.seek(0)
    if found:
        trail.refused(StoredFile, Infected.code, changes={"sha256": digest.hexdigest(), "found": found})
        sentence = _(
            "“{name}” carries “{found}” and was not taken in. Tell the unit; do not send the file on."
        )
        raise Infected(format_lazy(sentence, name=name, found=found))


def _verdict(file: BinaryIO, digest: hashlib._Hash) -> str:
    """The name of what was found; empty for a clean file."""
    with _connected() as scanner:
        scanner.sendall(b"zINSTREAM\0")
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            scanner.sendall(struct.pack("!I", len(chunk)) + chunk)
        scanner.sendall(struct.pack("!I", 0))
        answer = b""
        while b"\0" not in answer and len(answer) < LONGEST_ANSWER and (part := scanner.recv(LONGEST_ANSWER)):
            answer += part
    said = answer.partition(b"\0")[0].decode("utf-8", "replace").removeprefix("stream: ").strip()
    if said == "OK":
        return ""
    if said.endswith(" FOUND"):
        return said.removesuffix(" FOUND")[:200]
    raise _unavailable()


def answers() -> bool:
    """Whether the scanner is there, by clamd's own greeting; asked by whoever watches the installation."""
    try:
        with _connected(GREETING) as scanner:
            scanner.sendall(b"zPING\0")
            return scanner.recv(LONGEST_ANSWER).startswith(b"PONG")
    except OSError:
        return False


def _connected(patience: float = PATIENCE) -> socket.socket:
    """A connection to the scanner: a path is a socket of this machine, anything else host and port."""
    address = settings.VIRUS_SCANNER
    if address.startswith("/"):
        scanner = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        scanner.settimeout(patience)
        try:
            scanner.connect(address)
        except OSError:
            scanner.close()
            raise
        return scanner
    host, _colon, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), patience)


def _unavailable() -> ScannerUnavailable:
    return ScannerUnavailable(
        _("The virus scanner gave no verdict, so the file was not taken in. Try again in a few minutes.")
    )
