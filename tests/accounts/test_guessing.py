"""Guessing at the door: nothing told to strangers, and an end to trying."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.management import call_command
from django.db import transaction
from django.test import Client, RequestFactory

from accounts import attempts
from accounts.models import User
from accounts.roles import Role
from audit.models import Entry
from audit.queries import entries_of
from tests.accounts.door import CODE, LOGIN, code_of, enter, fail_from, fail_often, is_in, let_pass, with_app
from tests.accounts.people import PASSWORD, person

pytestmark = pytest.mark.django_db
WAIT = timedelta(minutes=15)
WRONG = "User name, registry number or password is wrong, or the account is closed."


@pytest.fixture(autouse=True)
def english(settings: Any) -> None:
    """Sentences are compared in English, whichever translation changes."""
    settings.LANGUAGE_CODE = "en"


@pytest.mark.parametrize("who", ["unknown", "wrong password", "closed", "no password"])
def test_refusal_is_the_same_for_everybody(client: Client, who: str) -> None:
    user = person(Role.REQUESTING_STAFF, username="bilinen", is_active=who != "closed")
    if who == "no password":
        user.set_unusable_password()
        user.save()
    name = "bilinmeyen" if who == "unknown" else "bilinen"
    password = "not-the-password" if who == "wrong password" else PASSWORD

    answer = client.post(LOGIN, {"username": name, "password": password})

    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors() == [WRONG]
    assert not is_in(client)


@pytest.mark.parametrize("exists", [True, False])
def test_password_is_hashed_once_whether_the_account_exists_or_not(
    client: Client, exists: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    person(Role.REQUESTING_STAFF, username="bilinen")
    hashed: list[str] = []
    plain = MD5PasswordHasher.encode

    def counting(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(salt)
        return plain(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counting)

    client.post(LOGIN, {"username": "bilinen" if exists else "bilinmeyen", "password": "wrong-password-1"})

    assert len(hashed) == 1


@pytest.mark.parametrize("exists", [True, False])
def test_fifth_failure_shuts_the_account_from_here_for_a_while(client: Client, exists: bool) -> None:
    user = person(Role.REQUESTING_STAFF, username="bilinen", registry_no="445566")
    name = "bilinen" if exists else "bilinmeyen"
    answers = [client.post(LOGIN, {"username": name, "password": "wrong-password-1"}) for _try in range(6)]

    right = client.post(LOGIN, {"username": "445566" if exists else name, "password": PASSWORD})

    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert right.status_code == 429
    assert "Try again in 15 minutes" in right.context["form"].non_field_errors()[0]
    assert not is_in(client)
    assert user.check_password(PASSWORD)


def test_the_lock_and_what_knocks_at_it_are_told(client: Client) -> None:
    user = person(Role.REQUESTING_STAFF)
    for _try in range(9):
        enter(client, user, "wrong-password-1")
    enter(client, user)

    told = Counter(
        (entry.event, (entry.changes or {}).get("code", "")) for entry in entries_of(user).exclude(actor=user)
    )
    assert told["log_in_failed", "wrong-password"] == 5
    assert told["locked", ""] == 1
    assert 1 <= told["log_in_failed", "throttled"] <= 2, "once a minute, and the minute may turn"


def test_other_places_and_accounts_stay_open(client: Client) -> None:
    shut, other = person(Role.REQUESTING_STAFF), person(Role.REQUESTING_STAFF)
    for _try in range(5):
        enter(client, shut, "wrong-password-1")

    elsewhere = Client(REMOTE_ADDR="10.0.0.9")

    assert enter(client, other).status_code == 302
    assert enter(elsewhere, shut).status_code == 302


def test_throttle_passes_with_its_window(client: Client) -> None:
    user = person(Role.REQUESTING_STAFF)
    for _try in range(5):
        enter(client, user, "wrong-password-1")
    let_pass(WAIT + timedelta(seconds=1))

    assert enter(client, user).status_code == 302


def test_one_address_cannot_try_many_accounts(client: Client) -> None:
    for number in range(attempts.MOST_PER_ADDRESS):
        fail_from("127.0.0.1", None, f"{number}")

    assert enter(client, person(Role.REQUESTING_STAFF)).status_code == 429


def test_many_addresses_cannot_try_one_account(client: Client) -> None:
    user = person(Role.REQUESTING_STAFF)
    fail_often(user, attempts.MOST_PER_ACCOUNT, addresses=attempts.MOST_PER_ACCOUNT)

    assert enter(client, user).status_code == 429


def test_wrong_codes_are_throttled_too(client: Client) -> None:
    user = person(Role.IT_OFFICER)
    device = with_app(user)
    enter(client, user)
    for _try in range(5):
        client.post(CODE, {"code": "000000"})

    assert client.post(CODE, {"code": code_of(device)}).status_code == 429


def test_success_forgets_the_failures_from_here(client: Client) -> None:
    user = person(Role.REQUESTING_STAFF)
    for _try in range(4):
        enter(client, user, "wrong-password-1")

    enter(client, user)

    assert AccessAttempt.objects.count() == 0


def test_a_log_in_of_ones_own_frees_neither_the_address_nor_others(client: Client) -> None:
    shut, own = person(Role.REQUESTING_STAFF), person(Role.REQUESTING_STAFF)
    for number in range(attempts.MOST_PER_ADDRESS - 1):
        fail_from("127.0.0.1", shut if number < 5 else None, f"{number}")

    assert enter(client, own).status_code == 302
    client.post("/logout/")
    assert enter(client, shut).status_code == 429
    fail_from("127.0.0.1", None, "one more")
    assert enter(client, own).status_code == 429


def test_an_address_is_freed_on_the_servers_command_line_and_that_is_told(client: Client) -> None:
    for number in range(attempts.MOST_PER_ADDRESS):
        fail_from("127.0.0.1", None, f"{number}")

    call_command("axes_reset_ip", "127.0.0.1", stdout=StringIO())

    told = Entry.objects.filter(event="attempts_forgotten").get()
    assert told.changes == {"from": "127.0.0.1", "count": attempts.MOST_PER_ADDRESS}
    assert enter(client, person(Role.REQUESTING_STAFF)).status_code == 302


def test_knocking_on_a_shut_door_keeps_it_shut_no_longer(client: Client) -> None:
    user = person(Role.REQUESTING_STAFF)
    for _try in range(5):
        enter(client, user, "wrong-password-1")
    let_pass(timedelta(minutes=10))

    told = enter(client, user).context["form"].non_field_errors()[0]

    assert "Try again in 5 minutes" in told
    let_pass(timedelta(minutes=5))
    assert enter(client, user).status_code == 302


def test_whichever_door_asks_a_shut_account_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    user = person(Role.REQUESTING_STAFF, registry_no="778899")
    request = RequestFactory(REMOTE_ADDR="198.51.100.7").post(
        "/any/", {"username": "778899", "note": "typed"}
    )
    with transaction.atomic():
        assert authenticate(request, username="778899", password=PASSWORD) == user
        for _try in range(5):
            authenticate(request, username="778899", password="wrong-password-1")
        looked_at: list[str] = []
        monkeypatch.setattr(User, "check_password", lambda self, typed: looked_at.append(typed))

        assert authenticate(request, username="778899", password=PASSWORD) is None

    assert looked_at == []
    kept = AccessAttempt.objects.get()
    assert (kept.username, kept.ip_address) == (attempts.account_key(user), "198.51.100.7")
    assert "778899" not in kept.post_data


def test_failed_attempts_do_not_keep_what_was_typed(client: Client) -> None:
    client.post(LOGIN, {"username": "my-password-typed-here", "password": "secret-1234"})

    kept = AccessAttempt.objects.values().get()
    assert len(kept["username"]) == 64
    assert not re.search("my-password|secret-1234", str(kept))
    assert (kept["get_data"], kept["post_data"]) == ("", "")
    told = Entry.objects.filter(event="log_in_failed").get()
    assert "my-password" not in f"{told.object_repr}{told.changes}{told.reason}"


def test_old_attempts_are_forgotten(client: Client) -> None:
    fail_often(None, 1, typed="x")
    let_pass(WAIT)

    enter(client, person(Role.REQUESTING_STAFF), "wrong-password-1")

    assert AccessAttempt.objects.count() == 1


def test_failure_is_told_in_the_trail_of_the_person(client: Client) -> None:
    user = person(Role.REQUESTING_STAFF)

    enter(client, user, "wrong-password-1")

    told = entries_of(user)[0]
    assert (told.event, told.changes, told.actor, told.remote_addr) == (
        "log_in_failed",
        {"code": "wrong-password"},
        None,
        "127.0.0.1",
    )
