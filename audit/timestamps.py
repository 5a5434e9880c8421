"""A time-stamp authority's word for when a checkpoint existed (RFC 3161).

Only the checkpoint's hash leaves the house. The request is a few bytes of DER, put together here; the authority's signature
on its answer is checked by the `openssl` program against the certificates in `settings.TIMESTAMP_CA`.

An address `https://user:password@host` sends the account as HTTP Basic; `kamusm+http://number:password@host` sends it as
Kamu SM asks: the hash encrypted with the password, in a header of its own, so that the password never travels.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.conf import settings

SECONDS = 20
LARGEST = 64 * 1024  # bytes of an answer
QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
INTEGER, OCTETS, NOTHING, OID, TIME, SEQUENCE, BOOLEAN = 0x02, 0x04, 0x05, 0x06, 0x18, 0x30, 0x01
SHA256_OID = bytes.fromhex("608648016503040201")
GRANTED = (0, 1)
KAMUSM = "kamusm+"
KAMUSM_ROUNDS = 100  # as their own client counts


class NoTimestamp(Exception):
    """The authority gave no usable time stamp; the text says why and names no secret."""


@dataclass(frozen=True)
class Stamp:
    """What a time stamp says."""

    digest: bytes
    nonce: int | None
    at: datetime


def is_wanted() -> bool:
    """Whether an authority is set."""
    return bool(settings.TIMESTAMP_URL)


def stamp(text: str) -> bytes:
    """The authority's answer for a text, checked as far as it can be here."""
    digest, nonce = hashlib.sha256(text.encode()).digest(), secrets.randbits(63) | 1
    reply = _ask(query(digest, nonce), digest)
    found = read(reply)
    if (found.digest, found.nonce) != (digest, nonce):
        raise NoTimestamp("The answer is about something else.")
    if settings.TIMESTAMP_CA and not is_genuine(reply, digest, Path(settings.TIMESTAMP_CA)):
        raise NoTimestamp("The answer was not signed by an authority in TIMESTAMP_CA.")
    return reply


def query(digest: bytes, nonce: int) -> bytes:
    """TimeStampReq: version 1, the SHA-256 to be stamped, a number nobody can guess, and the wish for the certificate."""
    algorithm = _der(SEQUENCE, _der(OID, SHA256_OID) + _der(NOTHING, b""))
    return _der(
        SEQUENCE,
        _der(INTEGER, b"\x01")
        + _der(SEQUENCE, algorithm + _der(OCTETS, digest))
        + _der(INTEGER, _number(nonce))
        + _der(BOOLEAN, b"\xff"),
    )


def read(reply: bytes) -> Stamp:
    """What an answer says; NoTimestamp when it is a refusal or no answer at all."""
    try:
        status, token = _inside(reply)[0], _inside(reply)[1:]
        if int.from_bytes(_parts(status[1])[0][1], "big") not in GRANTED or not token:
            raise NoTimestamp("The authority refused.")
        signed = _parts(_parts(_parts(token[0][1])[1][1])[0][1])
        content = _parts(signed[2][1])
        info = _inside(_parts(content[1][1])[0][1])
        imprint, moment = _parts(info[2][1]), info[4][1].decode("ascii")
        numbers = [value for kind, value in info[5:] if kind == INTEGER]
        at = datetime.strptime(moment.partition(".")[0].rstrip("Z"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        return Stamp(imprint[1][1], int.from_bytes(numbers[0], "big") if numbers else None, at)
    except (IndexError, ValueError):
        raise NoTimestamp("The answer is no time stamp.") from None


def is_genuine(reply: bytes, digest: bytes, authority: Path) -> bool:
    """Whether a certificate of that file signed the answer for this hash."""
    program = shutil.which("openssl")
    if program is None:
        raise NoTimestamp("The openssl program, which checks time stamps, is not on this machine.")
    with tempfile.NamedTemporaryFile(suffix=".tsr") as file:
        file.write(reply)
        file.flush()
        command = [
            program,
            "ts",
            "-verify",
            "-digest",
            digest.hex(),
            "-in",
            file.name,
            "-CAfile",
            str(authority),
        ]
        return subprocess.run(command, capture_output=True, check=False, timeout=SECONDS).returncode == 0


def kamusm_identity(customer: int, password: str, digest: bytes, salt: bytes) -> str:
    """The header by which Kamu SM knows its customer: number, salt, rounds, vector and the encrypted hash, in hex."""
    key = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, KAMUSM_ROUNDS, 32)
    filler = padding.PKCS7(128).padder()
    cipher = Cipher(algorithms.AES256(key), modes.CBC(salt)).encryptor()
    encrypted = cipher.update(filler.update(digest) + filler.finalize()) + cipher.finalize()
    parts = (
        (INTEGER, _number(customer)),
        (OCTETS, salt),
        (INTEGER, _number(KAMUSM_ROUNDS)),
        (OCTETS, salt),
        (OCTETS, encrypted),
    )
    return _der(SEQUENCE, b"".join(_der(kind, content) for kind, content in parts)).hex()


def _account(style: str, user: str, password: str, digest: bytes) -> dict[str, str]:
    """How the customer is named to the authority."""
    if not user:
        return {}
    if style == KAMUSM:
        if not user.isdecimal():
            raise NoTimestamp("Kamu SM knows its customers by number.")
        return {"identity": kamusm_identity(int(user), password, digest, secrets.token_bytes(16))}
    return {"Authorization": f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"}


def _ask(body: bytes, digest: bytes) -> bytes:
    """One request to the authority."""
    address = settings.TIMESTAMP_URL
    style = KAMUSM if address.startswith(KAMUSM) else ""
    parts = urlsplit(address.removeprefix(KAMUSM))
    is_plain = parts.scheme == "http"
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise NoTimestamp("TIMESTAMP_URL is no address of the web.")
    account = _account(style, unquote(parts.username or ""), unquote(parts.password or ""), digest)
    headers = {"Content-Type": QUERY, "Accept": REPLY, **account}
    kind = http.client.HTTPConnection if is_plain else http.client.HTTPSConnection
    connection = kind(parts.hostname, parts.port, timeout=SECONDS)
    try:
        connection.request("POST", parts.path or "/", body, headers)
        response = connection.getresponse()
        answer = response.read(LARGEST + 1)
    except (OSError, http.client.HTTPException) as error:
        raise NoTimestamp(f"The authority does not answer ({type(error).__name__}).") from None
    finally:
        connection.close()
    if response.status != 200 or len(answer) > LARGEST:
        raise NoTimestamp(f"The authority answered {response.status}.")
    return answer


def _number(value: int) -> bytes:
    """A number that is not negative, in as few bytes as DER allows."""
    return value.to_bytes(value.bit_length() // 8 + 1, "big")


def _der(kind: int, content: bytes) -> bytes:
    """One value; everything we send is shorter than 128 bytes."""
    return bytes((kind, len(content))) + content


def _inside(value: bytes) -> list[tuple[int, bytes]]:
    """The parts of a single value."""
    return _parts(_parts(value)[0][1])


def _parts(content: bytes) -> list[tuple[int, bytes]]:
    return list(_values(content))


def _values(content: bytes) -> Iterator[tuple[int, bytes]]:
    """The values that stand one after the other, each with its kind."""
    while content:
        kind, length, start = content[0], content[1], 2
        if length & 0x80:
            start = 2 + (length & 0x7F)
            length = int.from_bytes(content[2:start], "big")
        if start + length > len(content):
            raise ValueError("A value ends before its length.")
        yield kind, content[start : start + length]
        content = content[start + length :]
