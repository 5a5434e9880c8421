"""Streams sealed in chunks: what a backup consists of can be read only with its key, and only whole and in order.

AES-256-GCM over chunks of one megabyte. Each file has a key of its own, derived from the backup key and a random salt;
the number of the chunk is its nonce, the last one is marked, the name of the file is bound to all of them. So a chunk that
is changed, left out, moved, or brought over from another file does not open, and neither does a stream cut short.
"""

from __future__ import annotations

import io
import os
import struct
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"SBS-BACKUP-1\n"
CHUNK = 1 << 20
SALT, TAG = 32, 16


class CannotOpen(Exception):
    """Wrong key, or not what was sealed."""


def _cipher(key: bytes, salt: bytes, name: str) -> AESGCM:
    info = b"SBS backup " + name.encode()
    return AESGCM(HKDF(hashes.SHA256(), 32, salt, info).derive(key))


def _nonce(number: int, *, is_last: bool) -> bytes:
    return struct.pack(">QI", number, is_last)


class Sealing(io.RawIOBase):
    """A file one writes plain bytes into; `close` writes the last chunk."""

    def __init__(self, target: BinaryIO, key: bytes, name: str) -> None:
        super().__init__()
        salt = os.urandom(SALT)
        self._target, self._cipher, self._number = target, _cipher(key, salt, name), 0
        self._waiting = bytearray()
        target.write(MAGIC + salt)

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, data: object) -> int:
        """Takes bytes and passes on every full chunk that is surely not the last."""
        view = memoryview(data)  # type: ignore[arg-type]  # whatever a buffered writer or tarfile hands over
        self._waiting += view
        while len(self._waiting) > CHUNK:
            self._pass_on(is_last=False)
        return view.nbytes

    def close(self) -> None:
        """The last chunk, even when it is empty."""
        if not self.closed:
            self._pass_on(is_last=True)
        super().close()

    def _pass_on(self, *, is_last: bool) -> None:
        chunk = bytes(self._waiting[:CHUNK])
        del self._waiting[:CHUNK]
        self._target.write(self._cipher.encrypt(_nonce(self._number, is_last=is_last), chunk, None))
        self._number += 1


class Opening(io.RawIOBase):
    """A file one reads the plain bytes from; CannotOpen as soon as something is not as it was sealed."""

    def __init__(self, source: BinaryIO, key: bytes, name: str) -> None:
        super().__init__()
        head = source.read(len(MAGIC) + SALT)
        if not head.startswith(MAGIC) or len(head) != len(MAGIC) + SALT:
            raise CannotOpen(f"{name} is no sealed file.")
        self._source, self._name = source, name
        self._cipher, self._number = _cipher(key, head[len(MAGIC) :], name), 0
        self._next: bytes | None = source.read(CHUNK + TAG)
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: object) -> int:
        """The next plain bytes; 0 only after the marked last chunk."""
        view = memoryview(buffer)  # type: ignore[arg-type]  # a buffer of the caller
        while not self._ready and self._next is not None:
            self._open_one()
        count = min(view.nbytes, self._ready.nbytes)
        view[:count] = self._ready[:count]
        self._ready = self._ready[count:]
        return count

    def _open_one(self) -> None:
        chunk, following = self._next, self._source.read(CHUNK + TAG)
        assert chunk is not None
        try:
            plain = self._cipher.decrypt(_nonce(self._number, is_last=not following), chunk, None)
        except InvalidTag as error:
            raise CannotOpen(
                f"{self._name} does not open: another key, or it was damaged or cut short."
            ) from error
        self._number += 1
        self._ready = memoryview(plain)
        self._next = following or None
