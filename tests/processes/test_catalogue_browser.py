"""The catalogue and the calendar in a real browser: readable by everybody, light and dark, wide and narrow."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import transaction

from accounts.models import User
from accounts.roles import Role
from processes import exchange
from processes.models import Definition
from processes.services import calendar, definitions
from tests.accounts.people import person, signed_in_client
from tests.processes.sheets import load

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESSES = (
    "/catalogue/",
    "/catalogue/import/",
    "/catalogue/5.3.6/",
    "/catalogue/5.3.6/editions/",
    "/catalogue/5.3.6/1/",
    "/catalogue/5.3.6/2/",
    "/catalogue/5.3.6/2/edit/",
    "/catalogue/5.3.6/2/from/1/",
    "/catalogue/5.3.7/1/copy/",
    "/days-off/?year=2026",
)


@pytest.fixture
def unit_head() -> User:
    """The unit head, with a draft of theirs and a calendar."""
    with transaction.atomic():
        found = person(Role.UNIT_HEAD)
        draft = definitions.copy(load()["5.3.6"], by=found, note="Tedarik süresi uzatılıyor.")
        steps = [
            step if step.key != "supply" else exchange.StepText(**{**step.__dict__, "days": 4})
            for step in exchange.text_of(draft).steps
        ]
        definitions.change(draft, by=found, steps=steps)
        calendar.load_year(2026)
    return found


def log_in(page: Any, user: User, address: str) -> None:
    cookie = signed_in_client(user).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": address}])


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing_on_any_of_these_pages(page, live_server, unit_head, colours):
    log_in(page, unit_head, live_server.url)
    page.emulate_media(color_scheme=colours)
    found: dict[str, list[str]] = {}
    for address in ADDRESSES:
        assert page.goto(address).ok
        violations = Axe().run(page).response["violations"]
        found[address] = [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in violations]
    assert {address: problems for address, problems in found.items() if problems} == {}


def test_no_page_is_wider_than_a_phone(page, live_server, unit_head):
    log_in(page, unit_head, live_server.url)
    page.set_viewport_size({"width": 390, "height": 844})
    wide = []
    for address in ADDRESSES:
        page.goto(address)
        if page.evaluate("document.documentElement.scrollWidth") > 390:
            wide.append(address)
    assert wide == []


def test_three_people_sign_an_edition(page, live_server, unit_head):
    with transaction.atomic():
        checker, approver = person(Role.IT_LEAD), person(Role.UNIT_HEAD)
    for signer in (checker, approver):
        log_in(page, signer, live_server.url)
        page.goto("/catalogue/5.3.6/2/")
        page.click("aside form button.button--main, .columns__aside form button.button--main")
        page.wait_for_load_state()
    states = list(
        Definition.objects.filter(subprocess__number="5.3.6")
        .order_by("edition")
        .values_list("state", flat=True)
    )
    assert states == ["retired", "approved"]
