"""The same request under the same key is done once and answered the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.roles import Role
from ebys import tasks
from ebys.api import idempotency
from ebys.models import IdempotencyKey, IncomingLetter
from helpdesk.models import Ticket
from processes.models import JobRun
from tests.ebys import letters
from tests.ebys.api.calling import Caller, account, caller, committed, key_of
from tests.ebys.eyp.packages import V1, V2
from tests.processes import sheets

FAULT = {"subprocess": "5.3.6", "title": "Ağ arızası", "applicant_name": "Ayşe Örnek"}
pytestmark = pytest.mark.django_db


def test_a_repeated_request_gets_the_same_answer_and_does_nothing() -> None:
    sheets.load()
    who = caller(Role.IT_OFFICER)
    first, second = (who.post("cases/", FAULT, Idempotency_Key="bir-1") for _try in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert (first["Location"], first["ETag"]) == (second["Location"], second["ETag"])
    assert "Idempotency-Replayed" not in first
    assert second["Idempotency-Replayed"] == "true"
    assert Ticket.objects.count() == 1


def test_a_delivery_is_repeated_whatever_the_forms_boundaries_are() -> None:
    who = caller()
    first, second = (who.deliver(V2.read_bytes(), Idempotency_Key="iki-2") for _try in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert second["Idempotency-Replayed"] == "true"
    assert IncomingLetter.objects.count() == 1


def test_the_refusal_of_a_package_is_repeated_too() -> None:
    who = caller()
    first, second = (who.deliver(b"nothing", Idempotency_Key="uc-3") for _try in range(2))
    assert first.status_code == second.status_code == 415
    assert first.json() == second.json()
    assert second["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("change", [{"title": "Başka"}, {"description": "x"}])
def test_the_same_key_with_another_request_is_refused(change: dict[str, Any]) -> None:
    sheets.load()
    who = caller(Role.IT_OFFICER)
    who.post("cases/", FAULT, Idempotency_Key="dort-4")
    answer = who.post("cases/", FAULT | change, Idempotency_Key="dort-4")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused")
    assert Ticket.objects.count() == 1


def test_another_file_under_the_same_key_is_refused() -> None:
    who = caller()
    who.deliver(V2.read_bytes(), Idempotency_Key="bes-5")
    assert who.deliver(V1.read_bytes(), Idempotency_Key="bes-5").status_code == 422


def test_another_address_under_the_same_key_is_refused() -> None:
    who = caller(Role.IT_LEAD)
    one, other = (letters.outgoing_letter("approved") for _letter in range(2))
    who.post(f"outgoing-letters/{one.pk}/collection/", {}, Idempotency_Key="alti-6")
    answer = who.post(f"outgoing-letters/{other.pk}/collection/", {}, Idempotency_Key="alti-6")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-reused")


def test_keys_of_two_accounts_do_not_meet() -> None:
    sheets.load()
    answers = [
        caller(Role.IT_OFFICER).post("cases/", FAULT, Idempotency_Key="yedi-7") for _account in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["number"] != answers[1].json()["number"]


def test_a_request_that_was_refused_may_be_mended_under_its_key() -> None:
    sheets.load()
    who = caller(Role.IT_OFFICER)
    assert who.post("cases/", FAULT | {"title": ""}, Idempotency_Key="sekiz-8").status_code == 422
    assert who.post("cases/", FAULT, Idempotency_Key="sekiz-8").status_code == 201


@pytest.mark.parametrize("key", ["a b", "ğ", "x" * 201])
def test_a_key_nobody_can_keep_is_a_bad_request(key: str) -> None:
    sheets.load()
    assert caller(Role.IT_OFFICER).post("cases/", FAULT, Idempotency_Key=key).status_code == 400


def test_a_first_request_still_going_on_is_told() -> None:
    sheets.load()
    _key, text = key_of(account(Role.IT_OFFICER))
    who = Caller(text)
    who.post("cases/", FAULT, Idempotency_Key="dokuz-9")
    row = IdempotencyKey.objects.get(key="dokuz-9")
    with transaction.atomic():
        row.status = None
        row.save()
    answer = who.post("cases/", FAULT, Idempotency_Key="dokuz-9")
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency-in-progress")
    assert Ticket.objects.count() == 1


def test_a_first_request_that_died_is_taken_over() -> None:
    sheets.load()
    key, text = key_of(account(Role.IT_OFFICER))
    fresh = IdempotencyKey.objects.create(
        account=key.account,
        key="on-10",
        fingerprint="0" * 64,
        made_at=timezone.now() - idempotency.GIVEN_UP - timedelta(seconds=1),
    )
    assert Caller(text).post("cases/", FAULT, Idempotency_Key="on-10").status_code == 201
    fresh.refresh_from_db()
    assert fresh.status == 201


def test_old_answers_are_forgotten() -> None:
    sheets.load()
    who = caller(Role.IT_OFFICER)
    who.post("cases/", FAULT, Idempotency_Key="on-bir-11")
    now = timezone.now()
    assert idempotency.purge(now) == 0
    assert idempotency.purge(now + idempotency.KEPT + timedelta(seconds=1)) == 1


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_do_it_once() -> None:
    sheets.load()
    _key, text = key_of(account(Role.IT_OFFICER))

    def send(_place: int) -> int:
        try:
            return int(Caller(text).post("cases/", FAULT, Idempotency_Key="hepsi-12").status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(send, range(8)))
    assert set(statuses) <= {201, 409}
    assert 201 in statuses
    assert Ticket.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_steps_at_once_have_one_winner() -> None:
    ticket = committed(letters.ticket)
    _key, text = key_of(account(Role.IT_OFFICER, Role.IT_LEAD))

    def send(_place: int) -> int:
        try:
            answer = Caller(text).post(
                f"cases/{ticket.number}/steps/assess/", {"finding": "x"}, If_Match='"1"'
            )
            return int(answer.status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(send, range(8)))
    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 409, 412}
    assert Ticket.objects.get(pk=ticket.pk).version == 2


@pytest.mark.django_db(transaction=True)
def test_the_worker_forgets_once_a_day() -> None:
    tasks.forget_answers()
    tasks.forget_answers()
    assert JobRun.objects.get(job="forget_answers").runs == 1
