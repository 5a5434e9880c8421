"""Letters in a real browser: the page beside the form, the PDF beside its facts, nothing hidden from anyone."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from ebys.models import OutgoingLetter, OutgoingState
from ebys.services import receiving
from tests.accounts import people
from tests.accounts.people import signed_in_client
from tests.ebys import letters
from tests.ebys.test_receiving import sample
from tests.processes import sheets

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lead() -> User:
    """Who routes and approves."""
    sheets.load()
    with transaction.atomic():
        return people.person(Role.IT_LEAD)


@pytest.fixture
def signed_in(page: Any, live_server: Any, lead: User) -> Any:
    """The lead's browser."""
    client: Client = signed_in_client(lead)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    return page


def test_the_page_follows_what_is_typed_and_is_saved(signed_in: Any) -> None:
    with transaction.atomic():
        letter = letters.outgoing_letter(body="Eski metin.")
    signed_in.goto(reverse("letter-edit", args=(letter.pk,)))
    signed_in.fill("#id_subject", "Yeni Konu Satırı")
    signed_in.fill("#id_body", "Yeni metin.\n\nBilgilerinizi")
    paper = signed_in.locator("#paper .paper")
    paper.get_by_text("Bilgilerinizi rica ederim.").wait_for()
    assert "Yeni Konu Satırı" in paper.inner_text()
    signed_in.click("#draft button[type=submit]:not([name])")
    signed_in.wait_for_url("**" + letter.get_absolute_url())
    assert OutgoingLetter.objects.get(pk=letter.pk).body == "Yeni metin.\n\nBilgilerinizi"


def test_a_package_is_dropped_read_and_becomes_a_case_in_two_clicks(signed_in: Any, lead: User) -> None:
    signed_in.goto(reverse("letters-incoming"))
    signed_in.set_input_files(
        "input[type=file]",
        {"name": "g.eyp", "mimeType": "application/eyazisma", "buffer": sample("sample-v2.eyp")},
    )
    signed_in.click("form[enctype] button[type=submit]")
    signed_in.get_by_text("İmza doğrulaması yapılmadı.").wait_for()
    signed_in.get_by_text("Başka bir alt süreç").wait_for()
    signed_in.locator("details:has(#route-to)").evaluate("box => box.open = true")
    signed_in.select_option("#route-to", "5.3.6")
    signed_in.click("details:has(#route-to) button[type=submit]")
    signed_in.wait_for_url("**/cases/5.3.6/**")
    assert "e-Yazışma Test Paketi" in signed_in.inner_text("h1")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_on_the_letter_pages_is_hidden_from_anyone(
    signed_in: Any, lead: User, scheme: str, width: int
) -> None:
    with transaction.atomic():
        came = receiving.receive_package(sample("sample-v2.eyp"), by=lead).letter
        receiving.receive_package(b"x", by=lead)
        draft = letters.outgoing_letter()
        ready = letters.outgoing_letter(OutgoingState.APPROVED)
    assert came is not None
    signed_in.emulate_media(color_scheme=scheme)
    signed_in.set_viewport_size({"width": width, "height": 900})
    for address in (
        reverse("letters-incoming"),
        came.get_absolute_url(),
        reverse("letter-register"),
        reverse("letters-quarantine"),
        reverse("letters-outgoing"),
        ready.get_absolute_url(),
        reverse("letter-edit", args=(draft.pk,)),
        f"{reverse('letter-draft')}?case={draft.case.number}",
        reverse("letter-fields", args=(ready.pk,)),
    ):
        signed_in.goto(address)
        found = Axe().run(signed_in).response["violations"]
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == [], address
        assert signed_in.evaluate("document.documentElement.scrollWidth") <= width, address
