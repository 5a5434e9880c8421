"""A hospital's letter from EBYS to the registered answer: three people in the browser, EBYS over HTTP.

With SBS_PICTURES=1 the pages on the way are kept in docs/pictures/; those before by test_every_page.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.demo import build_people, current_code
from accounts.models import Institution, InstitutionKind, User
from config.env import CHECKOUT
from ebys import eyp
from ebys.models import OutgoingLetter, Scope
from ebys.reference import load_templates
from helpdesk.models import AnswerChannel, State, Ticket
from tests.ebys.api.calling import account, committed, key_of
from tests.journey.browsers import DESK, PICTURES, picture
from tests.processes.sheets import load

PACKAGE = CHECKOUT / "tests/data/eyp/sample-v2.eyp"
PASSWORD = "sbs-deneme-2026"


@pytest.fixture
def office(transactional_db: None) -> None:
    """Catalogue, people with second factors, templates, and the institution the letter comes from."""
    load()
    build_people()
    with PACKAGE.open("rb") as file:
        sender = eyp.read(file).creator
    committed(
        lambda: Institution.objects.create(
            name=sender.name,
            name_dative="CUMHURBAŞKANLIĞI DİJİTAL DÖNÜŞÜM OFİSİNE",
            kind=InstitutionKind.MINISTRY,
            detsis_no=sender.detsis,
        )
    )
    load_templates()


@pytest.fixture
def key(office: None) -> str:
    """EBYS's key."""
    _key, text = key_of(account(), list(Scope.values))
    return text


@pytest.fixture
def sign_in(chromium: Any, live_server: Any, office: None) -> Iterator[Callable[..., Any]]:
    """A person's own browser, logged in by password and code through the pages."""
    contexts = []

    def enter(username: str, **options: Any) -> Any:
        context = chromium.new_context(
            base_url=live_server.url, locale="tr-TR", timezone_id="Europe/Istanbul", viewport=DESK, **options
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.goto("/login/")
        page.fill("[name=username]", username)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_selector("[name=code]")
        page.fill("[name=code]", current_code(User.objects.get(username=username)))
        page.press("[name=code]", "Enter")
        page.wait_for_selector("#menu")
        return page

    yield enter
    for context in contexts:
        context.close()


def take(page: Any, **fields: str) -> None:
    """Fill in the step whose form is open and send it."""
    for name, value in fields.items():
        page.fill(f".next [name={name}]", value)
    page.click(".next form[action*='/steps/'] button[type=submit]")
    page.wait_for_selector(".toast--success")


def delivered(address: str, key: str) -> dict[str, Any]:
    """The package as EBYS posts it: multipart, with its key and an Idempotency-Key."""
    boundary = "----sbs"
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="package"; filename="yazi.eyp"\r\n\r\n'
    body = head.encode() + PACKAGE.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
    request = urllib.request.Request(
        f"{address}/api/v1/incoming-letters/",
        body,
        {
            "Authorization": f"Bearer {key}",
            "Idempotency-Key": "yolculuk-1",
            "Content-Type": f"multipart/form-data; boundary={boundary}",
        },
    )
    with urllib.request.urlopen(request) as answer:
        assert answer.status == 201
        told: dict[str, Any] = json.load(answer)
        return told


def test_a_letter_becomes_a_case_is_worked_answered_and_closed(
    live_server: Any, key: str, sign_in: Callable[..., Any], tmp_path: Path
) -> None:
    letter = delivered(live_server.url, key)
    assert letter["subject"] == "e-Yazışma Test Paketi"

    # The officer opens the letter and the case.
    officer = sign_in("bilgi.islem1")
    officer.goto("/letters/incoming/")
    officer.click("text=e-Yazışma Test Paketi")
    assert officer.locator("text=İmza doğrulaması yapılmadı").count() > 0
    officer.evaluate("document.querySelectorAll('details.letter-other').forEach(one => one.open = true)")
    officer.select_option("#route-to", "5.3.6")
    officer.click("#route-to >> xpath=ancestor::form >> css=button[type=submit]")
    officer.wait_for_load_state()
    ticket = Ticket.objects.get()
    case = ticket.get_absolute_url()

    # 5.3.6.2 by the officer, 5.3.6.3 by the lead, who puts something on the supply list.
    officer.goto(case)
    take(officer, finding="Kenar anahtarın güç kaynağı arızalı.")
    lead = sign_in("bilgi.islem.sorumlusu")
    lead.goto(case)
    lead.fill(".supplies__add [name=name]", "Güç kaynağı")
    lead.click(".supplies__add button")
    lead.wait_for_selector("text=1 × Güç kaynağı")
    take(lead, way="Güç kaynağı yenisiyle değiştirilecek.")

    # 5.3.6.4: the supply list holds the step until the thing has arrived.
    officer.goto(case)
    assert "Güç kaynağı" in officer.inner_text(".next .notice--soon")
    officer.click(".supplies button[value=received]")
    officer.wait_for_load_state()
    take(officer, note="Depodan karşılandı.")

    # 5.3.6.5 twice: the lead directs, the officer solves.
    lead.goto(case)
    lead.select_option("[name=assignee]", str(User.objects.get(username="bilgi.islem1").pk))
    take(lead)
    officer.goto("/")
    assert ticket.number in officer.inner_text("main")
    officer.goto(case)
    picture(officer, "case", both=True)
    take(officer, solution="Güç kaynağı değiştirildi, bütün uçların ağa çıktığı görüldü.")

    # 5.3.6.6: the answer is drafted, approved by the unit head, registered by EBYS; the case closes by itself.
    officer.goto(f"{case}?tab=letters")
    officer.click(".columns__main a[href*='/letters/outgoing/new/']")
    officer.wait_for_selector("[name=template]")
    officer.click("[name=template] >> nth=0")
    officer.click("main form button[type=submit]")
    officer.wait_for_load_state()
    officer.wait_for_url("**/letters/outgoing/**")
    answer = OutgoingLetter.objects.get()
    picture(officer, "answer")
    head = sign_in("birim.sorumlusu")
    head.goto(answer.get_absolute_url())
    head.click("form[action$='/approve/'] button")
    head.wait_for_load_state()
    call_command(
        "ebys_client",
        "--url",
        live_server.url,
        "--key",
        key,
        "play",
        "--into",
        str(tmp_path),
        stdout=StringIO(),
    )

    ticket.refresh_from_db()
    answer.refresh_from_db()
    assert answer.official_number
    assert answer.dated == timezone.localdate()
    assert (ticket.state, ticket.answer_channel) == (State.CLOSED, AnswerChannel.LETTER)
    steps = list(ticket.runs.order_by("entered_at", "id").values_list("step__number", "outcome"))
    assert [number for number, _outcome in steps] == [
        "5.3.6.1", "5.3.6.2", "5.3.6.3", "5.3.6.4", "5.3.6.5", "5.3.6.5", "5.3.6.6",
    ]  # fmt: skip
    assert {outcome for _number, outcome in steps} == {"done"}
    officer.goto(f"{case}?tab=trail")
    trail = officer.inner_text(".timeline--trail")
    assert "Güç kaynağı değiştirildi" in trail
    picture(officer, "trail")


def test_the_pictures_stand_in_the_documentation() -> None:
    """README shows these; they are made by this journey."""
    wanted = {"case.png", "home.png", "letter.png", "letters.png", "answer.png", "trail.png"}

    assert wanted <= {path.name for path in PICTURES.glob("*.png")}
