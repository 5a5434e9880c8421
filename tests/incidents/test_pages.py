"""The pages of 5.3.2: the dossier and its acts, registers, the public form, and what a reporter learns."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.models import Entry
from incidents import reporting
from incidents.models import Alert, Breach, ChecklistItem, Shift, Task
from incidents.services import notices
from processes.models import Document
from tests.accounts.people import signed_in_client
from tests.incidents.walking import Team, category, report, walked
from tests.processes.records import pdf


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


def written(**values: Any) -> dict[str, Any]:
    return {"title": "Ekran açık bırakılmış", "description": "Danışmada ekran açıktı.", **values}


def code_on(page: bytes) -> str:
    text = page.decode()
    start = text.index('class="code"')
    return text[text.index(">", start) + 1 : text.index("<", start)].strip()


def test_anybody_reports_and_follows_the_report_by_its_code(team: Team) -> None:
    visitor = Client()
    answer = visitor.post("/ihlal-bildirimi/", written())
    code = code_on(answer.content)

    breach = Breach.objects.get()
    asked = visitor.post("/ihlal-bildirimi/durum/", {"code": code.lower().replace("-", " ")})

    assert (breach.channel, breach.source, breach.is_anonymous, breach.is_confidential) == (
        "web_form", "public_form", True, True,
    )  # fmt: skip
    assert code not in str(breach.tracking_hash)
    assert "Alındı" in asked.content.decode()
    assert breach.title not in asked.content.decode()
    assert Alert.objects.filter(breach=breach, person=team.lead).exists()


@pytest.mark.parametrize(
    ("until", "word"), [("", "Alındı"), ("decide", "İnceleniyor"), ("inform", "Sonuçlandı")]
)
def test_a_reporter_learns_one_of_three_words(team: Team, until: str, word: str) -> None:
    breach, code = reporting.receive(title="Konu", description="Ayrıntı", name="Deneme Kişi")
    if until:
        walked(breach, team, until=until)

    page = Client().post("/ihlal-bildirimi/durum/", {"code": code}).content.decode()

    assert word in page
    assert not any(text in page for text in ("Konu", "Ayrıntı", breach.number, "Deneme Kişi"))


def test_a_wrong_code_says_nothing(team: Team) -> None:
    reporting.receive(title="Konu", description="Ayrıntı")

    answer = Client().post("/ihlal-bildirimi/durum/", {"code": reporting.fresh_code()})

    assert answer.status_code == 422


def test_the_code_is_nowhere_in_addresses_or_the_trail(team: Team) -> None:
    _breach, code = reporting.receive(title="Konu", description="Ayrıntı")

    told = "".join(str(row) for row in Entry.objects.values_list("changes", "reason", "object_repr"))

    assert code not in told
    assert reporting.normal(code) not in told


def test_files_are_told_by_content_and_kept_for_the_unit_alone(team: Team) -> None:
    upload = SimpleUploadedFile("goruntu.pdf", pdf())

    answer = Client().post("/ihlal-bildirimi/", written(uploads=[upload]))

    document = Document.objects.get()
    assert answer.status_code == 200
    assert (document.is_internal, document.kind) == (True, "evidence")


def test_a_program_in_disguise_is_refused_and_nothing_is_kept(team: Team) -> None:
    upload = SimpleUploadedFile("goruntu.pdf", b"MZ" + b"\0" * 64)

    answer = Client().post("/ihlal-bildirimi/", written(uploads=[upload]))

    assert answer.status_code == 415
    assert not Breach.objects.exists()
    assert "Danışmada ekran açıktı." in answer.content.decode()


def test_who_fills_in_what_no_person_sees_is_thanked_and_forgotten(team: Team) -> None:
    answer = Client().post("/ihlal-bildirimi/", written(website="https://ornek.example"))

    assert answer.status_code == 200
    assert not Breach.objects.exists()


def test_one_address_reports_only_so_often(team: Team) -> None:
    visitor = Client()

    codes = [visitor.post("/ihlal-bildirimi/", written()).status_code for _try in range(6)]

    assert codes == [200, 200, 200, 200, 200, 429]
    assert Breach.objects.count() == 5


def test_a_moment_to_come_is_not_reported(team: Team) -> None:
    later = (timezone.localtime() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")

    assert Client().post("/ihlal-bildirimi/", written(occurred_at=later)).status_code == 422


def test_staff_report_over_the_portal_and_see_only_the_status(team: Team) -> None:
    browser = signed_in_client(team.reporter)

    answer = browser.post("/new/", {"subprocess": "5.3.2", **written()}, follow=True)

    breach = Breach.objects.get()
    page = answer.content.decode()
    assert answer.redirect_chain == [("/breaches/mine/", 302)]
    assert breach.applicant == team.reporter
    assert "Alındı" in page
    assert breach.number not in page
    assert breach.title not in page.replace("İhlal bildirimlerim", "")
    for address in (breach.get_absolute_url(), breach.get_dossier_url()):
        assert browser.get(address).status_code in {403, 404}


def test_a_colleague_sees_nothing_among_my_reports(team: Team, breach: Breach) -> None:
    page = signed_in_client(team.outsider).get("/breaches/mine/").content.decode()

    assert "Alındı" not in page


REGISTERS = ("/breaches/", "/breaches/alerts/", "/breaches/follow-ups/")


@pytest.mark.parametrize("address", REGISTERS)
def test_registers_show_breaches_to_those_who_know_and_nothing_to_the_rest_of_the_unit(
    team: Team, breach: Breach, address: str
) -> None:
    closed = walked(breach, team, until="prevent")

    knowing = signed_in_client(team.lead).get(address).content.decode()
    other = signed_in_client(team.it_officer).get(address)

    assert closed.number in knowing
    assert other.status_code == 200
    assert closed.number not in other.content.decode()


@pytest.mark.parametrize("address", [*REGISTERS, "/breaches/rota/", "/breaches/plan/", "/reports/5.3.2/"])
def test_registers_are_closed_to_who_does_not_work_in_the_unit(team: Team, address: str) -> None:
    assert signed_in_client(team.reporter).get(address).status_code == 403
    assert Client().get(address).status_code in {302, 403}


def test_the_register_costs_the_same_with_one_row_and_with_many(team: Team) -> None:
    browser = signed_in_client(team.lead)
    counts = []
    for more in (1, 12):
        for _place in range(more):
            report(team, personal_data="no")
        browser.get("/breaches/")
        with CaptureQueriesContext(connection) as queries:
            browser.get("/breaches/")
        counts.append(len([one for one in queries if "SAVEPOINT" not in one["sql"]]))

    assert counts[0] == counts[1]


def test_the_register_as_a_file(team: Team, breach: Breach) -> None:
    book = signed_in_client(team.lead).get("/breaches/?export=xlsx")

    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(book))).active
    assert sheet["A2"].value == breach.number
    assert Entry.objects.filter(event="exported", content_type__model="breach").exists()


def test_the_running_clock_can_be_filtered(team: Team, breach: Breach) -> None:
    settled = report(team, title="Bildirildi")
    notices.record(settled, by=team.officer, summary="İlk bildirim.", way="Form")

    page = signed_in_client(team.lead).get("/breaches/?clock=running").content.decode()

    assert breach.number in page
    assert settled.number not in page


def test_every_act_of_the_dossier_asks_before_it_writes(team: Team, breach: Breach) -> None:
    browser = signed_in_client(team.officer)

    answer = browser.post(f"{breach.get_dossier_url()}notice/", {"addressee": "board"})

    assert answer.status_code == 422
    assert not breach.notices.exists()


def test_a_task_is_settled_on_the_page(team: Team, breach: Breach) -> None:
    ChecklistItem.objects.create(category=category(), phase="contain", text="Hesabı kapat")
    walked(breach, team, until="decide", decision="neither")
    task = Task.objects.get(breach=breach)

    answer = signed_in_client(team.officer).post(
        f"{breach.get_dossier_url()}task/", {"row": task.pk, "outcome": "done", "note": "Kapatıldı."}
    )

    task.refresh_from_db()
    assert (answer.status_code, task.outcome, task.settled_by) == (302, "done", team.officer)


def test_a_task_of_another_breach_is_not_found(team: Team, breach: Breach) -> None:
    ChecklistItem.objects.create(category=category(), phase="contain", text="Hesabı kapat")
    other = walked(report(team), team, until="decide", decision="neither")
    task = Task.objects.get(breach=other)

    answer = signed_in_client(team.officer).post(
        f"{breach.get_dossier_url()}task/", {"row": task.pk, "outcome": "done"}
    )

    assert answer.status_code == 404


def test_evidence_is_added_with_its_digest_and_handed_on(team: Team, breach: Breach) -> None:
    browser = signed_in_client(team.officer)
    address = breach.get_dossier_url()

    browser.post(
        f"{address}evidence-add/",
        {"title": "Ekran görüntüsü", "place": "Kasa", "upload": SimpleUploadedFile("e.pdf", pdf())},
    )
    piece = breach.evidence.get()
    browser.post(
        f"{address}evidence-hand/",
        {"row": piece.pk, "giver": "Ayşe Yıldırım", "receiver": "Adli birim", "reason": "İnceleme"},
    )

    page = browser.get(address).content.decode()
    assert piece.sha256 in page
    assert "Adli birim" in page


def test_an_alert_is_acknowledged_with_one_press(team: Team, breach: Breach) -> None:
    answer = signed_in_client(team.officer).post(f"/cases/{breach.number}/acknowledge/")

    assert answer.status_code == 302
    assert Alert.objects.get(breach=breach).acknowledged_by == team.officer


def test_the_case_page_shows_the_clock_and_leads_to_the_dossier(team: Team, breach: Breach) -> None:
    page = signed_in_client(team.officer).get(breach.get_absolute_url()).content.decode()

    assert breach.get_dossier_url() in page
    assert "71 sa 59 dk kaldı" in page


def test_the_rota_is_planned_on_the_page(team: Team) -> None:
    browser = signed_in_client(team.lead)
    begin = timezone.localtime() + timedelta(hours=1)
    values = {
        "officer": team.officer.pk,
        "deputy": team.head.pk,
        "starts_at": begin.strftime("%Y-%m-%dT%H:%M"),
        "ends_at": (begin + timedelta(hours=12)).strftime("%Y-%m-%dT%H:%M"),
    }

    first = browser.post("/breaches/rota/", values)
    second = browser.post("/breaches/rota/", values)
    browser.post(f"/breaches/rota/{Shift.objects.get().pk}/cancel/")

    assert (first.status_code, second.status_code) == (302, 422)
    assert Shift.objects.get().cancelled_by == team.lead


def test_the_report_tells_no_small_numbers_and_no_names(team: Team) -> None:
    for place in range(4):
        report(team, level="A" if place else "B", title="Gizli konu")
    browser = signed_in_client(team.lead)

    page = browser.get("/reports/5.3.2/").content.decode()
    book = b"".join(browser.get("/reports/5.3.2/?export=xlsx"))
    paper = browser.get("/reports/5.3.2/?export=pdf")

    rows = list(openpyxl.load_workbook(io.BytesIO(book)).active.values)
    told = {(row[0], row[1]): row[2] for row in rows[1:]}
    assert told["Seviye", "A – bilgi kaybı"] == "3"
    assert told["Seviye", "B – hizmet kesintisi"] == "3’ten az"
    assert "Gizli konu" not in page
    assert team.reporter.last_name not in page
    assert paper.content.startswith(b"%PDF")


def test_the_first_page_of_the_day_tells_of_running_hours_and_unheard_reports(
    team: Team, breach: Breach
) -> None:
    knowing = signed_in_client(team.lead).get("/").content.decode()
    other = signed_in_client(team.it_officer).get("/").content.decode()

    assert "72 saat işliyor" in knowing
    assert "1 bildirim henüz onaylanmadı" in knowing
    assert "İhlaller:" not in other
