"""The door: password and code."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import User
from accounts.roles import UNIT_STAFF, Role
from accounts.services import rights, second_factor
from audit.queries import entries_of
from tests.accounts.door import CODE, LOGIN, SETUP, code_of, enter, is_in, with_app
from tests.accounts.people import PASSWORD, person, signed_in_client

pytestmark = pytest.mark.django_db


def events(user: User) -> list[str]:
    return [entry.event for entry in entries_of(user)]


def test_requesting_staff_enter_with_the_password_alone(client: Client) -> None:
    user = person(Role.REQUESTING_STAFF)

    answer = enter(client, user)

    assert (answer.status_code, answer["Location"]) == (302, reverse("home"))
    assert is_in(client)
    assert events(user)[0] == "logged_in"


@pytest.mark.parametrize("typed", ["username", "USERNAME", "registry_no"])
def test_user_name_in_any_case_or_registry_number(client: Client, typed: str) -> None:
    user = person(Role.REQUESTING_STAFF, username="zeynep.aydin", registry_no="123456")
    names = {"username": "zeynep.aydin", "USERNAME": "ZEYNEP.AYDIN", "registry_no": " 123456 "}

    client.post(LOGIN, {"username": names[typed], "password": PASSWORD})

    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize("role", sorted(UNIT_STAFF))
def test_unit_staff_do_not_enter_without_a_second_factor(client: Client, role: str) -> None:
    answer = enter(client, person(role))

    assert answer["Location"] == SETUP
    assert not is_in(client)


def test_unit_staff_enter_with_password_and_code(client: Client) -> None:
    user = person(Role.IT_OFFICER)
    device = with_app(user)

    first = enter(client, user)
    assert (first["Location"], is_in(client)) == (CODE, False)
    second = client.post(CODE, {"code": code_of(device)})

    assert second["Location"] == reverse("home")
    assert client.session["otp_device_id"] == device.persistent_id


def test_whoever_set_up_an_app_is_asked_for_its_code(client: Client) -> None:
    user = person(Role.REQUESTING_STAFF)
    with_app(user)

    assert enter(client, user)["Location"] == CODE
    assert not is_in(client)


def test_code_counts_once(client: Client) -> None:
    user = person(Role.IT_OFFICER)
    code = code_of(with_app(user))
    enter(client, user)
    client.post(CODE, {"code": code})

    other = Client()
    enter(other, user)
    answer = other.post(CODE, {"code": code})

    assert answer.status_code == 422
    assert not is_in(other)


@pytest.mark.parametrize("typed", ["000000", "abc", "", "1" * 30, "１２３４５６", "-1", "\x00"])
def test_wrong_code_does_not_enter(client: Client, typed: str) -> None:
    user = person(Role.IT_OFFICER)
    with_app(user)
    enter(client, user)

    answer = client.post(CODE, {"code": typed})

    assert answer.status_code in {200, 422}
    assert not is_in(client)


def test_code_page_needs_the_password_first(client: Client) -> None:
    device = with_app(person(Role.IT_OFFICER))

    answer = client.post(CODE, {"code": code_of(device)})

    assert answer["Location"] == LOGIN
    assert not is_in(client)


def test_waiting_for_the_code_ends_after_some_minutes(client: Client) -> None:
    user = person(Role.IT_OFFICER)
    device = with_app(user)
    enter(client, user)
    session = client.session
    session["log_in"] |= {"at": int(time.time()) - 601}
    session.save()

    assert client.post(CODE, {"code": code_of(device)})["Location"] == LOGIN
    assert not is_in(client)


@pytest.mark.parametrize("change", ["password", "closed"])
def test_waiting_for_the_code_ends_when_the_account_changes(client: Client, change: str) -> None:
    user = person(Role.IT_OFFICER)
    device = with_app(user)
    enter(client, user)
    if change == "password":
        user.set_password("another-password-7")
    else:
        user.is_active = False
    user.save()

    assert client.post(CODE, {"code": code_of(device)})["Location"] == LOGIN


def test_session_key_changes_at_every_step(client: Client) -> None:
    user = person(Role.IT_OFFICER)
    device = with_app(user)
    session = client.session
    session["seen"] = "before"
    session.save()
    keys = [session.session_key]

    enter(client, user)
    keys.append(client.session.session_key)
    client.post(CODE, {"code": code_of(device)})
    keys.append(client.session.session_key)

    assert len(set(keys)) == 3


def test_first_app_is_set_up_at_log_in(client: Client) -> None:
    user = person(Role.HIS_LEAD)
    enter(client, user)
    page = client.get(SETUP).content.decode()
    device = TOTPDevice.objects.get(user=user)

    answer = client.post(SETUP, {"code": code_of(device)})

    device.refresh_from_db()
    assert "<svg" in page
    assert "style=" not in page
    assert second_factor.secret_of(device) in page
    assert device.confirmed
    assert is_in(client)
    assert answer.content.decode().count("<li><code>") == second_factor.RECOVERY_CODES
    assert "second_factor_set_up" in events(user)


def test_wrong_first_code_confirms_nothing(client: Client) -> None:
    user = person(Role.HIS_LEAD)
    enter(client, user)
    client.get(SETUP)

    assert client.post(SETUP, {"code": "000000"}).status_code == 422
    assert not TOTPDevice.objects.get(user=user).confirmed
    assert not is_in(client)


def test_setup_is_closed_between_password_and_code(client: Client) -> None:
    user = person(Role.IT_OFFICER)
    with_app(user)
    enter(client, user)

    assert client.get(SETUP)["Location"] == CODE
    assert client.post(SETUP, {"code": "123456"})["Location"] == CODE
    assert TOTPDevice.objects.filter(user=user).count() == 1


def test_setup_needs_somebody(client: Client) -> None:
    assert client.get(SETUP)["Location"] == LOGIN


def test_recovery_code_opens_once_and_is_not_kept_readable(client: Client) -> None:
    user = person(Role.IT_OFFICER)
    with_app(user)
    code = second_factor.new_recovery_codes(user)[0]

    enter(client, user)
    answer = client.post(CODE, {"code": code.upper()})
    other = Client()
    enter(other, user)
    again = other.post(CODE, {"code": code})

    assert answer["Location"] == reverse("home")
    assert again.status_code == 422
    assert second_factor.recovery_codes_left(user) == second_factor.RECOVERY_CODES - 1
    assert code.replace("-", "") not in set(StaticToken.objects.values_list("token", flat=True))
    assert "recovery_code_used" in events(user)


def test_role_received_later_asks_for_the_second_factor(client: Client) -> None:
    user, lender = person(Role.REQUESTING_STAFF), person(Role.IT_LEAD)
    enter(client, user)
    day = timezone.localdate()
    rights.delegate(lender, user, by=lender, valid_from=day, valid_until=day, reason="izin")

    refused = client.get(reverse("profile"))
    page = client.get(refused["Location"])

    assert refused["Location"].startswith(LOGIN)
    assert (page.status_code, is_in(client)) == (200, False)
    assert enter(client, user)["Location"] == SETUP


def test_role_received_later_asks_for_the_code_of_the_app_there_is(client: Client) -> None:
    user = person(Role.IT_OFFICER)
    device = with_app(user)
    client.force_login(user)

    onward = client.get(client.get("/delegations/")["Location"])
    answer = client.post(onward["Location"], {"code": code_of(device)})

    assert onward["Location"] == CODE
    assert answer["Location"] == "/delegations/"


def test_session_without_password_sets_up_no_app_for_unit_staff(client: Client) -> None:
    user = person(Role.IT_OFFICER)
    client.force_login(user)

    assert client.get(SETUP)["Location"] == LOGIN
    assert client.post(SETUP, {"code": "123456"})["Location"] == LOGIN


@pytest.mark.parametrize("asked", ["/delegations/", "/find/people/?q=a"])
def test_page_asked_for_follows_after_both_factors(client: Client, asked: str) -> None:
    user = person(Role.IT_OFFICER)
    device = with_app(user)

    enter(client, user, next=asked)
    answer = client.post(CODE, {"code": code_of(device)})

    assert answer["Location"] == asked


@pytest.mark.parametrize(
    "asked",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "http:///evil.example",
        "javascript:alert(1)",
        "https:evil.example",
        "/login/",
        "/logout/",
        "\x00//evil.example",
        " //evil.example",
    ],
)
def test_nobody_is_led_elsewhere(client: Client, asked: str) -> None:
    answer = enter(client, person(Role.REQUESTING_STAFF), next=asked)

    assert answer["Location"] == reverse("home")


def test_signed_in_person_has_no_business_at_the_door() -> None:
    client = signed_in_client(person(Role.IT_OFFICER))

    assert client.get(LOGIN, {"next": "/delegations/"})["Location"] == "/delegations/"


def test_log_out_is_posted_and_told() -> None:
    user = person(Role.IT_OFFICER)
    client = signed_in_client(user)

    assert client.get("/logout/").status_code == 405
    assert is_in(client)
    assert client.post("/logout/")["Location"] == LOGIN
    assert not is_in(client)
    assert events(user)[0] == "logged_out"


def test_log_in_needs_the_forms_token() -> None:
    client = Client(enforce_csrf_checks=True)

    assert enter(client, person(Role.REQUESTING_STAFF)).status_code == 403


def test_pages_of_the_door_are_never_kept(client: Client) -> None:
    assert "no-store" in client.get(LOGIN)["Cache-Control"]


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"username": "", "password": ""},
        {"username": "a\x00b", "password": "x"},
        {"username": "x" * 5000, "password": "x"},
        {"username": "x", "password": "x" * 100_000},
        {"username": "😀", "password": "ğ"},
    ],
)
def test_odd_input_is_refused_calmly(client: Client, values: dict[str, str]) -> None:
    assert client.post(LOGIN, values).status_code in {200, 422}


def test_demo_accounts_are_shown_in_the_trial_run_only(client: Client, settings: Any) -> None:
    assert client.get("/login/demo/").status_code == 404
    assert "sbs-deneme" not in client.get(LOGIN).content.decode()

    settings.DEMO = True
    person(Role.REQUESTING_STAFF, username="hastane.personeli")

    assert client.get("/login/demo/").status_code == 200
    assert "sbs-deneme" in client.get(LOGIN).content.decode()
