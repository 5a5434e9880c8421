"""What the database itself refuses, and what it says then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import CheckConstraint, UniqueConstraint
from django.utils import timezone, translation

from accounts.models import (
    AccessWindow,
    ClientCertificate,
    Delegation,
    Employee,
    Grant,
    Institution,
    InstitutionKind,
    Level,
    Training,
    Unit,
    User,
)
from accounts.models.institutions import LEVEL_OF_KIND
from accounts.roles import Role
from audit.trail import is_tracked
from tests.accounts.people import institution, person, unit

pytestmark = pytest.mark.django_db
MODELS = list(apps.get_app_config("accounts").get_models())
TODAY = timezone.localdate


def _institution(**values: Any) -> Institution:
    return Institution(**{"name": "X", "name_dative": "X'E", "kind": "other"} | values)


def _certificate() -> ClientCertificate:
    now = timezone.now()
    values = {"valid_from": now, "valid_until": now, "registered_by": person()}
    card = ClientCertificate(user=person(), name="x", serial="1", subject="CN=x", issuer="CN=y", **values)
    if not ClientCertificate.objects.exists():
        card.save()
    return card


def _training(**values: Any) -> Training:
    return Training(
        **{
            "subject": "x",
            "held_on": TODAY(),
            "valid_until": TODAY() + timedelta(days=1),
            "entered_by": person(),
        }
        | values
    )


def _training_twice() -> Training:
    somebody = _employee()
    somebody.save()
    _training(employee=somebody).save()
    return _training(employee=somebody)


def _window(**values: Any) -> AccessWindow:
    return AccessWindow(**{"days": [1], "reason": "x", "made_by": person()} | values)


def _grant(**values: Any) -> Grant:
    given = {
        "user": person(),
        "role": Role.IT_LEAD,
        "valid_from": TODAY(),
        "reason": "x",
        "granted_by": person(),
    }
    return Grant(**given | values)


def _delegation(**values: Any) -> Delegation:
    lender = person(Role.IT_LEAD)
    lent = {
        "from_user": lender,
        "to_user": person(),
        "given_by": lender,
        "valid_from": TODAY(),
        "valid_until": TODAY(),
        "reason": "x",
    }
    return Delegation(**lent | values)


def _same(factory: Callable[..., Any], **values: Any) -> Any:
    factory(**values).save()
    return factory(**values)


def _delegation_to_oneself() -> Delegation:
    lender = person(Role.IT_LEAD)
    return _delegation(from_user=lender, to_user=lender)


def _grant_to_oneself() -> Grant:
    user = person()
    return _grant(user=user, granted_by=user)


def _own_parent() -> Institution:
    place = institution()
    place.parent = place
    return place


def _employee(**values: Any) -> Employee:
    place = Institution.objects.first() or institution()
    return Employee(**{"first_name": "Işıl", "last_name": "Öz", "institution": place} | values)


def _unit_twice() -> Unit:
    place = institution()
    return _same(Unit, institution=place, name="Birim")


def _unit_code_twice() -> Unit:
    place = institution()
    Unit.objects.create(institution=place, name="A", code="1")
    return Unit(institution=place, name="B", code="1")


BROKEN: dict[str, Callable[[], Any]] = {
    "institution_detsis_unique": lambda: _same(_institution, detsis_no="12345678"),
    "institution_ckys_unique": lambda: _same(_institution, ckys_code="A1"),
    "institution_detsis_digits": lambda: _institution(detsis_no="12-45678"),
    "institution_ckys_characters": lambda: _institution(ckys_code="a b"),
    "institution_kind_known": lambda: _institution(kind="castle"),
    "institution_level_known": lambda: _institution(level_override="above"),
    "institution_parent_other": _own_parent,
    "institution_named": lambda: _institution(name=""),
    "unit_name_unique": _unit_twice,
    "unit_code_unique": _unit_code_twice,
    "user_registry_unique": lambda: (person(registry_no="77"), User(username="u1", registry_no="77"))[1],
    "user_unit_in_institution": lambda: User(username="u1", unit=unit()),
    "user_language_known": lambda: User(username="u1", language="de"),
    "user_username_unique": lambda: (person(username="aynı"), person(username="ayse"), User(username="AYSE"))[
        2
    ],
    "user_username_no_number": lambda: User(username="123456"),
    "user_rights_from_grants": lambda: User(username="u1", is_superuser=True),
    "grant_role_known": lambda: _grant(role="king"),
    "grant_dates_in_order": lambda: _grant(valid_until=TODAY() - timedelta(days=1)),
    "grant_not_to_oneself": _grant_to_oneself,
    "grant_has_giver": lambda: _grant(granted_by=None),
    "grant_reasoned": lambda: _grant(reason=""),
    "grant_revoked_by_whom": lambda: _grant(revoked_at=timezone.now()),
    "delegation_role_known": lambda: _delegation(role="king"),
    "delegation_dates_in_order": lambda: _delegation(valid_until=TODAY() - timedelta(days=1)),
    "delegation_to_another": _delegation_to_oneself,
    "delegation_reasoned": lambda: _delegation(reason=""),
    "delegation_ended_by_whom": lambda: _delegation(revoked_at=timezone.now()),
    "window_person_or_role": lambda: _window(user=person(), role=Role.IT_LEAD),
    "window_hours_together": lambda: _window(starts=time(8)),
    "window_reasoned": lambda: _window(reason=""),
    "certificate_unique": lambda: [_certificate(), _certificate()][1],
    "training_dates_in_order": lambda: _training(user=person(), valid_until=TODAY()),
    "training_of_one_person": lambda: _training(),
    "training_of_staff_once": _training_twice,
    "employee_registry_unique": lambda: _same(_employee, registry_no="77"),
    "employee_tc_unique": lambda: _same(_employee, tc_sealed="v1.a.b", tc_token="a" * 64),
    "employee_tc_together": lambda: _employee(tc_sealed="v1.a.b"),
    "employee_named": lambda: _employee(last_name=""),
    "employee_registry_not_empty": lambda: _employee(registry_no=""),
    "employee_left_after_start": lambda: _employee(started_on=TODAY(), left_on=TODAY() - timedelta(days=1)),
}


def _constraints() -> dict[str, CheckConstraint | UniqueConstraint]:
    return {
        constraint.name: constraint
        for model in MODELS
        for constraint in model._meta.constraints
        if isinstance(constraint, CheckConstraint | UniqueConstraint)
    }


def test_every_constraint_has_a_case_here() -> None:
    assert set(_constraints()) == set(BROKEN)


@pytest.mark.parametrize("name", BROKEN)
def test_database_refuses(name: str) -> None:
    row = BROKEN[name]()

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        row.save()


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.parametrize("language", ["tr", "en"])
def test_refusal_is_a_sentence_in_the_readers_language(name: str, language: str) -> None:
    row = BROKEN[name]()
    sentence = _constraints()[name].violation_error_message

    with translation.override(language), pytest.raises(ValidationError) as refusal:
        row.validate_constraints()

    with translation.override(language):
        assert str(sentence) in refusal.value.messages
        with translation.override("en"):
            english = str(sentence)
        assert (str(sentence) == english) is (language == "en")
        assert str(sentence).endswith(".")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_model_says_what_is_personal(model: Any) -> None:
    assert {field.name for field in model._meta.get_fields()} >= set(model.PERSONAL_FIELDS)


@pytest.mark.parametrize(
    "model", [Institution, Unit, User, Grant, Delegation], ids=lambda model: model.__name__
)
def test_every_change_is_told(model: Any) -> None:
    assert is_tracked(model)


@pytest.mark.parametrize("kind", InstitutionKind.values)
def test_level_goes_with_the_kind_unless_written(kind: str) -> None:
    assert _institution(kind=kind).level == LEVEL_OF_KIND[kind]
    assert _institution(kind=kind, level_override=Level.PEER).level == Level.PEER


def test_empty_codes_are_no_codes() -> None:
    for number in range(2):
        place = _institution(name=f"X{number}", detsis_no="", ckys_code="")
        place.full_clean()
        place.save()

    assert set(Institution.objects.values_list("detsis_no", "ckys_code")) == {(None, None)}


def test_institutions_stand_in_turkish_order() -> None:
    names = ["Ödemiş", "Çamlı", "Ilıca", "İncir", "Cevizli", "Şirin", "Sarı", "Zeytin", "Ümit", "Uzun", "Oba"]
    Institution.objects.bulk_create(_institution(name=name) for name in names)

    assert [place.name for place in Institution.objects.in_order()] == [
        "Cevizli",
        "Çamlı",
        "Ilıca",
        "İncir",
        "Oba",
        "Ödemiş",
        "Sarı",
        "Şirin",
        "Uzun",
        "Ümit",
        "Zeytin",
    ]


def test_keys_follow_a_changed_name() -> None:
    place = institution(name="Eski")
    place.name = "Yeni Şehir"
    place.save(update_fields=["name"])

    assert list(Institution.objects.found_by("sehir")) == [place]
    place.name = "Başka"
    Institution.objects.bulk_update([place], ["name"])
    assert list(Institution.objects.found_by("baska")) == [place]


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [("Ayşe", "Yıldırım", "Ayşe YILDIRIM"), ("İbrahim", "İnci", "İbrahim İNCİ"), ("", "", "u1")],
)
def test_name_under_a_letter(first: str, last: str, shown: str) -> None:
    assert User(username="u1", first_name=first, last_name=last).signature_name == shown
