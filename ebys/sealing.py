"""Secrets that have to be read again are kept encrypted: AES-256-GCM under the program's field key.

A sealed text is bound to the row it belongs to; moved to another row it does not open.
"""

from __future__ import annotations

import base64
import hashlib
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

VERSION = "v1"
NONCE = 12


class CannotOpen(Exception):
    """No key opens this text, or it belongs to another row."""


def seal(text: str, belongs_to: str) -> str:
    """The text encrypted under the newest key."""
    key = settings.FIELD_KEYS[0]
    nonce = os.urandom(NONCE)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), _bound(belongs_to))
    return f"{VERSION}.{_name(key)}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def unseal(sealed: str, belongs_to: str) -> str:
    """The text again, under whichever key still in use sealed it."""
    version, _dot, rest = sealed.partition(".")
    name, _dot, content = rest.partition(".")
    key = next((one for one in settings.FIELD_KEYS if _name(one) == name), None)
    if version != VERSION or key is None:
        raise CannotOpen
    try:
        raw = base64.urlsafe_b64decode(content)
        return AESGCM(key).decrypt(raw[:NONCE], raw[NONCE:], _bound(belongs_to)).decode()
    except (InvalidTag, ValueError) as error:
        raise CannotOpen from error


def _name(key: bytes) -> str:
    return hashlib.sha256(b"name of a field key" + key).hexdigest()[:8]


def _bound(belongs_to: str) -> bytes:
    return f"{VERSION}|{belongs_to}".encode()
