"""What the events of the trail are called on the page."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

CREATED, CHANGED, REMOVED, REFUSED = "created", "changed", "removed", "refused"

_names: dict[str, Text] = {
    CREATED: _("Added"),
    CHANGED: _("Changed"),
    REMOVED: _("Removed"),
    REFUSED: _("Refused"),
    "viewed": _("Looked at"),
    "downloaded": _("Downloaded"),
    "exported": _("Taken out as a file"),
    "searched": _("Searched"),
    "logged_in": _("Logged in"),
    "logged_out": _("Logged out"),
    "log_in_failed": _("Log-in failed"),
    "second_factor_set_up": _("Second factor set up"),
    "second_factor_removed": _("Second factor removed"),
    "recovery_codes_made": _("Recovery codes made"),
    "recovery_code_used": _("Recovery code used"),
    "password_link_made": _("Password link made"),
    "adopted": _("Adopted"),
    "recalculated": _("Due time counted again"),
}


def name_events(**names: Text) -> None:
    """Say what further events are called; each floor does this for its own as it is loaded."""
    _names.update(names)


def name_of(event: str) -> str:
    """The event in the reader's language; one nobody named stands in its own words."""
    return str(_names.get(event, event.replace("_", " ")))


def known() -> dict[str, Text]:
    """Every event that has a name."""
    return dict(_names)
