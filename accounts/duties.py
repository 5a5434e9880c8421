"""What a person must do before anything else is opened to them."""

from __future__ import annotations

from accounts import password_age
from accounts.models import User

# Addresses that stay open: the duties themselves, the way out, and what needs no log-in.
FREE = frozenset(
    {
        "login",
        "login-code",
        "login-passkey",
        "login-certificate",
        "login-demo",
        "logout",
        "set-language",
        "second-factor-setup",
        "password-choose",
        "password-change",
        "rights-declared",
        "acknowledgement",
        "health",
    }
)


def duty_of(user: User, *, reads: bool) -> str | None:
    """The name of the page that comes first, if any. `reads`: the request only looks, so nothing typed is lost."""
    if password_age.must_change(user):
        return "password-change"
    if user.rights_changed and reads:
        return "rights-declared"
    return None
