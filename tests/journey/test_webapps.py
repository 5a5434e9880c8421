"""A letter about three users from its registration to the numbered answer, then the application's own list; in the browser.

With SBS_PICTURES=1 the pages on the way are kept in docs/pictures/.
"""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import transaction
from django.utils import timezone

from accounts.roles import Role
from ebys.models import LetterTemplate, OutgoingLetter
from ebys.reference import load_templates
from ebys.workflow import outgoing
from tests.accounts.people import employee, institution, person
from tests.journey.browsers import DESK, PHONE, picture, signed_in_page
from tests.processes.sheets import load
from webapps import reviewing
from webapps.demo import APPLICATIONS, _application
from webapps.models import AccessRequest, Application, Authority, Difference, RequestLine, Standing, State

AXE = Axe()
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


class Office:
    """Who plays, and the application the letter is about."""

    def __init__(self) -> None:
        load()
        load_templates()
        self.hospital = institution(name="Örnekova Devlet Hastanesi")
        self.lead = person(Role.IT_LEAD, first_name="Deniz", last_name="Akın")
        self.head = person(
            Role.REQUESTING_UNIT_HEAD, first_name="Sevgi", last_name="Uslu", institution=self.hospital
        )
        self.chief = person(Role.UNIT_HEAD, first_name="Kerem", last_name="Aydın")
        for row in APPLICATIONS[:5]:
            _application(*row)
        self.application = Application.objects.get(code="CIHAZ")
        names = (("Aslı", "Güneş"), ("Emre", "Kılıç"), ("Işıl", "Öztürk"), ("Murat", "Şahin"))
        self.staff = [
            employee(self.hospital, first_name=first, last_name=last, registry_no=f"P9000{place}")
            for place, (first, last) in enumerate(names, start=1)
        ]


@pytest.fixture
def office(transactional_db: None) -> Office:
    """The catalogue in force, an application with its check list, and who plays."""
    with transaction.atomic():
        return Office()


def sent(page: Any) -> None:
    """Send the form of the step that is open."""
    page.click(".next form[action*='/steps/'] button[type=submit]")
    page.wait_for_selector(".toast--success")


def sound(page: Any) -> None:
    """Nothing for axe to find, in light and in dark, and no sideways scrolling on a phone."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found = AXE.run(page, options=RULES).response["violations"]
        assert [(rule["id"], rule["nodes"][0]["html"][:160]) for rule in found] == [], scheme
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.set_viewport_size(DESK)


def registered(letter: OutgoingLetter, office: Office) -> None:
    """The answer goes through approval to EBYS and comes back with its number."""
    OutgoingLetter.objects.filter(pk=letter.pk).update(signatory_name="Dr. Deneme Örnek")
    with transaction.atomic():
        letter = outgoing.approve(letter, by=office.chief)
        letter = outgoing.hand_over(letter, by=office.lead)
        outgoing.register(letter, by=office.lead, number="E-1-708.03-42", dated=timezone.localdate())


def test_a_letter_with_three_users_and_the_applications_own_list(
    live_server: Any, chromium: Any, office: Office, tmp_path: Any
) -> None:
    page = signed_in_page(chromium, live_server.url, office.lead)

    # 5.3.7.1: the lead registers the letter; two users are typed, one is pasted.
    page.goto("/new/?subprocess=5.3.7")
    page.select_option("[name=application]", str(office.application.pk))
    page.fill("[name=title]", "Tıbbi cihaz envanteri kullanıcıları")
    for place, who in enumerate(office.staff[:2]):
        page.fill(f"[name=lines-{place}-who_text]", who.registry_no or "")
        page.fill(f"[name=lines-{place}-role]", "VERI" if place == 0 else "GORUNTU")
    page.fill("textarea[name=lines]", f"{office.staff[2].full_name}\tTanımlama\tGörüntüleyici")
    page.select_option("[name=channel]", "letter")
    page.fill("[name=applicant_text]", office.head.full_name)
    page.click(".picker__list:visible [role=option]")
    sound(page)
    picture(page, "webapps-new", both=True)
    page.click("button:has-text('Kaydet') >> nth=0")
    page.wait_for_url("**/cases/**")
    asked = AccessRequest.objects.get()
    assert asked.lines_total == 3

    # 5.3.7.2: everything is met but the training of the first user.
    boxes = page.locator(".next [name=met]")
    for place in range(boxes.count()):
        boxes.nth(place).check()
    page.locator(".next label:has-text('eğitimini')").click()
    sound(page)
    picture(page, "webapps-evaluate", both=True)
    sent(page)

    # 5.3.7.3 and 5.3.7.4.
    assert "Kullanıcının uygulama eğitimi belgesi sunulmamıştır." in page.content()
    sent(page)
    page.fill(".next [name=evidence]", "Uygulama ekranından doğrulandı.")
    sound(page)
    picture(page, "webapps-perform")
    sent(page)
    standings = RequestLine.objects.order_by("position").values_list("standing", flat=True)
    assert list(standings) == [Standing.REFUSED, Standing.DONE, Standing.DONE]
    assert Authority.objects.open().count() == 2

    # 5.3.7.6: the answer letter with one line for each user; its number closes the request.
    template = LetterTemplate.objects.get(subprocess__number="5.3.7", step_key="inform")
    page.goto(f"/letters/outgoing/new/?case={asked.number}")
    page.check(f"[name=template][value='{template.pk}']")
    page.click("main form button[type=submit]")
    page.wait_for_url("**/letters/outgoing/**")
    letter = OutgoingLetter.objects.get()
    assert all(who.full_name in letter.body for who in office.staff[:3])
    registered(letter, office)
    page.goto(asked.get_absolute_url())
    assert "E-1-708.03-42" in page.content()
    picture(page, "webapps-closed", both=True)
    asked.refresh_from_db()
    assert asked.state == State.CLOSED

    # The application's own list knows one user too many and one too few.
    listed = office.staff[1]
    path = tmp_path / "kullanicilar.csv"
    path.write_text(
        "Sicil No;Ad Soyad;Rol\n"
        f"{listed.registry_no};{listed.full_name};GORUNTU\n"
        f"{office.staff[3].registry_no};{office.staff[3].full_name};VERI\n",
        encoding="utf-8",
    )
    page.goto(office.application.get_absolute_url())
    page.click("a[href*='application-users']")
    page.set_input_files("[name=file]", str(path))
    page.click("main form button[type=submit]")
    page.wait_for_url("**/imports/application-users/*/")
    sound(page)
    picture(page, "webapps-comparison-preview", both=True)
    page.click(".columns__aside form button.button--main")
    page.wait_for_url("**/reconciliations/**")
    sound(page)
    picture(page, "webapps-reconciliation", both=True)
    page.click("tr:has-text('Murat') button[value=case]")
    page.wait_for_selector(".toast--success")
    page.fill("tr:has-text('Işıl') input[name=reason]", "Bakanlık kapattı.")
    page.click("tr:has-text('Işıl') button[value=accept]")
    page.wait_for_selector(".toast--success")
    assert not Difference.objects.filter(settlement="").exists()

    # Who has access, the matrix, a review, the reports.
    for name, address in (
        ("webapps-access", "/access/"),
        ("webapps-matrix", f"/applications/{office.application.pk}/matrix/"),
        ("webapps-application", f"/applications/{office.application.pk}/"),
        ("webapps-reports", "/reports/5.3.7/"),
    ):
        page.goto(address)
        sound(page)
        picture(page, name, both=name == "webapps-matrix")


def test_a_unit_head_asks_in_the_portal_and_reviews(live_server: Any, chromium: Any, office: Office) -> None:
    page = signed_in_page(chromium, live_server.url, office.head)

    # Without the script's help: more rows, then the request.
    page.goto("/new/?subprocess=5.3.7")
    page.select_option("[name=application]", str(office.application.pk))
    rows = page.locator("[data-user-row]:visible")
    shown = rows.count()
    page.click("[data-user-rows-more]")
    assert rows.count() == shown + 1
    page.fill("[name=lines-0-who_text]", "Emre Kı")
    page.click(".picker__list [role=option]")
    page.fill("[name=lines-0-role]", "GORUNTU")
    page.click("button:has-text('Gönder')")
    page.wait_for_url("**/cases/**")
    asked = AccessRequest.objects.get()
    assert (asked.applicant, asked.lines.get().employee) == (office.head, office.staff[1])

    with transaction.atomic():
        from tests.webapps.conftest import keys
        from webapps import workflow

        asked = workflow.evaluate(asked, by=office.lead, all_met=True)
        workflow.perform(asked, by=office.lead, done=keys(asked), evidence="Ekran")
        campaign = reviewing.begin(
            by=office.lead,
            title="Yıllık gözden geçirme",
            applications=[office.application],
            deadline=timezone.localdate(),
            reviewer=office.lead,
        )

    page.goto("/reviews/")
    page.click("main .tile")
    page.check("[data-tick]")
    page.select_option("#review-decision", "remove")
    page.fill("#review-reason", "Görevi değişti.")
    sound(page)
    picture(page, "webapps-review", both=True)
    page.click("#bulk button[type=submit]")
    page.wait_for_selector(".toast--success")

    # The unit's own pages about it.
    lead = signed_in_page(chromium, live_server.url, office.lead)
    for address in (
        "/applications/",
        "/reviews/",
        "/reviews/new/",
        campaign.get_absolute_url(),
        f"/imports/application-users/?scope={office.application.pk}",
        "/reconciliations/",
        f"/access/people/{office.staff[1].pk}/",
    ):
        lead.goto(address)
        sound(lead)
    lead.goto(campaign.get_absolute_url())
    picture(lead, "webapps-review-progress", both=True)
    lead.emulate_media(color_scheme="dark")
    lead.goto("/access/")
    picture(lead, "webapps-access-dark")

    with transaction.atomic():
        reviewing.finish(campaign, by=office.lead)
    assert AccessRequest.objects.filter(origin="review").count() == 1
