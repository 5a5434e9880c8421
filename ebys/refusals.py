"""Why a package lies in quarantine, in two or three words for a badge; the whole sentence stands beside it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from processes.errors import Text

IN_WORDS: dict[str, Text] = {
    "eyp-not-a-zip": _("Not a package"),
    "eyp-not-a-package": _("Not a package"),
    "eyp-truncated": _("Incomplete or damaged"),
    "eyp-encrypted": _("Encrypted"),
    "eyp-password-protected": _("With a password"),
    "eyp-update": _("Update package"),
    "eyp-unknown-version": _("Unknown version"),
    "eyp-missing-part": _("A part is missing"),
    "eyp-duplicate-part": _("A part comes twice"),
    "eyp-path": _("Unsafe names inside"),
    "eyp-forbidden-xml": _("Unsafe XML inside"),
    "eyp-broken-xml": _("Unreadable metadata"),
    "eyp-bad-metadata": _("Metadata not valid"),
    "eyp-bad-digest": _("Changed on its way"),
    "eyp-weak-digest": _("Summary proves too little"),
    "eyp-identity": _("Parts of different letters"),
    "eyp-cover-not-pdf": _("Cover is not a PDF"),
    "eyp-too-large": _("Package too large"),
    "eyp-bomb": _("Unpacks to too much"),
    "infected": _("Virus found"),
    "scanner-unavailable": _("Not scanned yet"),
    "too-large": _("Package too large"),
    "unknown-media": _("Unknown kind of file"),
}
OTHERWISE = _("Could not be read")


def in_words(code: str) -> Text:
    """The words of a refusal's code."""
    return IN_WORDS.get(code, OTHERWISE)
