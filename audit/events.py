"""What the events and acts of the trail are called on the page."""

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
    "acknowledged": _("Answered for"),
    "held": _("Held for an examination"),
    "released": _("No longer held"),
    "discarded": _("Copy given up"),
    "protected": _("Protection of the trail renewed by a release"),
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
    "locked": _("Log-in shut for a while"),
    "unlocked": _("Account unlocked"),
    "recalculated": _("Due time counted again"),
}


# Acts that are no official steps, as `because(step=…)` names them.
_acts: dict[str, Text] = {
    "add_annex": _("Annex added to a letter"),
    "renew_annex": _("Annex of a letter renewed"),
    "admin": _("In the admin"),
    "adopt": _("Reference edition adopted"),
    "answer_restore": _("Restore of the database answered for"),
    "assign_to": _("Put on a desk"),
    "attach": _("File added"),
    "calendar": _("Calendar of days off"),
    "command": _("On the server's command line"),
    "draft_letter": _("Letter drafted"),
    "edit_letter": _("Letter edited"),
    "hold_trail": _("Span of the trail held"),
    "issue_key": _("Key issued"),
    "limit_key": _("Networks of a key set"),
    "link": _("Cases linked"),
    "load": _("Reference data loaded"),
    "load_templates": _("Letter templates loaded"),
    "note": _("Note written"),
    "pause": _("Clock stopped"),
    "prepare": _("Edition prepared"),
    "read_again": _("Package read again"),
    "receive_package": _("Package received"),
    "register_by_hand": _("Letter registered by hand"),
    "register_webhook": _("Webhook registered"),
    "release_trail": _("Hold on the trail released"),
    "remove_annex": _("Annex removed from a letter"),
    "remove_view": _("Saved view removed"),
    "rename_view": _("Saved view renamed"),
    "replace_webhook_secret": _("Webhook's secret replaced"),
    "resume": _("Clock started again"),
    "retry_delivery": _("Sending tried again"),
    "revise": _("File revised"),
    "revoke_key": _("Key revoked"),
    "save_view": _("View saved"),
    "settle_receipt": _("Receipt settled"),
    "share_view": _("Saved view shared"),
    "supply_add": _("Item added to the supply list"),
    "supply_mark": _("Supply item marked"),
    "unlink": _("Link taken back"),
    "withdraw": _("Withdrawn"),
}


def name_acts(**names: Text) -> None:
    """Say what further acts are called."""
    _acts.update(names)


def act_of(step: str) -> str:
    """The act in the reader's language; a step of some flow stands in its own words."""
    return str(_acts.get(step, step.replace("_", " ")))


def known_acts() -> dict[str, Text]:
    """Every act that has a name."""
    return dict(_acts)


def name_events(**names: Text) -> None:
    """Say what further events are called; each floor does this for its own as it is loaded."""
    _names.update(names)


def name_of(event: str) -> str:
    """The event in the reader's language; one nobody named stands in its own words."""
    return str(_names.get(event, event.replace("_", " ")))


def known() -> dict[str, Text]:
    """Every event that has a name."""
    return dict(_names)
