"""The registry number of somebody on the staff: one person each, however it is written."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import Employee, Institution, User
from accounts.models.staff import registry_key, registry_key_of
from accounts.roles import Role
from accounts.services import staff
from tests.accounts.people import employee, person

pytestmark = pytest.mark.django_db


def test_an_empty_registry_number_is_none(officer: User, hospital: Institution) -> None:
    made = [
        staff.register(by=officer, first_name="A", last_name="B", institution=hospital, registry_no=" ")
        for _ in "12"
    ]
    assert [one.registry_no for one in made] == [None, None]


@pytest.mark.parametrize("of_tc", [True, False])
def test_a_taken_number_names_nobody_to_those_who_may_not_see_the_holder(
    of_tc: bool, hospital: Institution
) -> None:
    holder = employee(hospital)
    sentence = staff.duplicate_sentence(holder, person(Role.REQUESTING_UNIT_HEAD), of_tc=of_tc)
    assert holder.full_name not in sentence
    assert hospital.name not in sentence


def test_a_taken_registry_number_is_refused(officer: User, hospital: Institution) -> None:
    holder = employee(hospital, registry_no="K1")
    with pytest.raises(ValidationError) as refusal:
        staff.register(by=officer, first_name="A", last_name="B", institution=hospital, registry_no="K1")
    assert holder.full_name in refusal.value.message_dict["registry_no"][0]


def test_nobody_gets_a_registry_number_that_differs_only_in_its_letters(
    officer: User, hospital: Institution
) -> None:
    first = employee(hospital, registry_no="İŞ-000101")

    with pytest.raises(ValidationError) as refused:
        staff.register(
            by=officer, first_name="Ece", last_name="Su", institution=hospital, registry_no="iş-000101"
        )
    assert set(refused.value.message_dict) == {"registry_no"}
    with pytest.raises(IntegrityError), transaction.atomic():
        employee(hospital, registry_no="is-000101")
    assert Employee.objects.get() == first


def test_the_database_and_the_program_spell_a_registry_number_alike(hospital: Institution) -> None:
    odd = ["İIıi-Ş1", "i\u0307s\u0327 7", "ÇĞÖÜ çğöü", "É/9_x"]
    for number in odd:
        employee(hospital, registry_no=number)

    spelled = Employee.objects.annotate(key_=registry_key_of("registry_no")).values_list(
        "registry_no", "key_"
    )

    assert dict(spelled) == {number: registry_key(number) for number in odd}
    assert registry_key("İIıi-Ş1") == "iiii-s1"


def test_registry_numbers_that_would_clash_are_found_before_the_index_is_made() -> None:
    migration = import_module("accounts.migrations.0009_registry_number_however_written")

    assert migration.doubles_in([(7, "S1"), (8, "S2"), (9, "s 1"), (10, "ı3")]) == [[7, 9]]
