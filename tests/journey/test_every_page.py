"""Every page of the portal in a real browser, for everybody who may open it.

The addresses come from the URL conf, so a new page without a sample here fails. What a page has to keep: no 5xx, one
h1, nothing on the console (the security policy speaks there), no sideways scrolling on a phone, and nothing for axe to
find in light and in dark. What Swagger draws on the page for programmers is its own, and left out of axe.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import get_resolver, reverse
from playwright.sync_api import Error

from accounts.demo import PASSWORD
from accounts.models import User
from config.demo import build
from ebys.models import IncomingLetter, IncomingState
from ebys.reference import load_templates
from helpdesk.models import State, Ticket
from processes.imports import importer_for, machine
from processes.models import SavedView
from processes.services import files, insiders, views
from tests.config.test_access import names
from tests.journey.addresses import (
    APART,
    HEAD,
    LEAD,
    NOBODYS,
    NOT_PAGES,
    OFFICER,
    ONLY_FORMS,
    PATIENTS_SIDE,
    SAMPLES,
    admin_pages,
    choose_password,
    pages,
    someone,
)
from tests.journey.browsers import DESK, PHONE, picture, signed_in_page
from tests.processes.sheets import load

PEOPLE = (HEAD, LEAD, OFFICER, PATIENTS_SIDE)
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OURS = {"runOnly": [*WCAG, "best-practice"]}
# Headings and landmarks of the stock admin are Django's; what keeps a person from using a page is asked of it too.
STOCK = {"runOnly": WCAG}
# Only colours differ between light and dark.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
AXE = Axe().axe_script
# Colours are looked at once they have stopped changing: what is on its way to them is taken to its end, and what that
# sets going as well. What has no end (a spinner) is left alone.
RUN = """options => {
    const moving = () => document.getAnimations().filter(one =>
        one.playState === "running" && one.effect.getComputedTiming().endTime !== Infinity);
    for (let all = moving(); all.length; all = moving()) all.forEach(one => one.finish());
    return axe.run({exclude: [["#swagger-ui"]]}, options).then(found => found.violations);
}"""

STAFF_LIST = (
    "Sicil No;Ad;Soyad;E-posta;Not\nY1;Işıl;Öz;i@ornek.example;\nP00001;Abdullah;Akdeniz;;\nY2;;Boş;;\n"
)


@pytest.fixture
def province(transactional_db: None) -> None:
    """The invented province, small, with a file, a saved view and a message of each kind."""
    load()
    load_templates()
    with transaction.atomic():
        build(cases=24)
    officer, head = User.objects.get(username=OFFICER), User.objects.get(username=HEAD)
    ticket = Ticket.objects.filter(state=State.REPORTED).latest("pk")
    files.attach(ticket, head, SimpleUploadedFile("tutanak.txt", "Yerinde görüldü.".encode()))
    for list_name, query in (("cases", "due=overdue"), ("letters-incoming", "state=unrouted")):
        views.save(officer, list_name, "Sabah bakılacaklar", query, shared=True)
    secret = Ticket.objects.filter(state=State.ASSESSED).earliest("pk")
    Ticket.objects.filter(pk=secret.pk).update(is_confidential=True)
    insiders.admit(Ticket.objects.get(pk=secret.pk), officer, by=head, reason="Kayıtları inceleyecek")
    place = someone().institution
    machine.take_in(
        importer_for("staff", officer),
        BytesIO(STAFF_LIST.encode()),
        "personel.csv",
        scope=str(place.pk),
        by=officer,
    )
    assert SavedView.objects.count() == 2


class Visitor:
    """A person's browser that notes what is wrong with each page."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.opened: list[str] = []
        self.wrong: list[str] = []
        self.said: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.said.append(str(error)))

    def _heard(self, message: Any) -> None:
        # That the page itself was refused or not found is its status, not a fault of the page; for an answer that
        # is no page (JSON) the browser asks for an icon of its own accord. Word of a refused address may come when the
        # next one is already being opened.
        own = (*self.opened, "/favicon.ico")
        refused = "status of 405" in message.text
        if message.type == "error" and not refused and not message.location["url"].endswith(own):
            self.said.append(message.text)

    def open(self, address: str) -> bool:
        """Open a page on the phone; whether it is a page this person may read."""
        self.opened.append(address)
        self.said.clear()
        try:
            answer = self.page.goto(address)
        except Error:  # an answer without a body, as that to a form's address
            answer = self.page.request.get(address)
        if answer.status >= 500:
            self.wrong.append(f"{address}: {answer.status}")
        if answer.status == 405 or "text/html" not in answer.headers.get("content-type", ""):
            return False
        heads, width = self.page.evaluate(
            "[document.querySelectorAll('h1:not(#swagger-ui *)').length, document.documentElement.scrollWidth]"
        )
        if heads != 1:
            self.wrong.append(f"{address}: {heads} h1")
        if width > PHONE["width"]:
            self.wrong.append(f"{address}: {width} px wide on a phone")
        self.wrong += [f"{address}: {said}" for said in self.said]
        return answer.status < 400

    def examine(self, address: str, rules: dict[str, Any]) -> None:
        """What axe finds on the open page, in light and in dark."""
        self.page.set_viewport_size(DESK)
        self.page.evaluate(AXE)
        for scheme, options in (("light", rules), ("dark", COLOURS)):
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found = self.page.evaluate(RUN, {**options, "resultTypes": ["violations"]})
            self.wrong += [
                f"{address} ({scheme}): {rule['id']}: {node['html'][:140]}"
                for rule in found
                for node in rule["nodes"]
            ]
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size(PHONE)


def take_pictures(visitor: Visitor) -> None:
    """An officer's morning in the invented province, for the documentation."""
    letter = IncomingLetter.objects.filter(state=IncomingState.UNROUTED).earliest("pk").get_absolute_url()
    for name, address in (
        ("home", f"{reverse('home')}?tab=unit"),
        ("letters", reverse("letters-incoming")),
        ("letter", letter),
    ):
        visitor.open(address)
        picture(visitor.page, name, both=True)
        visitor.page.set_viewport_size(PHONE)


def test_every_page_is_sound_and_open_to_all_senses(chromium: Any, live_server: Any, province: None) -> None:
    ours, stock = pages(), admin_pages()
    wrong: list[str] = []
    examined: set[str] = set()
    for username in PEOPLE:
        user = User.objects.get(username=username)
        visitor = Visitor(signed_in_page(chromium, live_server.url, user, viewport=PHONE))
        if username == OFFICER:
            take_pictures(visitor)
        for address in [*ours, *(stock if username == HEAD else stock[:1])]:
            if visitor.open(address) and address not in examined:
                examined.add(address)
                visitor.examine(address, STOCK if address in stock else OURS)
        visitor.page.context.close()
        wrong += [f"{username} {complaint}" for complaint in visitor.wrong]

    assert wrong == []
    assert len(examined) > len(ours) // 2


def test_every_page_of_a_stranger_is_sound(chromium: Any, live_server: Any, province: None) -> None:
    context = chromium.new_context(base_url=live_server.url, locale="tr-TR", viewport=PHONE)
    visitor = Visitor(context.new_page())
    for address in (reverse("login"), next(choose_password()), "/yok/"):
        visitor.open(address)
        visitor.examine(address, OURS)
    visitor.open(reverse("login"))
    visitor.page.fill("[name=username]", OFFICER)
    visitor.page.fill("[name=password]", PASSWORD)
    visitor.page.press("[name=password]", "Enter")
    visitor.page.wait_for_selector("[name=code]")
    visitor.examine(reverse("login-code"), OURS)
    context.close()

    assert visitor.wrong == []


def test_every_address_with_an_object_has_a_sample() -> None:
    asked = {name for name, pattern in names(get_resolver()) if "<" in pattern and not name.startswith(APART)}

    assert asked - SAMPLES.keys() - NOT_PAGES - NOBODYS - ONLY_FORMS == set()
