"""From the Ministry's document to the signed version and the public page: five people in the browser.

With SBS_PICTURES=1 the pages on the way are kept in docs/pictures/.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import transaction
from django.utils import timezone

from accounts.models import Institution, InstitutionKind, User
from accounts.roles import Role
from ebys.models import OutgoingLetter
from ebys.reference import load_templates
from ebys.workflow import outgoing
from security_docs.models import Announcement, Compliance, Document, Reading, State, Version, VersionState
from security_docs.services import documents, versions
from tests.accounts.people import institution, person
from tests.journey.browsers import DESK, PHONE, picture, signed_in_page
from tests.processes.sheets import load

AXE = Axe()
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
OLD = (
    "1. Amaç\n\nBu prosedürün amacı parolaların korunmasıdır.\n\n2. Kurallar\n\n"
    "2.1 Parolalar en az sekiz karakterdir.\n\n2.2 Parola kimseyle paylaşılmaz.\n\n"
) + "\n\n".join(f"2.{place} " + "Kuralın açıklaması burada yer alır. " * 18 for place in range(3, 10))


class Office:
    """Who plays, and the procedure in force before the Ministry writes."""

    def __init__(self) -> None:
        load()
        load_templates()
        self.ministry = institution(InstitutionKind.MINISTRY, name="Sağlık Bilgi Sistemleri Genel Müdürlüğü")
        self.hospital: Institution = institution(name="Örnekova Devlet Hastanesi")
        self.lead: User = person(Role.HIS_LEAD, first_name="Ayşegül", last_name="Yıldırım")
        self.officer: User = person(Role.HIS_OFFICER, first_name="Burak", last_name="Çetin")
        self.chief: User = person(Role.UNIT_HEAD, first_name="Nermin", last_name="Karaoğlan")
        self.reader: User = person(
            Role.REQUESTING_STAFF, first_name="Zeynep", last_name="Ağaoğlu", institution=self.hospital
        )
        self.document: Document = documents.enter(
            by=self.officer,
            number="BG-PR-01",
            title="Parola Yönetimi Prosedürü",
            kind="procedure",
            classification="public",
            owner=self.lead,
        )
        documents.add_readers(self.document, by=self.officer, kind="institution", institution=self.hospital)
        first = versions.begin(self.document, by=self.officer, change_note="İlk sürüm.", body=OLD)
        first = versions.submit(first, by=self.officer, approvers=[self.chief])
        versions.publish(versions.agree(first, by=self.chief, sha256=first.sha256), by=self.lead)


@pytest.fixture
def office(transactional_db: None) -> Office:
    with transaction.atomic():
        return Office()


def sound(page: Any) -> None:
    """Nothing for axe to find, in light and in dark, and no sideways scrolling on a phone."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found = AXE.run(page, options=RULES).response["violations"]
        assert [(rule["id"], rule["nodes"][0]["html"][:160]) for rule in found] == [], scheme
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], page.url
    page.set_viewport_size(DESK)


def send(page: Any) -> None:
    """Send the page's own form and see that it was done."""
    page.click("main .form__buttons button[type=submit]")
    page.wait_for_selector(".toast--success")


def step(page: Any, **fields: str) -> None:
    """Fill in the step whose form is open and take it."""
    for name, value in fields.items():
        page.fill(f".next [name={name}]", value)
    page.click(".next form[action*='/steps/'] button[type=submit]")
    page.wait_for_selector(".toast--success")


def test_a_notified_document_is_evaluated_revised_announced_and_read(
    chromium: Any, live_server: Any, office: Office
) -> None:
    officer, lead, chief = (
        signed_in_page(chromium, live_server.url, one) for one in (office.officer, office.lead, office.chief)
    )

    # 5.3.1.1: the officer registers what the Ministry sent.
    officer.goto("/new/?subprocess=5.3.1")
    officer.fill("[name=title]", "Parola politikası uyum dokümanı")
    officer.fill("[name=applicant_institution_text]", office.ministry.name)
    officer.fill("[name=source_number]", "E-10000000-708.01-1200")
    officer.fill("[name=clauses]", "4.1 Parolalar en az on iki karakterdir.\n4.2 Parola kasası kullanılır.")
    officer.click("main form button[type=submit] >> nth=0")
    officer.wait_for_url("**/cases/**")
    case = Compliance.objects.get()

    # 5.3.1.2: the lead judges each clause; before that the step is held.
    lead.goto(case.get_absolute_url())
    assert "4.1" in lead.inner_text(".next .notice--soon")
    for clause, verdict in zip(case.clauses.order_by("pk"), ("applies", "partly"), strict=True):
        lead.goto(f"{case.get_absolute_url()}clauses/{clause.pk}/")
        lead.check(f"[name=verdict][value={verdict}]")
        if verdict == "partly":
            lead.fill("[name=reason]", "Kasa yalnızca müdürlükte var.")
            lead.fill("[name=gap]", "Hastanelerde parola kasası")
            lead.fill("[name=owner_text]", office.officer.full_name)
            lead.fill("[name=due_on]", f"{timezone.localdate() + timedelta(days=30):%Y-%m-%d}")
        send(lead)
    sound(lead)
    picture(lead, "security-clauses")
    lead.goto(case.get_absolute_url())
    step(lead, finding="Parola uzunluğu on ikiye çıkarılacak.")

    # 5.3.1.3: the officer writes the next version, the unit head approves it, the lead puts it in force.
    officer.goto(case.get_absolute_url())
    officer.goto(f"/documents/{office.document.pk}/new-version/?case={case.number}")
    officer.fill("[name=change_note]", "Parola uzunluğu on ikiye çıkarıldı.")
    body = officer.input_value("[name=body]").replace("sekiz karakterdir", "on iki karakterdir")
    officer.fill("[name=body]", body)
    send(officer)
    version = Version.objects.get(number=2)
    officer.goto(f"{version.get_absolute_url()}move/submit/")
    officer.fill("[name=first_text]", office.chief.full_name)
    send(officer)
    officer.goto(f"{version.get_absolute_url()}compare/1/")
    assert officer.inner_text("ins") == "on iki"
    sound(officer)
    picture(officer, "security-compare", both=True)
    chief.goto(f"{version.get_absolute_url()}move/agree/")
    send(chief)
    lead.goto(f"{version.get_absolute_url()}move/publish/")
    send(lead)
    sound(lead)
    lead.goto(case.get_absolute_url())
    step(lead, preparation="Prosedürün ikinci sürümü hazırlandı.")

    # 5.3.1.4: refused until the page is published and the letter registered.
    assert "EBYS" in lead.inner_text(".next .notice--soon")
    sound(lead)
    picture(lead, "security-announce")
    lead.goto(f"/announcements/new/?case={case.number}")
    lead.fill("[name=title]", "Parola Yönetimi Prosedürü yenilendi")
    lead.fill(
        "[name=text]", "Prosedürün ikinci sürümü yürürlüktedir.\n\n- Parolalar en az on iki karakterdir."
    )
    lead.select_option("[name=document_version]", str(version.pk))
    send(lead)
    announcement = Announcement.objects.get()
    lead.goto(f"{announcement.get_absolute_url()}publish/")
    send(lead)
    lead.goto(f"{case.get_absolute_url()}announcement-letter/")
    lead.check(f"[name=kinds][value={InstitutionKind.STATE_HOSPITAL}]")
    send(lead)
    registered(OutgoingLetter.objects.get(), office)
    case.refresh_from_db()
    assert case.state == State.ANNOUNCED

    # The reader goes through every page with the keyboard alone and signs.
    reader = signed_in_page(chromium, live_server.url, office.reader)
    reading = Reading.objects.get(user=office.reader, version=version)
    reader.goto("/readings/")
    sound(reader)
    reader.goto(f"/readings/{reading.pk}/1/")
    sound(reader)
    picture(reader, "security-reading", both=True)
    for _page in range(version.page_count or Version.objects.get(pk=version.pk).page_count):
        reader.focus(".reading-turn button")
        reader.keyboard.press("Enter")
        reader.wait_for_load_state()
    reader.wait_for_url("**/sign/")
    sound(reader)
    reader.focus("[name=is_read]")
    reader.keyboard.press("Space")
    reader.keyboard.press("Tab")
    reader.keyboard.press("Enter")
    reader.wait_for_selector(".toast--success")
    reading.refresh_from_db()
    assert reading.signed_hash == Version.objects.get(pk=version.pk).sha256

    # The proof, the register, and the public page without logging in.
    lead.goto(f"{version.get_absolute_url()}proof/")
    assert office.reader.full_name in lead.inner_text("main")
    sound(lead)
    picture(lead, "security-proof", both=True)
    lead.goto(office.document.get_absolute_url())
    sound(lead)
    picture(lead, "security-document")
    for address in ("/documents/", version.get_absolute_url(), "/reports/5.3.1/", "/announcements/"):
        lead.goto(address)
        sound(lead)
    visitor = chromium.new_context(base_url=live_server.url, locale="tr-TR", viewport=DESK).new_page()
    for address in ("/duyurular/", announcement.public_url):
        visitor.goto(address)
        assert "Parola Yönetimi Prosedürü yenilendi" in visitor.inner_text("main")
        sound(visitor)
    picture(visitor, "security-public", both=True)
    assert Version.objects.get(number=1).state == VersionState.RETIRED


def registered(letter: OutgoingLetter, office: Office) -> None:
    """The letter goes through approval to EBYS and comes back with its number."""
    OutgoingLetter.objects.filter(pk=letter.pk).update(signatory_name="Dr. Deneme Örnek")
    with transaction.atomic():
        approved = outgoing.approve(OutgoingLetter.objects.get(pk=letter.pk), by=office.chief)
        handed = outgoing.hand_over(approved, by=office.officer)
        outgoing.register(
            handed, by=office.officer, number="E-20000000-708.01-55", dated=timezone.localdate()
        )
