"""Requests for many people: shown before anything is written, opened for all or none, taken back together."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Employee
from accounts.roles import Role
from accounts.services import staff
from esignature import asking, queries, workflow
from esignature.models import Kind, Reason, Request, State
from processes.errors import NotPermitted, RuleBroken, WrongState
from processes.models import InboxItem
from tests.accounts.people import employee, institution, person, signed_in_client
from tests.esignature.conftest import Team
from tests.esignature.making import certificate, received


@pytest.fixture
def browser(team: Team) -> Client:
    return signed_in_client(team.lead)


def uncovered(team: Team) -> str:
    return f"/e-signatures/coverage/{team.hospital.pk}/"


def keys(holders: list[Employee], reason: str = Reason.FIRST, kind: str = Kind.ESIGN) -> list[str]:
    return [queries.Ask(one, kind, reason).key for one in holders]


def test_the_preview_says_who_is_left_out_and_why_and_writes_nothing(team: Team, browser: Client) -> None:
    new, gone, busy, covered, lapsed = [employee(team.hospital) for _one in range(5)]
    under_way = received(team.officer, busy)
    certificate(covered, days=400)
    certificate(lapsed, days=-3)
    staff.leave(gone, by=team.lead)

    answer = browser.post(
        f"{uncovered(team)}requests/",
        {"kind": "esign", "chosen": [one.pk for one in (new, gone, busy, covered, lapsed)]},
    )

    told = {one.ask.holder: (one.ask.reason, one.refusal) for one in answer.context["verdicts"]}
    assert told[new] == (Reason.FIRST, "")
    assert told[lapsed] == (Reason.RENEWAL, "")
    assert told[gone][1] == "Bu kişi ayrıldı; adına talepte bulunulmaz."
    assert under_way.number in told[busy][1]
    assert "geçerli sertifikası" in told[covered][1]
    assert [one.refusal != "" for one in answer.context["verdicts"]] == [True, True, True, False, False]
    assert "2 talebi aç" in answer.content.decode()
    assert list(Request.objects.all()) == [under_way]


def test_one_click_opens_them_all_and_tells_the_holders(team: Team, browser: Client) -> None:
    other = employee(team.hospital)
    certificate(other, days=-3)
    preview = browser.post(
        f"{uncovered(team)}requests/", {"kind": "esign", "chosen": [team.holder.pk, other.pk]}
    )

    answer = browser.post(
        "/e-signatures/requests/",
        {"ask": [ask.key for ask in preview.context["asks"]], "back": preview.context["back"]},
    )

    opened = {one.holder: one for one in Request.objects.all()}
    assert {holder: one.reason for holder, one in opened.items()} == {
        team.holder: Reason.FIRST,
        other: Reason.RENEWAL,
    }
    assert {one.state for one in opened.values()} == {State.RECEIVED}
    assert all(one.number in answer.content.decode() for one in opened.values())
    assert [item.user for item in InboxItem.objects.filter(case__in=opened.values())] == [team.applicant]


@pytest.mark.parametrize("everybody", [False, True])
def test_all_on_the_page_or_all_on_the_list_are_chosen_at_once(
    team: Team, browser: Client, everybody: bool
) -> None:
    here = [team.holder, *(employee(team.hospital) for _one in range(3))]
    certificate(here[-1], days=100)
    employee(institution())
    shown = {"everybody": "1"} if everybody else {"page": "1", "shown": [one.pk for one in here[:2]]}

    answer = browser.post(f"{uncovered(team)}requests/", {"kind": "esign", **shown})

    wanted = here[:3] if everybody else here[:2]
    assert {one.ask.holder for one in answer.context["verdicts"]} == set(wanted)


def test_people_of_another_institution_are_no_part_of_it(team: Team, browser: Client) -> None:
    stranger = employee(institution())
    answer = browser.post(
        f"{uncovered(team)}requests/", {"kind": "esign", "chosen": [team.holder.pk, stranger.pk]}
    )
    assert [one.ask.holder for one in answer.context["verdicts"]] == [team.holder]


def test_nothing_is_opened_when_one_changed_meanwhile(team: Team, browser: Client) -> None:
    other = employee(team.hospital)
    received(team.officer, other)

    answer = browser.post("/e-signatures/requests/", {"ask": keys([team.holder, other])})

    assert answer.status_code == 409
    assert "Hiçbir talep açılmadı" in answer.content.decode()
    assert [one.ask.holder for one in answer.context["verdicts"]] == [other, team.holder]
    assert Request.objects.filter(holder=team.holder).count() == 0


def test_sending_the_form_twice_opens_nothing_twice(team: Team, browser: Client) -> None:
    sent = {"ask": keys([team.holder])}
    assert browser.post("/e-signatures/requests/", sent).status_code == 200
    assert browser.post("/e-signatures/requests/", sent).status_code == 409
    assert Request.objects.count() == 1


def test_they_are_taken_back_together_with_a_reason(team: Team, browser: Client) -> None:
    opened = asking.open_all(queries.asks_of([team.holder, employee(team.hospital)], "esign"), by=team.lead)
    chosen = [one.pk for one in opened]

    without = browser.post("/e-signatures/requests/withdrawal/", {"chosen": chosen})
    assert without.status_code == 422
    assert set(Request.objects.values_list("state", flat=True)) == {State.RECEIVED}

    back = f"{uncovered(team)}?kind=esign"
    done = browser.post(
        "/e-signatures/requests/withdrawal/", {"chosen": chosen, "reason": "Yanlış kurum.", "back": back}
    )
    assert (done.status_code, done["Location"]) == (302, back)
    told = Request.objects.values_list("state", "outcome")
    assert set(told) == {(State.WITHDRAWN, "Yanlış kurum.")}


def test_none_is_taken_back_when_one_went_on(team: Team, browser: Client) -> None:
    opened = asking.open_all(queries.asks_of([team.holder, employee(team.hospital)], "esign"), by=team.lead)
    workflow.return_form(opened[0], by=team.officer, return_reason="İmza eksik.")
    workflow.receive_again(opened[0], by=team.officer, checks=queries.checks_for("esign", "first"))
    workflow.write_letter(opened[0], by=team.lead, letter_number="E-1")

    answer = browser.post(
        "/e-signatures/requests/withdrawal/", {"chosen": [one.pk for one in opened], "reason": "Yanlış."}
    )

    assert answer.status_code == 409
    assert opened[0].number in answer.content.decode()
    assert set(Request.objects.values_list("state", flat=True)) == {State.WRITTEN, State.RECEIVED}


@pytest.mark.parametrize(
    "back", ["https://kotu.example/", "//kotu.example/", "/e-signatures//kotu", "/e-signatures\\x"]
)
def test_the_way_back_stays_in_the_room(team: Team, browser: Client, back: str) -> None:
    opened = asking.open_all(queries.asks_of([team.holder], "esign"), by=team.lead)
    answer = browser.post(
        "/e-signatures/requests/withdrawal/", {"chosen": [opened[0].pk], "reason": "Yanlış.", "back": back}
    )
    assert answer["Location"] == "/e-signatures/"


@pytest.mark.parametrize(
    ("path", "sent", "status"),
    [
        ("requests/", {"ask": ["1-esign"]}, 404),
        ("requests/", {"ask": ["x-esign-first"]}, 404),
        ("requests/", {"ask": ["0-esign-first"]}, 404),
        ("requests/", {"ask": ["²-esign-first"]}, 404),
        ("requests/", {}, 409),
        ("renewals/", {}, 422),
        ("requests/withdrawal/", {"reason": "x"}, 422),
    ],
)
def test_what_no_page_sends_is_refused(
    browser: Client, path: str, sent: dict[str, list[str]], status: int
) -> None:
    assert browser.post(f"/e-signatures/{path}", sent).status_code == status
    assert not Request.objects.exists()


def test_a_kind_is_named(team: Team, browser: Client) -> None:
    answer = browser.post(f"{uncovered(team)}requests/", {"kind": "x", "chosen": [team.holder.pk]})
    assert answer.status_code == 422
    assert "Hangi tür imza" in answer.content.decode()


def test_who_registers_no_requests_opens_none(team: Team) -> None:
    asks = queries.asks_of([team.holder], "esign")
    with pytest.raises(NotPermitted):
        asking.open_all(asks, by=person(Role.MINISTRY_UNIT_HEAD))
    assert not Request.objects.exists()


def test_at_most_two_hundred_at_once(team: Team) -> None:
    with pytest.raises(RuleBroken):
        asking.looked_at(queries.asks_of([team.holder], "esign") * (asking.MOST + 1), by=team.lead)


def test_the_same_person_twice_is_opened_for_none(team: Team) -> None:
    with pytest.raises((WrongState, RuleBroken)):
        asking.open_all(queries.asks_of([team.holder], "esign") * 2, by=team.lead)
    assert not Request.objects.exists()


def test_a_preview_asks_the_same_whatever_its_length(team: Team, browser: Client) -> None:
    def asked(count: int) -> int:
        people = [employee(team.hospital) for _one in range(count)]
        certificate(people[0], days=-3)
        received(team.officer, people[-1])
        sent = {"kind": "esign", "chosen": [one.pk for one in people]}
        browser.post(f"{uncovered(team)}requests/", sent)
        with CaptureQueriesContext(connection) as found:
            assert browser.post(f"{uncovered(team)}requests/", sent).status_code == 200
        return len(found)

    assert asked(2) == asked(30)


def test_the_list_tells_what_was_and_what_is_asked(team: Team, browser: Client) -> None:
    certificate(team.holder, days=-3)
    under_way = received(team.officer, team.holder, reason=Reason.RENEWAL)
    (row,) = browser.get(uncovered(team)).context["page"].rows
    assert (row, row.asked, row.ended is not None) == (team.holder, under_way.number, True)
