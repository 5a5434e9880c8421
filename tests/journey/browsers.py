"""A browser that belongs to a person who has logged in."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings

from accounts.models import User
from config.env import CHECKOUT
from tests.accounts.people import signed_in_client

PICTURES = CHECKOUT / "docs/pictures"
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


def picture(page: Any, name: str, *, both: bool = False) -> None:
    """Keep the page as a picture for the documentation, when SBS_PICTURES asks for pictures."""
    if not os.environ.get("SBS_PICTURES"):
        return
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.set_viewport_size(DESK)
    if page.locator(".letter-page__frame").count():
        page.wait_for_timeout(3000)  # the browser's own PDF viewer does not say when it has drawn
    page.screenshot(path=PICTURES / f"{name}.png")
    if both:
        page.set_viewport_size(PHONE)
        page.screenshot(path=PICTURES / f"{name}-phone.png")
        page.set_viewport_size(DESK)
