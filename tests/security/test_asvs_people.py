"""Accounts, passwords, codes and sessions: what production is set to, and what is drawn by chance."""

from __future__ import annotations

import base64
import math
import time

import pytest
from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.contrib.sessions.backends.cached_db import SessionStore
from django.test import Client
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import User
from accounts.passwords import LONGEST, weaknesses
from accounts.roles import Role
from accounts.services import people, second_factor
from accounts.validators import FLOOR
from helpdesk import workflow
from processes.models import Case
from tests.accounts.door import with_app
from tests.accounts.people import person, signed_in_client
from tests.engine.cast import assemble
from tests.security.production import production

# Accounts and passwords (6.2, 6.3.2, 11.4.2, 13.4.2)


def test_a_fresh_installation_knows_nobody(db: None) -> None:
    assert not User.objects.exists()


def test_passwords_are_kept_as_argon2id_with_enough_memory() -> None:
    found = production()

    memory, rounds = found["ARGON2"]
    assert found["PASSWORD_HASHERS"][0].endswith(".Argon2PasswordHasher")
    assert memory >= 19 * 1024
    assert rounds >= 2


def test_production_neither_explains_its_faults_nor_shows_accounts() -> None:
    assert (production()["DEBUG"], production()["DEMO"]) == (False, False)
    assert not [name for name in production()["INSTALLED_APPS"] if "debug" in name or "silk" in name]


def test_passwords_are_long_enough_and_may_be_longer() -> None:
    said = production()
    assert min(said["PASSWORD_MIN_LENGTH"], said["PASSWORD_MIN_LENGTH_ADMINISTRATORS"], FLOOR) >= 8
    assert LONGEST >= 64
    assert (
        weaknesses("Kırk yamalı bohçayla dokuz köyden kovulan 7 ozan, gül suyu içti de sustu!", at_least=14)
        == []
    )


def test_no_common_password_passes_and_hardly_one_dressed_up_to_the_rules() -> None:
    """The framework's list, the most used first: with a capital, a digit and a sign nearly all are still known."""
    fitting = [word for word in CommonPasswordValidator().passwords if len(word) >= 8]
    tried = sorted(fitting)[:3000]
    dressed = [word for word in tried[::10] if not weaknesses(f"{word.capitalize()}1!", at_least=8)]

    assert len(tried) == 3000
    assert [word for word in tried if not weaknesses(word, at_least=8)] == []
    assert len(dressed) <= 300 * 0.05


# The second step (6.5)


def test_seeds_of_apps_are_drawn_anew_and_long_enough(db: None) -> None:
    seeds = {bytes(second_factor.begin(person()).bin_key) for _person in range(5)}

    assert len(seeds) == 5
    assert {len(seed) for seed in seeds} == {20}


@pytest.mark.parametrize(("steps", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_lives_for_its_step_and_the_neighbours(db: None, steps: int, counts: bool) -> None:
    device = TOTPDevice.objects.create(user=person(), name="app")
    code = TOTP(device.bin_key, device.step, device.t0, device.digits)
    code.time = time.time() + steps * device.step

    assert device.step == 30
    assert device.verify_token(code.token()) is counts


def test_recovery_codes_are_hard_to_guess_and_not_kept(db: None) -> None:
    user = person()
    codes = second_factor.new_recovery_codes(user)
    letters = len(second_factor._ALPHABET)

    assert 12 * math.log2(letters) > 55
    assert len(set(codes)) == len(codes) == 10
    kept = set(StaticToken.objects.filter(device__user=user).values_list("token", flat=True))
    assert not kept & {code.replace("-", "") for code in codes}
    assert {len(base64.b32decode(token.upper())) for token in kept} == {10}  # 80 bits of a keyed hash


def test_a_forgotten_password_does_not_lead_past_the_second_step(db: None) -> None:
    """6.4.3: the link gives a password; the app, set up before, is asked for all the same."""
    head, user = person(Role.UNIT_HEAD), person(Role.REQUESTING_STAFF)
    with_app(user)
    link = people.password_link(user, by=head, reason="parolasını unuttu")
    client = Client()
    page = client.get(link, follow=True)
    new = "Kırk yamalı bohçayla 7 ozan, sustu!"
    client.post(page.redirect_chain[-1][0], {"new_password1": new, "new_password2": new})
    answer = client.post("/login/", {"username": user.username, "password": new})

    assert answer["Location"].startswith("/login/code/")
    assert "_auth_user_id" not in client.session


# Sessions (7.2.2, 7.2.3)


def new_session() -> str:
    store = SessionStore()
    store.create()
    return str(store.session_key)


def test_names_of_sessions_are_drawn_by_chance_and_long_enough(db: None) -> None:
    names = {new_session() for _one in range(50)}

    assert len(names) == 50
    assert {len(name) for name in names} == {32}
    assert 32 * math.log2(36) > 128


@pytest.mark.parametrize("name", ["a" * 32, "0" * 32, "../../etc", "", "x" * 5000])
def test_a_made_up_session_is_nobody(name: str, db: None) -> None:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = name

    assert client.get("/me/").status_code == 302


def test_a_session_stands_in_the_database_and_says_nothing_by_itself(db: None) -> None:
    user = person(Role.IT_OFFICER)
    client = signed_in_client(user)
    name = client.cookies[settings.SESSION_COOKIE_NAME].value

    assert settings.SESSION_ENGINE == "django.contrib.sessions.backends.cached_db"
    assert str(user.pk) != name
    assert user.username not in name


# What a request brings (2.2.2, 15.3.7)


@pytest.fixture
def reported(db: None) -> tuple[Case, Client]:
    """A request just reported, and the browser of who may assess it."""
    cast = assemble()
    officer = cast[Role.IT_OFFICER]
    case = workflow.report(
        by=officer, title="Ağ yok", applicant=cast[Role.REQUESTING_STAFF], channel="telephone"
    )
    return case, signed_in_client(officer)


def test_what_a_form_asks_for_is_not_taken_from_the_address(reported: tuple[Case, Client]) -> None:
    case, client = reported
    answer = client.post(f"/cases/{case.number}/steps/assess/?finding=Kablo&version={case.version}", {})

    assert answer.status_code == 422
    assert Case.objects.get(pk=case.pk).version == case.version


def test_a_field_sent_twice_counts_once(reported: tuple[Case, Client]) -> None:
    case, client = reported
    client.post(
        f"/cases/{case.number}/steps/assess/", {"finding": ["Kablo", "Anahtar"], "version": [case.version]}
    )
    after = Case.objects.get(pk=case.pk)

    assert (after.state, after.version) == ("assessed", case.version + 1)
