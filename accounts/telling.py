"""What this floor's events are called in the trail."""

from django.utils.translation import gettext_lazy as _

from audit import events


def name_events() -> None:
    """Called once at start."""
    events.name_events(
        session_replaced=_("Session replaced by a new log-in"),
        passkey_added=_("Passkey added"),
        passkey_removed=_("Passkey removed"),
        unlocked=_("Account unlocked"),
        session_ended=_("Session ended"),
    )
