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
        attempts_forgotten=_("Failed log-ins forgotten"),
        session_ended=_("Session ended"),
        tc_shown=_("TC Kimlik number shown"),
        resealed=_("Sealed anew under the newest key"),
    )
    events.name_acts(
        staff_register=_("Entered in the staff register"),
        staff_change=_("Staff register corrected"),
        staff_move=_("Moved to another place"),
        staff_leave=_("Left the staff"),
        staff_return=_("Came back to the staff"),
        staff_import=_("Staff list taken in"),
    )
