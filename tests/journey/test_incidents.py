"""A breach in the browser: a stranger reports, the officer on call takes it on, the lead decides for both, the letter goes
to discipline, it is stopped, a barrier is put up, the reporter is told, and a sanction is recorded.

With SBS_PICTURES=1 the pages on the way are kept in docs/pictures/.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import transaction
from django.utils import timezone

from accounts.demo import build_people
from accounts.models import User
from accounts.queries import people_with_role
from accounts.roles import Role
from audit.context import signed_in
from incidents.models import Alert, Breach, State
from incidents.reference import load_checklists
from incidents.services import rota
from tests.journey.browsers import PHONE, PICTURES, picture, signed_in_page
from tests.processes.sheets import load

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.fixture
def people(transactional_db: None) -> dict[str, User]:
    """Catalogue, people, check lists, and a rota on which somebody is on call now."""
    load()
    build_people()
    head, lead = people_with_role(Role.UNIT_HEAD)[0], people_with_role(Role.HIS_LEAD)[0]
    officer = people_with_role(Role.HIS_OFFICER)[0]
    now = timezone.now()
    with transaction.atomic(), signed_in(head):
        load_checklists()
        rota.plan(
            by=head,
            officer=officer,
            deputy=lead,
            starts_at=now - timedelta(hours=1),
            ends_at=now + timedelta(days=1),
        )
    return {"head": head, "lead": lead, "officer": officer}


def sound(page: Any) -> None:
    """Nothing for axe to find on the open page."""
    found = Axe().run(page, options=WCAG).response["violations"]
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == []


def reported(chromium: Any, address: str) -> tuple[str, Any]:
    """A stranger's report on the phone, without scripts; the code, and the page."""
    context = chromium.new_context(
        base_url=address, locale="tr-TR", viewport=PHONE, java_script_enabled=False
    )
    page = context.new_page()
    page.goto("/ihlal-bildirimi/")
    page.fill("[name=title]", "Danışmada açık bırakılmış ekran")
    page.fill("[name=description]", "Hasta kabul ekranı öğle arasında açık ve başında kimse yoktu.")
    page.fill("[name=system]", "Örnekova Devlet Hastanesi, danışma")
    picture_of_phone(page, "breach-report-phone")
    page.click("button.button--main")
    code = page.inner_text(".code")
    return code, page


def picture_of_phone(page: Any, name: str) -> None:
    """A picture of the page as a phone shows it."""
    if os.environ.get("SBS_PICTURES"):
        page.screenshot(path=PICTURES / f"{name}.png")


def stand_of(page: Any, code: str) -> str:
    """What the status page says of a code."""
    page.goto("/ihlal-bildirimi/durum/")
    page.fill("[name=code]", code)
    page.click("button.button--main")
    return str(page.inner_text("[role=status] b"))


def step(page: Any, number: str, key: str, **values: str) -> None:
    """Take a step on its own page."""
    page.goto(f"/cases/{number}/steps/{key}/")
    for name, value in values.items():
        field = page.locator(f".next [name={name}]").first
        kind = field.evaluate("one => one.type || one.tagName")
        if kind == "radio":
            page.check(f".next [name={name}][value={value}]")
        elif kind.startswith("select"):
            field.select_option(value)
        else:
            field.fill(value)
    page.click(".next button[type=submit]")
    page.wait_for_load_state()
    assert page.locator(".form__errors").count() == 0, page.inner_text("main")


def settle(page: Any, number: str, phase: str) -> None:
    """Settle every mandatory task of a phase on the dossier."""
    breach = Breach.objects.get(number=number)
    for task in breach.tasks.filter(phase=phase, outcome="", is_mandatory=True, awaits=""):
        page.goto(f"/cases/{number}/dossier/")
        form = page.locator(f"form:has(input[name=row][value='{task.pk}'])").first
        form.evaluate("one => one.closest('details').open = true")
        form.locator("[name=note]").fill("Yapıldı.")
        form.locator("button[type=submit]").click()
        page.wait_for_load_state()


def test_from_a_strangers_report_to_the_sanction(
    chromium: Any, live_server: Any, people: dict[str, User]
) -> None:
    code, visitor = reported(chromium, live_server.url)
    breach = Breach.objects.get()
    number = breach.number
    assert stand_of(visitor, code) == "Alındı"

    officer = signed_in_page(chromium, live_server.url, people["officer"])
    officer.goto("/breaches/alerts/")
    picture(officer, "breach-alerts")
    officer.click("text=Gördüm, üstleniyorum")
    assert Alert.objects.get().acknowledged_by == people["officer"]

    lead = signed_in_page(chromium, live_server.url, people["lead"])
    category = str(Breach.objects.model.category.field.related_model.objects.get(name="Erişim ihlali").pk)
    step(
        lead, number, "decide",
        decision="both", decision_reason="Parola paylaşılmış.", category=category, level="A", personal_data="yes",
    )  # fmt: skip
    assert stand_of(visitor, code) == "İnceleniyor"
    step(lead, number, "refer", referral_number="E-1-708-5", referral_date=timezone.localdate().isoformat())

    settle(officer, number, "contain")
    step(officer, number, "contain", note="Hesap kapatıldı, kayıtlar alındı.")
    settle(officer, number, "prevent")
    step(
        officer, number, "prevent",
        barrier="İkinci doğrulama zorunlu kılındı.",
        owner=str(people["officer"].pk),
        verify_on=(timezone.localdate() + timedelta(days=30)).isoformat(),
    )  # fmt: skip
    officer.goto(f"/cases/{number}/")
    picture(officer, "breach-case", both=True)
    assert "adli makama" in officer.inner_text("main")
    settle(officer, number, "close")
    tell_the_board(officer, number)
    sound(officer)
    refused(officer, number)
    sanction(officer, number)
    court_may_take_years(lead, number)
    sound(lead)
    step(officer, number, "inform", answer_channel="status_page", answer_note="Durum sayfasında bildirildi.")
    assert Breach.objects.get().state == State.CLOSED
    assert stand_of(visitor, code) == "Sonuçlandı"
    assert breach.title not in visitor.content()
    visitor.context.close()

    assert Breach.objects.get().sanctions.get().decided_by == "Disiplin Kurulu"
    lead.goto("/breaches/follow-ups/")
    assert "Adli sürecin sonucunu kaydet" in lead.inner_text("main")
    pictures(lead, number)


def tell_the_board(page: Any, number: str) -> None:
    """Record the notice to the Board on the dossier."""
    page.goto(f"/cases/{number}/dossier/")
    form = page.locator("form[action$='/notice/']")
    form.evaluate("one => one.closest('details').open = true")
    form.locator("[name=way]").fill("Kurulun ihlal bildirim formu")
    form.locator("[name=summary]").fill("Olayın niteliği ve alınan önlemler bildirildi.")
    picture(page, "breach-dossier", both=True)
    form.locator("button[type=submit]").click()
    page.wait_for_load_state()


def sanction(page: Any, number: str) -> None:
    """Record the sanction."""
    page.goto(f"/cases/{number}/dossier/")
    form = page.locator("form[action$='/sanction/']")
    form.evaluate("one => one.closest('details').open = true")
    form.locator("[name=decided_by]").fill("Disiplin Kurulu")
    form.locator("[name=decided_on]").fill(timezone.localdate().isoformat())
    form.locator("[name=concludes]").select_option("discipline")
    form.locator("button[type=submit]").click()
    page.wait_for_load_state()


def refused(page: Any, number: str) -> None:
    """Closing is refused while nobody has recorded what came of the decision; the sentence says so."""
    page.goto(f"/cases/{number}/steps/inform/")
    assert "Disiplin soruşturmasının sonucunu kaydet" in page.inner_text("main")


def court_may_take_years(page: Any, number: str) -> None:
    """The lead lets it be closed before the court has ruled."""
    page.goto(f"/cases/{number}/dossier/")
    form = page.locator("form[action$='/sanction-later/']").first
    form.evaluate("one => one.closest('details').open = true")
    form.locator("[name=due_on]").fill((timezone.localdate() + timedelta(days=200)).isoformat())
    form.locator("[name=reason]").fill("Dava sürüyor.")
    picture(page, "breach-sanction-awaited")
    form.locator("button[type=submit]").click()
    page.wait_for_load_state()


def pictures(page: Any, number: str) -> None:
    """The register, the report, the case in the dark and in English."""
    for name, address in (("breach-register", "/breaches/"), ("breach-report", "/reports/5.3.2/")):
        page.goto(address)
        sound(page)
        picture(page, name)
    page.emulate_media(color_scheme="dark")
    page.goto(f"/cases/{number}/")
    picture(page, "breach-case-dark")
    page.emulate_media(color_scheme="light")
    page.locator(".top__tools summary").last.click()
    page.click("text=English")
    page.goto(f"/cases/{number}/dossier/")
    assert page.locator("h2", has_text="Evidence").count() == 1
    picture(page, "breach-dossier-english")


def test_the_pages_around_a_breach_are_open_to_all_senses(
    chromium: Any, live_server: Any, people: dict[str, User]
) -> None:
    page = signed_in_page(chromium, live_server.url, people["lead"])
    for address in ("rota", "rota/pattern", "alerts", "follow-ups", "plan", "mine"):
        page.goto(f"/breaches/{address}/")
        sound(page)
    for address in ("/ihlal-bildirimi/", "/ihlal-bildirimi/durum/"):
        page.goto(address)
        sound(page)
        page.set_viewport_size(PHONE)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
