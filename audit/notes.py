"""Signed checkpoints as text, in the form of C2SP signed-note and tlog-checkpoint.

    sbs.example/trail           origin: which trail this is
    12345                       entries in the tree
    uWkP…=                      root of the tree
    epoch 1                     which life of the database
    time 2026-11-22T08:30:00Z   when it was sealed

    — sbs.example/trail 5Zx8…   Ed25519 signature over everything above the empty line

Anyone who holds the public key can check such a text, printed or mailed, without this program.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
DASH = "— "
EPOCH = "/epoch"  # after the trail's name: a note that begins an epoch, not a checkpoint
MOMENT = "%Y-%m-%dT%H:%M:%SZ"


class BadNote(Exception):
    """The text is no checkpoint, or nobody we know signed it."""


@dataclass(frozen=True)
class Verifier:
    """A public key under its name; `text` is the form in which it is handed to others."""

    name: str
    public: bytes

    @cached_property
    def key_id(self) -> bytes:
        """Four bytes that tell keys of one name apart."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    @property
    def text(self) -> str:
        """`name+id+key`, as other programs for signed notes read it."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(ED25519 + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> Verifier:
        """The key from its text."""
        try:
            name, _key_id, key = text.strip().split("+", 2)
            raw = base64.b64decode(key, validate=True)
        except (ValueError, binascii.Error):
            raise BadNote(f"{text!r} is no public key in the form name+id+key.") from None
        found = cls(name, raw[1:])
        if raw[:1] != ED25519 or len(raw) != 33 or found.text != text.strip():
            raise BadNote(f"{text!r} is no public key in the form name+id+key.")
        return found

    def accepts(self, message: bytes, signature: bytes) -> bool:
        """Whether this key signed the message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class Signer:
    """The private key under its name."""

    name: str
    seed: bytes

    @cached_property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    @cached_property
    def verifier(self) -> Verifier:
        """The public half."""
        return Verifier(self.name, self._private.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """Key id and signature, as a signature line holds them."""
        return self.verifier.key_id + self._private.sign(message)


@dataclass(frozen=True)
class Note:
    """What a checkpoint says."""

    origin: str
    tree_size: int
    root: bytes
    epoch: int
    at: datetime

    def body(self) -> str:
        """What is signed."""
        lines = (
            self.origin,
            str(self.tree_size),
            base64.b64encode(self.root).decode(),
            f"epoch {self.epoch}",
            f"time {_moment(self.at)}",
        )
        return "".join(f"{line}\n" for line in lines)

    def signed(self, signer: Signer) -> str:
        """The text to publish."""
        return _signed(self.body(), signer)


@dataclass(frozen=True)
class EpochNote:
    """What the sealer signs when a life of the database begins: which sealed entries it took over, and why.

    sbs.example/trail/epoch     never to be taken for a checkpoint
    2                           number of the epoch
    12345                       entries that were taken over as sealed
    uWkP…=                      root of the tree over them
    cluster 7423…               identifier of the database cluster
    time 2026-11-22T08:30:00Z
    reason Restored from …
    """

    origin: str
    number: int
    accepted_size: int
    accepted_root: bytes
    cluster: int
    at: datetime
    reason: str

    def body(self) -> str:
        """What is signed."""
        lines = (
            f"{self.origin}{EPOCH}",
            str(self.number),
            str(self.accepted_size),
            base64.b64encode(self.accepted_root).decode(),
            f"cluster {self.cluster}",
            f"time {_moment(self.at)}",
            f"reason {' '.join(self.reason.split())}",
        )
        return "".join(f"{line}\n" for line in lines)

    def signed(self, signer: Signer) -> str:
        """The text that is kept and published."""
        return _signed(self.body(), signer)


def read(text: str) -> Note:
    """What a text says, whoever signed it."""
    body, separator, _signatures = text.partition("\n\n")
    lines = body.split("\n")
    try:
        origin, size, root, *more = lines
        extra = dict(line.split(" ", 1) for line in more)
        note = Note(
            origin,
            int(size),
            base64.b64decode(root, validate=True),
            int(extra["epoch"]),
            datetime.strptime(extra["time"], MOMENT).replace(tzinfo=UTC),
        )
    except (ValueError, KeyError, binascii.Error):
        raise BadNote("The text is no checkpoint.") from None
    if not separator or note.body() != f"{body}\n":
        raise BadNote("The text is no checkpoint.")
    return note


def read_epoch(text: str) -> EpochNote:
    """What the note of an epoch says, whoever signed it."""
    body, separator, _signatures = text.partition("\n\n")
    try:
        origin, number, size, root, cluster, time, reason = body.split("\n")
        note = EpochNote(
            origin.removesuffix(EPOCH),
            int(number),
            int(size),
            base64.b64decode(root, validate=True),
            int(cluster.removeprefix("cluster ")),
            datetime.strptime(time.removeprefix("time "), MOMENT).replace(tzinfo=UTC),
            reason.removeprefix("reason "),
        )
    except (ValueError, binascii.Error):
        raise BadNote("The text begins no epoch.") from None
    if not separator or note.body() != f"{body}\n":
        raise BadNote("The text begins no epoch.")
    return note


def check(text: str, known: Iterable[Verifier]) -> Note:
    """What a text says, when one of the known keys signed it; otherwise BadNote."""
    note = read(text)
    _check_signature(text, note.origin, known)
    return note


def check_epoch(text: str, known: Iterable[Verifier]) -> EpochNote:
    """What the note of an epoch says, when one of the known keys signed it; otherwise BadNote."""
    note = read_epoch(text)
    _check_signature(text, note.origin, known)
    return note


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime(MOMENT)


def _signed(body: str, signer: Signer) -> str:
    return f"{body}\n{DASH}{signer.name} {base64.b64encode(signer.sign(body.encode())).decode()}\n"


def _check_signature(text: str, signer: str, known: Iterable[Verifier]) -> None:
    """One signature under this name must be of a known key."""
    body, _separator, signatures = text.partition("\n\n")
    message = f"{body}\n".encode()
    keys = list(known)
    for line in signatures.splitlines():
        name, _space, encoded = line.removeprefix(DASH).rpartition(" ")
        if not line.startswith(DASH) or name != signer:
            continue
        try:
            raw = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            continue
        is_proper = (
            base64.b64encode(raw).decode() == encoded
        )  # one spelling only: no stray bits in the last letter
        if is_proper and any(
            raw[:4] == Verifier(name, key.public).key_id and key.accepts(message, raw[4:]) for key in keys
        ):
            return
    raise BadNote("No key we know signed this text.")
