"""The trail of a request: whatever a visitor writes into headers, what is done is told, and told of the right person."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import Institution
from audit import context, trail
from audit.models import Entry
from tests.audit.people import somebody

BAD_HEADERS = [
    {"X-Forwarded-For": "not-an-ip"},
    {"X-Correlation-ID": "x" * 300},
    {"X-Request-ID": "x" * 300},
    {"X-Request-ID": "nul\x00nul-nul"},
    {"X-Request-ID": "two words here"},
    {"X-Request-ID": "ğüşiöç-ğüşiöç"},
    {"X-Forwarded-Port": "-5"},
    {"X-Forwarded-Port": "99999999999"},
    {"X-Forwarded-For": "8.8.8.8\x00"},
]


@pytest.fixture(autouse=True)
def our_addresses(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.audit.urls"
    settings.MIDDLEWARE = [
        "audit.middleware.TrailMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ]


@pytest.fixture
def institutions_tracked() -> None:
    trail.track(Institution)


def last() -> Entry:
    return Entry.objects.latest()


@pytest.mark.parametrize("headers", BAD_HEADERS, ids=[str(headers)[:40] for headers in BAD_HEADERS])
def test_no_header_keeps_an_act_out_of_the_trail(
    headers: dict[str, str], client: Client, db: None, institutions_tracked: None
) -> None:
    answer = client.post("/write/", headers=headers)
    assert (answer.status_code, Institution.objects.count(), Entry.objects.count()) == (200, 1, 1)


def test_the_address_is_not_taken_from_the_visitors_header(
    client: Client, db: None, institutions_tracked: None
) -> None:
    client.post("/write/", headers={"X-Forwarded-For": "8.8.8.8"}, REMOTE_ADDR="203.0.113.9")
    assert last().remote_addr == "203.0.113.9"


def test_the_actor_is_not_taken_from_a_header(client: Client, db: None, institutions_tracked: None) -> None:
    somebody("ayse")
    client.post("/write/", headers={"Remote-User": "ayse", "X-User": "ayse", "X-Actor": "1"})
    assert last().actor_id is None


def test_the_person_signed_in_is_named(client: Client, db: None, institutions_tracked: None) -> None:
    person = somebody()
    client.force_login(person)
    client.post("/write/")
    entry = last()
    assert (entry.actor_id, entry.step, entry.reason) == (person.pk, "write", "asked for")


def test_a_harmless_request_number_is_kept_and_carried_back(
    client: Client, db: None, institutions_tracked: None
) -> None:
    answer = client.post("/write/", headers={"X-Request-ID": "ebys-2026-000123"})
    assert (answer["X-Request-ID"], answer.content, last().cid) == (
        "ebys-2026-000123",
        b"ebys-2026-000123",
        "ebys-2026-000123",
    )


@pytest.mark.parametrize(
    "given",
    ["short", "-leading-dash", "a b c d e f", "x" * 65, "line\nbreak-here", "<script>alert(1)</script>"],
)
def test_another_request_number_is_replaced(given: str, client: Client, db: None) -> None:
    answer = client.post("/write/", headers={"X-Request-ID": given})
    assert answer["X-Request-ID"] != given
    assert len(answer["X-Request-ID"]) == 32


def test_nothing_of_a_request_outlives_it(client: Client, db: None) -> None:
    client.post("/write/", headers={"X-Request-ID": "ebys-2026-000123"})
    assert context.current() == context.Circumstances()


def test_a_refusal_is_told_although_its_transaction_is_taken_back(
    client: Client, transactional_db: None, institutions_tracked: None
) -> None:
    client.post("/refuse/", REMOTE_ADDR="203.0.113.9")
    entry = Entry.objects.get()
    assert Institution.objects.count() == 0
    assert (entry.event, entry.changes, entry.reason, entry.remote_addr) == (
        "refused",
        {"code": "not-permitted"},
        "no role",
        "203.0.113.9",
    )


def test_a_failed_request_leaves_neither_row_nor_entry(
    transactional_db: None, institutions_tracked: None
) -> None:
    answer = Client(raise_request_exception=False).post("/fail/")
    assert (answer.status_code, Institution.objects.count(), Entry.objects.count()) == (500, 0, 0)


def test_concurrent_requests_tell_their_own_person(
    transactional_db: None, institutions_tracked: None
) -> None:
    people = [somebody(f"person{number}") for number in range(6)]
    clients = []
    for person in people:
        browser = Client()
        browser.force_login(person)
        clients.append(browser)

    def send(browser: Client) -> str:
        try:
            return str(browser.post("/write/")["X-Request-ID"])
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as threads:
        numbers = list(threads.map(send, clients))
    told = dict(Entry.objects.exclude(cid="").values_list("cid", "actor_id"))
    assert told == {number: person.pk for number, person in zip(numbers, people, strict=True)}
