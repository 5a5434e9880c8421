"""Secrets that have to be read again are kept encrypted, and numbers that have to be found again carry a keyed mark.

`seal` is AES-256-GCM under the program's field key. A sealed text is bound to the row it belongs to; moved to another
row it does not open.

`token` is a keyed digest (HMAC-SHA-256) of a value such as a TC Kimlik number: equal values have equal tokens, so the
database can hold them apart and find them, and without the key nobody can try the few thousand million numbers there
are. Its key is derived from the field key (HKDF), one for each kind of value, so that tokens of two kinds never meet.

When the field key is renewed, the old one stays in `SBS_OLD_FIELD_KEYS`: what it sealed still opens, and `tokens` names
a value's token under every key in use, for looking up. `manage.py staff reseal` seals and marks the register's numbers
anew under the newest key; after that the old key can go.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

VERSION = "v1"
NONCE = 12


class CannotOpen(Exception):
    """No key opens this text, or it belongs to another row."""


def seal(text: str, belongs_to: str) -> str:
    """The text encrypted under the newest key."""
    name, nonce, sealed = _sealed(text.encode(), belongs_to)
    return f"{VERSION}.{name}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def unseal(sealed: str, belongs_to: str) -> str:
    """The text again, under whichever key still in use sealed it."""
    version, _dot, rest = sealed.partition(".")
    name, _dot, content = rest.partition(".")
    if version != VERSION:
        raise CannotOpen
    try:
        return _opened(name, base64.urlsafe_b64decode(content), belongs_to).decode()
    except ValueError as error:
        raise CannotOpen from error


def seal_bytes(content: bytes, belongs_to: str) -> bytes:
    """The same for content too large to be written as text."""
    name, nonce, sealed = _sealed(content, belongs_to)
    return f"{VERSION}.{name}.".encode() + nonce + sealed


def unseal_bytes(sealed: bytes, belongs_to: str) -> bytes:
    """The content again."""
    version, _dot, rest = bytes(sealed).partition(b".")
    name, _dot, content = rest.partition(b".")
    if version != VERSION.encode():
        raise CannotOpen
    return _opened(name.decode("ascii", "replace"), content, belongs_to)


def is_of_newest_key(sealed: str) -> bool:
    """Whether the newest key sealed this text, so that it need not be sealed anew."""
    return sealed.startswith(f"{VERSION}.{_name(settings.FIELD_KEYS[0])}.")


def token(kind: str, value: str) -> str:
    """The mark by which a value of that kind is held apart and found again, under the newest key."""
    return _token(settings.FIELD_KEYS[0], kind, value)


def tokens(kind: str, value: str) -> list[str]:
    """The mark under each key in use, the newest first: what a look-up compares with."""
    return [_token(key, kind, value) for key in settings.FIELD_KEYS]


def _sealed(content: bytes, belongs_to: str) -> tuple[str, bytes, bytes]:
    key = settings.FIELD_KEYS[0]
    nonce = os.urandom(NONCE)
    return _name(key), nonce, AESGCM(key).encrypt(nonce, content, _bound(belongs_to))


def _opened(name: str, content: bytes, belongs_to: str) -> bytes:
    key = next((one for one in settings.FIELD_KEYS if _name(one) == name), None)
    if key is None:
        raise CannotOpen
    try:
        return AESGCM(key).decrypt(content[:NONCE], content[NONCE:], _bound(belongs_to))
    except (InvalidTag, ValueError) as error:
        raise CannotOpen from error


def _name(key: bytes) -> str:
    return hashlib.sha256(b"name of a field key" + key).hexdigest()[:8]


def _bound(belongs_to: str) -> bytes:
    return f"{VERSION}|{belongs_to}".encode()


def _token(key: bytes, kind: str, value: str) -> str:
    return hmac.new(_token_key(key, kind), value.encode(), hashlib.sha256).hexdigest()


@lru_cache(maxsize=64)
def _token_key(key: bytes, kind: str) -> bytes:
    derived = HKDF(SHA256(), length=32, salt=None, info=f"SBS token {VERSION} {kind}".encode())
    return derived.derive(key)
