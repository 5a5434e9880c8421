"""The pages of 5.3.3: who sees what, how many questions each asks, what their forms do."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from ebys.models import OutgoingLetter
from ebys.workflow import outgoing
from esignature import batches, filters, queries, workflow
from esignature.models import Batch, BatchState, Certificate, CertificateState, Reason, Request, State
from esignature.views.common import ROWS
from tests.accounts.people import employee, institution, person, signed_in_client
from tests.esignature.conftest import Team
from tests.esignature.making import certificate, received

LISTS = (
    "/e-signatures/",
    "/e-signatures/?q=cinarli&standing=within90&kind=esign",
    "/e-signatures/?standing=quarter",
    "/e-signatures/?standing=expired",
    "/e-signatures/batches/",
    "/e-signatures/batches/new/",
    "/e-signatures/coverage/",
    "/e-signatures/coverage/?kind=mobile",
)
MOST = 12  # eight of the list, and who asks, their session and the menu's counts


@pytest.fixture
def browser(team: Team) -> Client:
    return signed_in_client(team.lead)


def asked(browser: Client, url: str) -> int:
    browser.get(url)
    with CaptureQueriesContext(connection) as queries_asked:
        answer = browser.get(url)
    assert answer.status_code == 200, answer.content.decode()
    return len([one for one in queries_asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))])


def filled(team: Team, rows: int) -> None:
    for _row in range(rows):
        holder = employee(team.hospital)
        certificate(holder, days=20)
        received(team.officer, holder, reason=Reason.RENEWAL)
    forms = [one.pk for one in queries.waiting()[: rows // 2 or 1]]
    batches.collect(forms, by=team.lead, recipient=team.kamusm)
    filler = received(team.officer)
    assert filler.is_complete


@pytest.mark.parametrize("url", LISTS)
def test_a_list_asks_the_same_whatever_its_length(team: Team, browser: Client, url: str) -> None:
    filled(team, 1)
    few = asked(browser, url)
    filled(team, 9)
    many = asked(browser, url)
    assert few == many
    assert many <= MOST


def test_the_page_of_a_batch_asks_the_same_whatever_its_length(team: Team, browser: Client) -> None:
    filled(team, 1)
    filled(team, 9)
    sizes = {
        batch.requests.count(): asked(browser, batch.get_absolute_url()) for batch in Batch.objects.all()
    }
    assert len(sizes) == 2
    assert len(set(sizes.values())) == 1


@pytest.mark.parametrize("kind", ["csv", "xlsx", "pdf"])
@pytest.mark.parametrize("url", ["/e-signatures/", "/e-signatures/batches/", "/e-signatures/coverage/"])
def test_every_list_can_be_had_as_a_file(team: Team, browser: Client, url: str, kind: str) -> None:
    certificate(team.holder)
    answer: Any = browser.get(f"{url}?export={kind}")
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    b"".join(answer) if answer.streaming else answer.content


def test_the_register_shows_everybody_only_their_own(team: Team) -> None:
    own, stranger = certificate(team.holder), certificate(employee(institution()))
    head = person(Role.REQUESTING_UNIT_HEAD, username="head", institution=team.hospital)
    for user, seen in ((team.officer, {own, stranger}), (head, {own}), (team.applicant, {own})):
        browser = signed_in_client(user)
        page = browser.get("/e-signatures/").content.decode()
        assert {one for one in (own, stranger) if one.get_absolute_url() in page} == seen, user
        assert browser.get(own.get_absolute_url()).status_code == 200
        assert browser.get(stranger.get_absolute_url()).status_code == (200 if stranger in seen else 404)


def test_an_empty_register_says_what_to_do(team: Team, browser: Client) -> None:
    told = {
        "Kütükte henüz sertifika yok": browser.get("/e-signatures/"),
        "Bir süzgeci kaldırın": browser.get("/e-signatures/?standing=valid"),
        "/new/?subprocess=5.3.3": signed_in_client(team.applicant).get("/e-signatures/"),
    }
    for words, answer in told.items():
        assert words in answer.content.decode()
    head = person(Role.REQUESTING_UNIT_HEAD, username="head", institution=team.hospital)
    assert "Kurumumun sertifikaları" in signed_in_client(head).get("/e-signatures/").content.decode()


def test_standing_is_told_as_it_counts_today(team: Team, browser: Client) -> None:
    over, near, far = certificate(days=-1), certificate(days=10), certificate(days=400)
    for standing, wanted in (
        ("expired", {over}),
        ("valid", {near, far}),
        ("within30", {near}),
        ("within90", {near}),
    ):
        page = browser.get(f"/e-signatures/?standing={standing}").content.decode()
        assert {one for one in (over, near, far) if one.get_absolute_url() in page} == wanted, standing


def test_renewals_of_ticked_certificates_are_looked_at_and_opened(team: Team, browser: Client) -> None:
    near, asked_for = certificate(team.holder, days=20), certificate(days=30)
    received(team.officer, asked_for.holder, reason=Reason.RENEWAL)

    preview = browser.post(
        "/e-signatures/renewals/", {"chosen": [near.pk, asked_for.pk], "back": "standing=valid"}
    )
    assert [one.refusal == "" for one in preview.context["verdicts"]] == [False, True]
    assert "/e-signatures/?standing=valid" in preview.content.decode()
    assert not Request.objects.filter(holder=team.holder).exists()

    page = browser.post(
        "/e-signatures/requests/", {"ask": [one.key for one in preview.context["asks"]]}
    ).content.decode()
    opened = Request.objects.get(holder=team.holder)
    assert (opened.reason, opened.state) == (Reason.RENEWAL, State.RECEIVED)
    assert opened.number in page
    assert Request.objects.filter(holder=asked_for.holder).count() == 1


def test_a_batch_goes_its_way_on_its_pages(team: Team, browser: Client) -> None:
    forms = [received(team.officer) for _form in range(3)]

    answer = browser.post(
        "/e-signatures/batches/new/", {"chosen": [one.pk for one in forms], "recipient": team.kamusm.pk}
    )
    batch = Batch.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, batch.get_absolute_url())

    url = batch.get_absolute_url()
    browser.post(f"{url}forms/", {"chosen": [forms[0].pk], "reason": "Sahibi vazgeçti."})
    assert batch.requests.count() == 2

    letter = outgoing.approve(OutgoingLetter.objects.get(pk=batch.letter_id), by=team.approver)
    outgoing.register(letter, by=team.approver, number="E-1", dated=timezone.localdate())
    assert browser.post(f"{url}print_batch/").status_code == 302
    assert browser.post(f"{url}post_batch/", {"parcel": "RR1"}).status_code == 403
    officer = signed_in_client(team.officer)
    assert officer.post(f"{url}post_batch/", {"parcel": "parola: mavi"}).status_code == 422
    assert officer.post(f"{url}post_batch/", {"parcel": "RR1"}).status_code == 302
    batch.refresh_from_db()
    assert (batch.state, set(batch.requests.values_list("state", flat=True))) == (
        BatchState.POSTED,
        {State.POSTED},
    )
    for paper in ("list.pdf", "labels.pdf?start=5"):
        assert browser.get(url + paper).content.startswith(b"%PDF")
    assert browser.get(f"{url}labels.pdf?start=25").status_code == 404


def test_all_forms_the_filters_show_are_collected_at_once(team: Team, browser: Client) -> None:
    here = [received(team.officer, institution=team.hospital) for _form in range(2)]
    received(team.officer)

    browser.post(
        "/e-signatures/batches/new/",
        {"all": "1", "back": f"institution={team.hospital.pk}", "recipient": team.kamusm.pk},
    )

    assert set(Batch.objects.get().requests.values_list("pk", flat=True)) == {one.pk for one in here}


def test_nothing_chosen_is_told_on_the_page(team: Team, browser: Client) -> None:
    received(team.officer)
    answer = browser.post("/e-signatures/batches/new/", {"recipient": team.kamusm.pk})
    assert answer.status_code == 422
    assert "En az bir form seçin" in answer.content.decode()


def test_a_certificate_goes_its_way_on_its_page(team: Team, browser: Client) -> None:
    request = received(team.officer, team.holder)
    request = workflow.write_letter(request, by=team.lead, letter_number="E-1")
    request = workflow.post(request, by=team.officer, parcel="RR1")
    assert "/certificate/" in browser.get(request.get_absolute_url()).content.decode()

    browser.post(f"/cases/{request.number}/certificate/")
    one = Certificate.objects.get()
    url, today = one.get_absolute_url(), timezone.localdate()
    browser.post(f"{url}deliver_certificate/", {"on": today.isoformat()})
    wrong = browser.post(
        f"{url}activate_certificate/",
        {
            "serial": "PIN: 4821",
            "carrier": "Kart",
            "valid_from": today.isoformat(),
            "valid_until": (today + timedelta(days=9)).isoformat(),
        },
    )
    assert wrong.status_code == 422
    browser.post(
        f"{url}activate_certificate/",
        {
            "serial": "4A3F",
            "carrier": "Kart",
            "valid_from": today.isoformat(),
            "valid_until": (today + timedelta(days=9)).isoformat(),
        },
    )
    one.refresh_from_db()
    assert (one.state, one.serial) == (CertificateState.ACTIVE, "4A3F")
    assert one.get_absolute_url() in browser.get(request.get_absolute_url()).content.decode()


def test_coverage_counts_who_holds_a_valid_certificate(team: Team) -> None:
    certificate(team.holder, days=20)
    certificate(employee(team.hospital), days=-1)
    certificate(employee(team.hospital), kind="mobile")
    employee(team.hospital)

    (cover,) = [one for one in queries.coverage("esign") if one.pk == team.hospital.pk]
    assert (cover.staff, cover.covered, cover.uncovered, cover.ending, cover.share) == (4, 1, 3, 1, 25.0)
    without = queries.without_certificate(team.hospital.pk, "esign")
    assert team.holder not in without
    assert without.count() == 3


def test_coverage_is_read_page_by_page_and_found_by_name(team: Team, browser: Client) -> None:
    for number in range(ROWS + 10):
        certificate(employee(institution(name=f"Örnek {number:02d}. Sağlık Merkezi")), days=200)
    employee(team.hospital)

    page = browser.get("/e-signatures/coverage/")
    first = page.context["page"]
    assert (len(first.rows), first.rows[0].pk, first.prev_cursor) == (ROWS, team.hospital.pk, "")
    assert page.context["staff"] == ROWS + 12
    second = browser.get("/e-signatures/coverage/", {"cursor": first.next_cursor}).context["page"]
    assert [one.pk for one in first.rows + second.rows] == [one.pk for one in queries.coverage("esign")]
    assert second.next_cursor == ""
    back = browser.get("/e-signatures/coverage/", {"cursor": second.prev_cursor}).context["page"]
    assert back.rows == first.rows
    lost = browser.get("/e-signatures/coverage/", {"cursor": "after-0"}).context["page"]
    assert lost.rows == first.rows

    found = browser.get("/e-signatures/coverage/", {"q": "ÖRNEK 07"})
    assert [one.name for one in found.context["page"].rows] == ["Örnek 07. Sağlık Merkezi"]
    assert found.context["staff"] == ROWS + 12
    nothing = browser.get("/e-signatures/coverage/", {"q": "Atlantis"}).content.decode()
    assert "Bu ada uyan personelli kurum yok." in nothing


@pytest.mark.parametrize("few", [0, 200])
def test_a_certificate_is_found_by_its_holder_or_serial_number(
    team: Team, browser: Client, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(filters, "FEW", few)
    holders = [employee(team.hospital, first_name="Pakize", last_name=name) for name in ("Erbaş", "Kut")]
    one, two = certificate(holders[0], serial="AB12CD"), certificate(holders[1])
    certificate(employee(team.hospital, first_name="Cevdet", last_name="Pak"))
    for words, wanted in (
        ("PAKİZE", {one, two}),
        ("pakize erbas", {one}),
        ("ab:12 cd", {one}),
        ("yok", set()),
    ):
        page = browser.get("/e-signatures/", {"q": words}).context["page"]
        assert set(page.rows) == wanted, words


def test_quarters() -> None:
    assert queries.quarter(date(2026, 11, 22)) == (date(2026, 10, 1), date(2026, 12, 31))
    assert queries.quarter(date(2028, 2, 29)) == (date(2028, 1, 1), date(2028, 3, 31))
    assert queries.quarter(date(2026, 6, 30)) == (date(2026, 4, 1), date(2026, 6, 30))


def test_forms_stay_ticked_when_the_letter_the_list_or_the_second_look_is_refused(
    team: Team, browser: Client
) -> None:
    def ticks(answer: Any, bulk: str, *keys: int) -> tuple[int, list[bool]]:
        page = answer.content.decode()
        return answer.status_code, [f'value="{key}" form="{bulk}" data-tick checked' in page for key in keys]

    first, second = (received(team.officer, institution=team.hospital).pk for _form in range(2))

    wrong = browser.post("/e-signatures/batches/new/", {"chosen": [first], "recipient_text": "Olmayan Kurum"})
    again = browser.post("/e-signatures/forms/?show=in-order", {"chosen": [first], "reason": ""})
    batch = batches.collect([first, second], by=team.lead, recipient=team.kamusm)
    off = browser.post(f"/e-signatures/batches/{batch.pk}/forms/", {"chosen": [second], "reason": ""})

    assert ticks(wrong, "collect", first, second) == (422, [True, False])
    assert ticks(again, "look", first, second) == (422, [True, False])
    assert ticks(off, "take-out", first, second) == (422, [False, True])


def test_who_does_not_keep_the_register_is_offered_nothing_to_record(team: Team) -> None:
    one = certificate(team.holder)

    pages = {
        role: signed_in_client(person(role)).get(one.get_absolute_url()).content.decode()
        for role in (Role.HIS_OFFICER, Role.UNIT_HEAD)
    }

    offered = {role: "correct_certificate" in page for role, page in pages.items()}
    assert offered == {Role.HIS_OFFICER: False, Role.UNIT_HEAD: True}
    assert "İz kaydı" in pages[Role.HIS_OFFICER]


def test_what_is_missing_has_its_column_only_where_something_is(team: Team, browser: Client) -> None:
    received(team.officer)
    received(team.officer, complete=False)

    heads = [
        ">Eksik<" in browser.get(f"/e-signatures/forms/{query}").content.decode()
        for query in ("", "?show=in-order")
    ]
    assert heads == [True, False]
