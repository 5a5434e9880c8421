"""Under which name and with which key this trail is sealed, and whose signatures are believed."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings

from audit.notes import Signer, Verifier


def origin() -> str:
    """The name of this trail, which every checkpoint begins with."""
    return f"{urlsplit(settings.BASE_URL).hostname}/trail"


class NoKey(Exception):
    """This process holds the public key alone: it shows and verifies, and signs nothing."""

    def __init__(self) -> None:
        super().__init__("SBS_SEAL_KEY is not set here: only the sealer signs.")


def can_sign() -> bool:
    """Whether this process holds the private key, which only the sealer should."""
    return bool(settings.SEAL_KEY)


def signer() -> Signer:
    """The key new checkpoints are signed with."""
    if not settings.SEAL_KEY:
        raise NoKey
    return Signer(origin(), settings.SEAL_KEY)


def verifier() -> Verifier:
    """The present public key."""
    return signer().verifier if settings.SEAL_KEY else Verifier(origin(), settings.SEAL_PUBLIC_KEY)


def known() -> tuple[Verifier, ...]:
    """The present public key and those used before it."""
    return (verifier(), *(Verifier.parse(text) for text in settings.SEAL_OLD_PUBLIC_KEYS))
