"""Ek-5 5.7.2.5 for programs: a key is taken from its networks, and in the hours and networks of the account it acts as."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessWindow, User
from accounts.models.windows import WindowKind
from accounts.roles import Role
from audit.queries import entries_of
from ebys.models import ApiKey, Scope
from ebys.services import keys
from processes.errors import RuleBroken, WrongState
from tests.accounts import people
from tests.ebys.api.calling import Caller, account, key_of

pytestmark = pytest.mark.django_db
EBYS, ELSEWHERE = "10.20.3.4", "192.0.2.9"


def window(**values: Any) -> AccessWindow:
    made = AccessWindow(reason="test", made_by=people.person(Role.UNIT_HEAD), **values)
    made.full_clean()
    made.save()
    return made


def asked(text: str, address: str) -> Any:
    return Caller(text).client.get(
        "/api/v1/cases/", headers={"Authorization": f"Bearer {text}"}, REMOTE_ADDR=address
    )


def tomorrow() -> list[int]:
    """Any day of the week but today and those beside it, whatever the hour."""
    return [(timezone.localtime() + timedelta(days=3)).isoweekday()]


@pytest.mark.parametrize(("address", "status"), [(EBYS, 200), ("10.21.0.1", 403), (ELSEWHERE, 403)])
def test_a_key_is_taken_from_its_networks(address: str, status: int) -> None:
    _key, text = key_of(account(), networks="10.20.0.0/16, 198.51.100.7")

    assert asked(text, address).status_code == status


def test_a_key_without_networks_comes_from_anywhere() -> None:
    _key, text = key_of(account())

    assert asked(text, ELSEWHERE).status_code == 200


def test_the_refusal_is_clear_and_told_once_a_minute() -> None:
    key, text = key_of(account(), networks="10.20.0.0/16")

    answer = asked(text, ELSEWHERE)
    problem = answer.json()
    asked(text, ELSEWHERE)

    assert (problem["status"], problem["code"]) == (403, "outside-network")
    assert answer["Content-Type"] == "application/problem+json"
    told = [entry for entry in entries_of(key) if entry.event == "refused"]
    assert [(one.remote_addr, one.actor) for one in told] == [(ELSEWHERE, key.account.acts_as)]
    assert told[0].changes == {"code": "outside-network", "method": "GET", "address": "api:cases"}


@pytest.mark.parametrize("whose", ["account", "role"])
def test_the_windows_of_the_account_and_of_its_roles_hold_its_keys(whose: str) -> None:
    owner = account(Role.HIS_OFFICER)
    key, text = key_of(owner)
    window(**({"user": owner.acts_as} if whose == "account" else {"role": Role.HIS_OFFICER}), days=tomorrow())

    problem = asked(text, EBYS).json()

    assert (problem["status"], problem["code"]) == (403, "outside-window")
    assert entries_of(key)[0].event == "refused"


def test_a_window_of_its_own_comes_before_those_of_the_role() -> None:
    owner = account(Role.HIS_OFFICER)
    _key, text = key_of(owner)
    window(role=Role.HIS_OFFICER, days=tomorrow())
    window(user=owner.acts_as, networks="10.20.0.0/16")

    assert [asked(text, address).status_code for address in (EBYS, ELSEWHERE)] == [200, 403]


def test_windows_for_everybody_are_for_people() -> None:
    _key, text = key_of(account())
    window(days=tomorrow())
    window(kind=WindowKind.CLOSED, networks="10.20.0.0/16")

    assert asked(text, EBYS).status_code == 200


def test_no_program_is_a_last_administrator() -> None:
    owner = account(user=people.person(Role.UNIT_HEAD))
    _key, text = key_of(owner)
    AccessWindow.objects.create(
        user=owner.acts_as, networks="10.20.0.0/16", reason="test", made_by=owner.acts_as
    )

    assert asked(text, ELSEWHERE).status_code == 403


def test_windows_cost_no_question_more() -> None:
    owner = account()
    _key, text = key_of(owner)
    for _round in range(2):
        assert asked(text, EBYS).status_code == 200
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert asked(text, EBYS).status_code == 200
        counts.append(len(queries))
        window(user=owner.acts_as, networks="10.20.0.0/16")

    assert counts[0] == counts[1]


def test_networks_that_are_none_are_refused() -> None:
    with pytest.raises(RuleBroken):
        key_of(account(), networks="the office")


@pytest.fixture
def head() -> User:
    """Who keeps the keys."""
    return people.person(Role.UNIT_HEAD)


def test_the_unit_head_sets_and_changes_the_networks(head: User) -> None:
    admin = people.signed_in_client(head)
    until = timezone.localtime() + timedelta(days=90)
    form = {
        "account": account().pk,
        "name": "EBYS üretim",
        "scopes": [Scope.CASES_READ],
        "expires_at_0": until.strftime("%Y-%m-%d"),
        "expires_at_1": "12:00:00",
    }
    add = reverse("admin:ebys_apikey_add")

    assert "ağ değil" in admin.post(add, form | {"networks": "bina"}).content.decode()
    admin.post(add, form | {"networks": "10.20.3.4/16\n198.51.100.7"})
    key = ApiKey.objects.get()
    assert key.networks == "10.20.0.0/16\n198.51.100.7/32"

    page = reverse("admin:ebys_apikey_change", args=(key.pk,))
    assert "10.20.0.0/16" in admin.get(page).content.decode()
    assert admin.post(page, {"networks": "10.30.0.0/16", "name": "başka"}).status_code == 302
    key.refresh_from_db()
    assert (key.networks, key.name) == ("10.30.0.0/16", "EBYS üretim")
    told = entries_of(key)[0]
    assert (told.actor, told.step) == (head, "limit_key")
    assert "10.30.0.0/16" in str(told.changes)


def test_a_revoked_key_is_not_changed(head: User) -> None:
    key, _text = key_of(account())
    keys.revoke(key, by=head, reason="kayboldu")
    admin: Client = people.signed_in_client(head)
    page = reverse("admin:ebys_apikey_change", args=(key.pk,))

    assert 'name="_save"' not in admin.get(page).content.decode()
    admin.post(page, {"networks": "10.30.0.0/16"})
    with pytest.raises(WrongState):
        keys.limit(key, networks="10.30.0.0/16")
    key.refresh_from_db()
    assert key.networks == ""
