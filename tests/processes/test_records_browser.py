"""Inbox, files, notes and calendar in a real browser: usable without a mouse's help, light and dark, wide and narrow."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import transaction

from accounts.models import User
from processes import inbox
from processes.models import Document
from processes.services import files as case_files
from tests.accounts.people import signed_in_client
from tests.processes.records import Desk, desk, pdf, png, upload

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def around(settings, tmp_path) -> Desk:
    settings.MEDIA_ROOT = tmp_path / "files"
    with transaction.atomic():
        found = desk()
        inbox.tell([found.officer], found.ticket, "There is a new note on %(number)s.")
        inbox.tell([found.officer], None, "A letter came in and waits for routing.")
        case_files.attach(found.ticket, found.officer, upload(pdf(), "Ağ raporu.pdf"))
    return found


def log_in(page: Any, user: User, address: str) -> None:
    cookie = signed_in_client(user).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": address}])


def addresses(around: Desk) -> list[str]:
    document = Document.objects.get()
    return [
        "/inbox/",
        "/inbox/?show=read",
        "/calendar/",
        f"/cases/{around.ticket.number}/notes/",
        f"/cases/{around.ticket.number}/files/",
        f"{around.ticket.get_absolute_url()}?tab=files",
        f"/files/{document.pk}/revise/",
        f"/files/{document.pk}/withdraw/",
    ]


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing_on_any_of_these_pages(page, live_server, around, colours):
    log_in(page, around.officer, live_server.url)
    page.emulate_media(color_scheme=colours)
    found: dict[str, list[str]] = {}
    for address in addresses(around):
        page.goto(address)
        violations = Axe().run(page).response["violations"]
        found[address] = [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in violations]
    assert {address: problems for address, problems in found.items() if problems} == {}


def test_no_page_is_wider_than_a_phone(page, live_server, around):
    log_in(page, around.officer, live_server.url)
    page.set_viewport_size({"width": 390, "height": 844})
    wide = []
    for address in addresses(around):
        page.goto(address)
        if page.evaluate("document.documentElement.scrollWidth") > 390:
            wide.append(address)
    assert wide == []


def test_files_are_chosen_and_each_is_told_what_became_of_it(page, live_server, around):
    log_in(page, around.officer, live_server.url)
    page.goto(f"{around.ticket.get_absolute_url()}?tab=files")
    page.set_input_files(
        "input[name=uploads]",
        [
            {"name": "ekran.png", "mimeType": "image/png", "buffer": png()},
            {"name": "oyun.pdf", "mimeType": "application/pdf", "buffer": b"MZ" + b"\0" * 99},
        ],
    )
    page.click("form[action$='/files/'] button[type=submit]")
    told = page.locator("main [role=alert]").inner_text()
    assert "ekran.png" in told
    assert "Eklendi." in told
    assert "oyun.pdf" in told
    assert "Eklenmedi." in told
    assert sorted(Document.objects.values_list("title", flat=True)) == ["Ağ raporu.pdf", "ekran.png"]


def test_a_message_is_opened_from_the_inbox_and_read_by_that(page, live_server, around):
    log_in(page, around.officer, live_server.url)
    page.goto("/inbox/")
    page.get_by_role("link", name=f"{around.ticket.number} üzerine yeni bir not yazıldı.").click()
    page.wait_for_url(f"**{around.ticket.get_absolute_url()}")
    assert inbox.unread_count(around.officer) == 1


def test_a_harmless_picture_is_drawn_and_nothing_in_it_runs(page, live_server, around):
    log_in(page, around.officer, live_server.url)
    with transaction.atomic():
        document = case_files.attach(around.ticket, around.officer, upload(png(), "ekran.png"))
    response = page.goto(f"/files/{document.pk}/1/?show")
    assert response.headers["content-type"] == "image/png"
    assert page.evaluate("document.images.length") == 1
