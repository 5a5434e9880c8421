"""Secrets of authenticator apps are encrypted where they lie (Ek-5 5.3.18, 5.3.19).

The library keeps them readable. Its column is taught to seal what goes into the database and to open what comes out, so
that the library, the admin and the set-up page go on with the plain hexadecimal text. A secret from before is read as it
is; the migration seals those, and every log-in saves its device under the newest key.
"""

from __future__ import annotations

import base64
from typing import Any

from accounts import sealed

BELONGS_TO = "otp_totp.key"
START = len(f"{sealed.VERSION}.01234567.")  # version and name of the key, before what is sealed


def seal(secret: str) -> str:
    """A secret in hexadecimal as it is stored; short enough for the library's column."""
    content = sealed.seal_bytes(bytes.fromhex(secret), BELONGS_TO)
    return content[:START].decode() + base64.urlsafe_b64encode(content[START:]).decode()


def unseal(stored: str) -> str:
    """The secret in hexadecimal again."""
    if not is_sealed(stored):
        return stored
    content = stored[:START].encode() + base64.urlsafe_b64decode(stored[START:])
    return sealed.unseal_bytes(content, BELONGS_TO).hex()


def is_sealed(stored: str) -> bool:
    """Whether it is stored as it must be."""
    return stored.startswith(f"{sealed.VERSION}.")


def teach() -> None:
    """Seal and open the library's column; called once at start."""
    from django_otp.plugins.otp_totp.models import TOTPDevice

    field: Any = TOTPDevice._meta.get_field("key")
    field.get_prep_value = lambda value: value if value is None or is_sealed(value) else seal(value)
    field.from_db_value = lambda value, expression, connection: unseal(value) if value else value
