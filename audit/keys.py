"""Under which name and with which key this trail is sealed, and whose signatures are believed."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings

from audit.notes import Signer, Verifier


def origin() -> str:
    """The name of this trail, which every checkpoint begins with."""
    return f"{urlsplit(settings.BASE_URL).hostname}/trail"


def signer() -> Signer:
    """The key new checkpoints are signed with."""
    return Signer(origin(), settings.SEAL_KEY)


def known() -> tuple[Verifier, ...]:
    """The present public key and those used before it."""
    return (signer().verifier, *(Verifier.parse(text) for text in settings.SEAL_OLD_PUBLIC_KEYS))
