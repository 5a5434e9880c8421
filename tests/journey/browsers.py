"""A browser that belongs to a person who has logged in."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from accounts.models import User
from tests.accounts.people import signed_in_client

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


def signed_in_page(chromium: Any, address: str, user: User, **options: Any) -> Any:
    """A page of a fresh browser with the person's session in its cookies."""
    session = signed_in_client(user).cookies[settings.SESSION_COOKIE_NAME].value
    context = chromium.new_context(
        base_url=address, locale="tr-TR", timezone_id="Europe/Istanbul", **{"viewport": DESK, **options}
    )
    context.set_default_timeout(20_000)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
    return context.new_page()
