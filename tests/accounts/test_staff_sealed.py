"""The TC number in the staff register: sealed where it lies, masked where it is read, shown for a reason only."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command

from accounts import sealed
from accounts.models import Employee, Institution, User
from accounts.roles import Role
from accounts.services import staff
from audit.models import Entry
from audit.queries import entries_of
from tests.accounts.people import employee, made_up_tc, person

pytestmark = pytest.mark.django_db


def test_a_tc_number_is_sealed_masked_and_found(officer: User, hospital: Institution) -> None:
    number = made_up_tc()
    made = staff.register(
        by=officer, first_name="A", last_name="B", institution=hospital, tc=f"{number[:3]} {number[3:]}"
    )
    assert number not in made.tc_sealed
    assert made.tc_masked == f"{number[:3]}*****{number[-3:]}"
    assert Employee.objects.with_tc(number).get() == made


def test_a_tc_number_of_wrong_digits_is_refused(officer: User, hospital: Institution) -> None:
    with pytest.raises(ValidationError) as refusal:
        staff.register(by=officer, first_name="A", last_name="B", institution=hospital, tc="12345678901")
    assert "tc" in refusal.value.message_dict


def test_the_trail_never_holds_the_number(officer: User, hospital: Institution) -> None:
    number, other = made_up_tc(), made_up_tc()
    made = staff.register(by=officer, first_name="A", last_name="B", institution=hospital, tc=number)
    staff.change(made, by=officer, tc=other)
    made.refresh_from_db()
    assert made.tc(officer, "Form karşılaştırması") == other
    told = [str(row) for row in Entry.objects.values_list("changes", "reason", "object_repr")]
    assert not any(
        secret in text for text in told for secret in (number, other, str(made.tc_token), made.tc_sealed)
    )
    assert [entry.event for entry in entries_of(made)] == ["tc_shown", "changed", "created"]


def test_a_sealed_number_does_not_open_in_another_row(officer: User, hospital: Institution) -> None:
    one, other = employee(hospital, tc=made_up_tc()), employee(hospital)
    other.tc_sealed = one.tc_sealed
    with pytest.raises(sealed.CannotOpen):
        other.opened_tc()


def test_a_taken_tc_number_names_its_holder_to_the_unit(officer: User, hospital: Institution) -> None:
    number = made_up_tc()
    holder = employee(hospital, tc=number)
    with pytest.raises(ValidationError) as refusal:
        staff.register(by=officer, first_name="A", last_name="B", institution=hospital, tc=number)
    assert holder.full_name in refusal.value.message_dict["tc"][0]


def test_showing_a_number_needs_a_reason_and_the_unit(officer: User) -> None:
    who = employee(tc=made_up_tc())
    with pytest.raises(ValidationError):
        who.tc(officer, " ")
    with pytest.raises(PermissionDenied):
        who.tc(person(Role.REQUESTING_UNIT_HEAD, institution=who.institution), "Merak")
    assert not entries_of(who).filter(event="tc_shown").exists()


def test_resealing_lets_an_earlier_key_go(settings: Any) -> None:
    number, untouched = made_up_tc(), employee()
    who = employee(tc=number)
    old = settings.FIELD_KEYS
    settings.FIELD_KEYS = (b"n" * 32, *old)
    assert Employee.objects.with_tc(number).get() == who
    call_command("staff", "reseal")
    settings.FIELD_KEYS = (b"n" * 32,)
    who.refresh_from_db()
    untouched.refresh_from_db()
    assert (who.opened_tc(), Employee.objects.with_tc(number).get(), untouched.has_tc) == (number, who, False)
    assert staff.reseal() == 0


def test_a_number_sealed_under_an_earlier_key_is_taken_all_the_same(
    officer: User, hospital: Institution, settings: Any
) -> None:
    number = made_up_tc()
    employee(hospital, tc=number)
    settings.FIELD_KEYS = (b"n" * 32, *settings.FIELD_KEYS)
    with pytest.raises(ValidationError):
        staff.register(by=officer, first_name="A", last_name="B", institution=hospital, tc=number)


def test_tokens_of_two_kinds_and_keys_differ(settings: Any) -> None:
    found = {sealed.token("tc", "1"), sealed.token("serial", "1"), sealed.token("tc", "2")}
    settings.FIELD_KEYS = (b"n" * 32,)
    assert len(found | {sealed.token("tc", "1")}) == 4


def test_content_sealed_as_bytes_opens_only_where_it_belongs() -> None:
    content = sealed.seal_bytes(b"rows", "a")
    assert sealed.unseal_bytes(content, "a") == b"rows"
    for wrong in (lambda: sealed.unseal_bytes(content, "b"), lambda: sealed.unseal_bytes(b"v1.x", "a")):
        with pytest.raises(sealed.CannotOpen):
            wrong()
