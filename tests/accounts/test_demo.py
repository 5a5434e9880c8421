"""The invented province: the same each time, complete, usable, and invented throughout."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import demo
from accounts.authority import authorities, roles_of
from accounts.identity import is_valid_tckn
from accounts.models import Delegation, Employee, Grant, Institution, InstitutionKind, Unit, User
from accounts.queries import people_with_role
from accounts.roles import UNIT_STAFF, Role
from accounts.turkish import tr_upper

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> demo.People:
    return demo.build_people()


def snapshot() -> list[Any]:
    """All that a second building must leave as it is."""
    return [
        *Institution.objects.order_by("pk").values_list(
            "pk", "name", "detsis_no", "ckys_code", "parent", "hbys_vendor"
        ),
        *Unit.objects.order_by("pk").values_list("pk", "name", "institution"),
        *User.objects.order_by("pk").values_list("pk", "username", "password", "registry_no", "unit"),
        *Grant.objects.order_by("pk").values_list("pk", "user", "role"),
        *Delegation.objects.order_by("pk").values_list("pk", "from_user", "to_user"),
        *Employee.objects.order_by("pk").values_list("pk", "registry_no", "institution", "unit", "left_on"),
        *TOTPDevice.objects.order_by("pk").values_list("pk", "user", "key"),
    ]


def test_second_building_changes_nothing(made: demo.People) -> None:
    before = snapshot()

    demo.build_people()

    assert snapshot() == before


def test_building_is_quick(made: demo.People) -> None:
    started = time.perf_counter()
    demo.build_people()

    assert time.perf_counter() - started < 2


def test_province_is_complete(made: demo.People) -> None:
    assert len(made.institutions) == 25
    assert len(made.people) == 40
    assert {place.kind for place in made.institutions.values()} == set(InstitutionKind.values)
    assert all(people_with_role(role) for role in Role.values)


def test_everything_in_it_is_valid(made: demo.People) -> None:
    for row in (*made.institutions.values(), *made.units.values(), *made.people.values()):
        row.full_clean()
    for place in made.institutions.values():
        assert place.name_dative == tr_upper(place.name_dative)
        assert re.search(r"(A|E|YE|YA)$", place.name_dative)


def test_nobody_in_it_can_be_somebody(made: demo.People) -> None:
    told = " ".join(
        str(value)
        for model in (Institution, Unit, User)
        for row in model.objects.values()
        for value in row.values()
    )

    assert [number for number in re.findall(r"\d{11}", told) if is_valid_tckn(number)] == []
    assert all(user.email.endswith(".example") for user in made.people.values())


def test_names_are_told_apart(made: demo.People) -> None:
    assert len({user.last_name for user in made.people.values()}) == 40
    assert len({user.first_name for user in made.people.values()}) == 40


@pytest.mark.parametrize("username", ["birim.sorumlusu", "bilgi.islem.sorumlusu", "bilgi.islem1", "sbs1"])
def test_staff_enter_with_the_code_the_page_shows(made: demo.People, client: Client, username: str) -> None:
    code = {account.username: account.code for account in demo.shown_accounts()}[username]

    client.post(reverse("login"), {"username": username, "password": demo.PASSWORD})
    answer = client.post(reverse("login-code"), {"code": code})

    assert answer["Location"] == reverse("home")


def test_shown_code_is_never_a_used_one(made: demo.People) -> None:
    device = TOTPDevice.objects.get(user=made.people["sbs1"])
    first = demo.code_of(device)

    assert device.verify_token(first)
    second = demo.code_of(device)
    assert second != first
    assert device.verify_token(second)


def test_page_shows_a_way_in_for_every_role(made: demo.People) -> None:
    shown = demo.shown_accounts()

    assert {account.role for account in shown} == {str(role.label) for role in Role}
    staff = {user.username for user in made.people.values() if roles_of(user) & UNIT_STAFF}
    assert all(bool(account.code) is (account.username in staff) for account in shown)


def test_one_colleague_stands_in_for_another(made: demo.People) -> None:
    stand_in = made.people["bilgi.islem4"]
    stand_in.refresh_from_db()

    assert Delegation.objects.in_force(timezone.localdate()).count() == 1
    assert [held.on_behalf_of for held in authorities(stand_in)] == [None, made.people["bilgi.islem3"]]


def test_the_staff_are_those_with_an_account_and_others(made: demo.People) -> None:
    staff = Employee.objects.all()
    assert 100 <= staff.count() <= 140
    assert 0 < staff.left().count() < 12
    assert len({person.full_name for person in staff}) == staff.count()
    assert not staff.exclude(tc_sealed="").exists()
    assert not staff.left().filter(user__isnull=False).exists()
    assert {one.registry_no for one in staff} == set(made.staff)
