"""The desk with forty forms: those in order with one click, exceptions one by one, a wrong click taken back."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from audit.queries import entries_of
from esignature import batches, queries, workflow
from esignature.models import Kind, Reason, Request
from processes.errors import NotPermitted, RuleBroken
from tests.accounts.people import person, signed_in_client
from tests.esignature.conftest import Team
from tests.esignature.making import received

URL = "/e-signatures/forms/"


@pytest.fixture
def browser(team: Team) -> Client:
    return signed_in_client(team.officer)


def arrived(team: Team, count: int = 3) -> list[Request]:
    return [received(team.officer, institution=team.hospital, complete=False) for _form in range(count)]


def in_order() -> set[Request]:
    return set(queries.waiting())


def test_chosen_forms_are_found_in_order_together_each_with_its_own_entry(
    team: Team, browser: Client
) -> None:
    forms = arrived(team)

    answer = browser.post(URL, {"chosen": [one.pk for one in forms[:2]]})

    assert (answer.status_code, answer["Location"]) == (302, URL)
    assert in_order() == set(forms[:2])
    checked = Request.objects.get(pk=forms[0].pk)
    assert checked.checks == queries.checks_for(Kind.ESIGN, Reason.FIRST)
    assert (checked.checked_by, checked.version) == (team.officer, forms[0].version + 1)
    assert entries_of(checked)[0].step == "check_form"
    assert "2 form eksiksiz bulundu" in browser.get(URL).content.decode()


def test_all_that_the_filters_show_are_found_in_order(team: Team, browser: Client) -> None:
    here = arrived(team)
    received(team.officer, complete=False)
    nameless = workflow.receive_form(by=team.officer, channel="letter", applicant_institution=team.hospital)

    browser.post(f"{URL}?institution={team.hospital.pk}", {"all": "1"})

    assert in_order() == set(here)
    assert not Request.objects.get(pk=nameless.pk).is_complete


def test_a_form_for_nobody_is_refused_with_its_number_and_nothing_is_written(
    team: Team, browser: Client
) -> None:
    forms = arrived(team, 2)
    nameless = workflow.receive_form(by=team.officer, channel="letter")

    answer = browser.post(URL, {"chosen": [one.pk for one in (*forms, nameless)]})

    assert answer.status_code == 422
    assert nameless.number in answer.context["refusal"]
    assert in_order() == set()
    with pytest.raises(RuleBroken, match=nameless.number):
        workflow.check_all([nameless], by=team.officer)


def test_nothing_chosen_and_a_form_no_longer_there_are_refused(team: Team, browser: Client) -> None:
    (form,) = arrived(team, 1)
    workflow.withdraw(form, by=team.officer, withdraw_reason="Vazgeçti.")

    assert browser.post(URL, {}).status_code == 422
    gone = browser.post(URL, {"chosen": [form.pk]})
    assert (gone.status_code, "artık bu listede değil" in gone.content.decode()) == (422, True)


def test_a_wrong_click_is_taken_back_with_a_reason_until_a_letter_carries_the_form(
    team: Team, browser: Client
) -> None:
    wrong, carried = received(team.officer), received(team.officer)
    batches.collect([carried.pk], by=team.lead, recipient=team.kamusm)
    page = f"{URL}?show=in-order"

    assert browser.post(page, {"chosen": [wrong.pk], "reason": ""}).status_code == 422
    assert browser.post(page, {"chosen": [carried.pk], "reason": "İmza yok."}).status_code == 422
    assert browser.post(page, {"chosen": [wrong.pk], "reason": "İmza yok."}).status_code == 302

    again = Request.objects.get(pk=wrong.pk)
    assert (again.is_complete, again.checks, again.checked_by) == (False, [], None)
    assert entries_of(again)[0].reason == "İmza yok."
    assert list(queries.unchecked()) == [wrong]


def test_the_page_says_what_is_missing_and_its_questions_do_not_grow(team: Team, browser: Client) -> None:
    partly = received(team.officer, complete=False)
    checks = queries.checks_for(Kind.ESIGN, Reason.FIRST)
    workflow.check_form(partly, by=team.officer, checks=checks[:1])
    browser.get(URL)

    with CaptureQueriesContext(connection) as one:
        page = browser.get(URL).content.decode()
    arrived(team, 9)
    with CaptureQueriesContext(connection) as ten:
        browser.get(URL)

    assert checks[1] in page
    assert "Henüz incelenmedi" in browser.get(URL).content.decode()
    assert len(one) == len(ten) <= 14
    assert browser.get(f"{URL}?export=csv").status_code == 200


def test_forty_forms_take_the_questions_of_one(team: Team) -> None:
    def asked(count: int) -> int:
        forms = arrived(team, count)
        with CaptureQueriesContext(connection) as questions:
            workflow.check_all(forms, by=team.officer)
        return len(questions)

    asked(1)
    assert asked(2) == asked(40)


def test_others_than_the_it_staff_look_at_no_forms(team: Team) -> None:
    forms = arrived(team, 1)

    for role in (Role.HIS_LEAD, Role.UNIT_HEAD):
        assert signed_in_client(person(role)).get(URL).status_code == 403
    with pytest.raises(NotPermitted):
        workflow.check_all(forms, by=team.approver)
