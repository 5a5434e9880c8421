"""The staff register: who comes, changes, moves, leaves and returns; what the trail tells and what it never holds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import staffing
from accounts.models import Employee, Institution, Unit, User
from accounts.roles import Role
from accounts.services import staff
from audit.queries import entries_of
from tests.accounts.people import employee, institution, made_up_tc, person, signed_in_client, unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """What listeners were told, beside those of the program."""
    told: list[tuple[object, ...]] = []
    monkeypatch.setattr(staffing, "_left", [*staffing._left])
    monkeypatch.setattr(staffing, "_moved", [*staffing._moved])
    staffing.on_left(lambda who, by: told.append(("left", who.pk, by.pk)))
    staffing.on_moved(lambda who, place, unit, by: told.append(("moved", who.pk, place, unit, by.pk)))
    return told


def test_register_enters_a_person_and_tells_the_trail(officer: User, hospital: Institution) -> None:
    made = staff.register(
        by=officer,
        first_name=" Işıl ",
        last_name="Öztürk",
        institution=hospital,
        registry_no="A-17",
        reason="Yazı",
    )
    entry = entries_of(made).get()
    assert (made.full_name, made.registry_no, made.is_here) == ("Işıl Öztürk", "A-17", True)
    assert (entry.actor, entry.step, entry.reason, entry.event) == (
        officer,
        "staff_register",
        "Yazı",
        "created",
    )


@pytest.mark.parametrize("role", [Role.REQUESTING_STAFF, Role.REQUESTING_UNIT_HEAD, Role.MINISTRY_UNIT_HEAD])
def test_register_is_refused_to_those_outside_the_unit(role: str, hospital: Institution) -> None:
    with pytest.raises(PermissionDenied):
        staff.register(by=person(role), first_name="A", last_name="B", institution=hospital)
    assert not Employee.objects.exists()


def test_change_corrects_and_tells_what_changed(officer: User) -> None:
    who = employee(title="Hemşire")
    changed = staff.change(who, by=officer, title="Başhemşire", reason="Terfi")
    assert changed.title == "Başhemşire"
    assert entries_of(who)[0].changes == {"title": ["Hemşire", "Başhemşire"]}


def test_change_does_not_touch_the_place_or_the_end(officer: User, hospital: Institution) -> None:
    with pytest.raises(TypeError):
        staff.change(employee(), by=officer, institution=hospital)


def test_a_unit_of_another_institution_is_refused(officer: User, hospital: Institution) -> None:
    elsewhere: Unit = unit(institution())
    with pytest.raises(ValidationError) as refusal:
        staff.register(by=officer, first_name="A", last_name="B", institution=hospital, unit=elsewhere)
    assert "unit" in refusal.value.message_dict


def test_move_changes_the_place_and_tells_who_listens(
    officer: User, hospital: Institution, heard: list
) -> None:
    ward = unit(hospital)
    who = employee(hospital, unit=ward)
    target = institution()
    moved = staff.move(who, by=officer, institution=target)
    assert (moved.institution, moved.unit) == (target, None)
    assert heard == [("moved", who.pk, hospital, ward, officer.pk)]


def test_move_to_the_same_place_is_refused(officer: User, heard: list) -> None:
    who = employee()
    with pytest.raises(ValidationError):
        staff.move(who, by=officer, institution=who.institution)
    assert heard == []


def test_leave_ends_the_work_and_the_account(officer: User, hospital: Institution, heard: list) -> None:
    account = person(Role.REQUESTING_STAFF, institution=hospital)
    who = employee(hospital, user=account)
    gone = staff.leave(who, by=officer, on=timezone.localdate(), reason="Emeklilik")
    account.refresh_from_db()
    assert (gone.is_here, account.is_active, account.grants.filter(revoked_at__isnull=True).count()) == (
        False,
        False,
        0,
    )
    assert heard == [("left", who.pk, officer.pk)]


def test_only_the_unit_head_records_that_one_of_the_unit_left(officer: User) -> None:
    colleague = person(Role.HIS_OFFICER)
    who = employee(user=colleague)
    with pytest.raises(ValidationError):
        staff.leave(who, by=officer)
    who.refresh_from_db()
    assert who.is_here
    assert not staff.leave(who, by=person(Role.UNIT_HEAD)).is_here


def test_nobody_records_their_own_leaving() -> None:
    head = person(Role.UNIT_HEAD)
    with pytest.raises(ValidationError):
        staff.leave(employee(user=head), by=head)


def test_what_a_listener_raises_takes_the_leaving_back(
    officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staffing, "_left", [])

    @staffing.on_left
    def refuse(who: Employee, by: User) -> None:
        raise ValidationError("Zimmeti var.")

    who = employee()
    with pytest.raises(ValidationError, match="Zimmeti var"):
        staff.leave(who, by=officer)
    who.refresh_from_db()
    assert who.is_here


def test_a_day_to_come_is_refused(officer: User) -> None:
    with pytest.raises(ValidationError) as refusal:
        staff.leave(employee(), by=officer, on=timezone.localdate() + timedelta(days=1))
    assert "on" in refusal.value.message_dict


def test_nobody_leaves_before_the_start(officer: User) -> None:
    today = timezone.localdate()
    who = employee(started_on=today)
    with pytest.raises(ValidationError):
        staff.leave(who, by=officer, on=today - timedelta(days=1))


def test_return_brings_the_person_back_without_the_account(officer: User, hospital: Institution) -> None:
    account = person(Role.REQUESTING_STAFF, institution=hospital)
    gone = staff.leave(employee(hospital, user=account), by=officer)
    back = staff.return_to(gone, by=officer, institution=hospital)
    account.refresh_from_db()
    assert (back.is_here, back.started_on, account.is_active) == (True, timezone.localdate(), False)


def test_who_left_neither_leaves_again_nor_moves(officer: User) -> None:
    gone = staff.leave(employee(), by=officer)
    with pytest.raises(ValidationError):
        staff.leave(gone, by=officer)
    with pytest.raises(ValidationError):
        staff.move(gone, by=officer, institution=institution())


def test_who_sees_whom(officer: User, hospital: Institution) -> None:
    mine, other = employee(hospital), employee(institution())
    clerk = person(Role.REQUESTING_STAFF, institution=hospital)
    own = employee(hospital, user=clerk)

    def seen(user: User) -> set[Employee]:
        return set(Employee.objects.visible_to(user))

    assert seen(officer) == {mine, other, own}
    assert seen(person(Role.REQUESTING_UNIT_HEAD, institution=hospital)) == {mine, own}
    assert seen(clerk) == {own}
    assert seen(person(Role.MINISTRY_UNIT_HEAD)) == set()


@pytest.mark.parametrize("typed", ["ısıl", "IŞIL", "isil yil", "yıldız ışıl", "k-17"])
def test_matching_finds_by_folded_name_and_registry_number(typed: str) -> None:
    who = employee(first_name="Işıl", last_name="Yıldızoğlu", registry_no="K-17")
    employee(first_name="Işık", last_name="Çam")
    assert list(Employee.objects.matching(typed)) == [who]


def test_matching_nothing_typed_is_everybody() -> None:
    who = employee()
    assert list(Employee.objects.matching("  ")) == [who]


@pytest.mark.parametrize(
    "values",
    [
        {"first_name": ""},
        {"registry_no": ""},
        {"tc_sealed": "v1.x.y"},
        {"tc_token": "a" * 64},
    ],
)
def test_the_database_holds_what_must_always_hold(values: dict[str, str]) -> None:
    who = employee()
    with pytest.raises(IntegrityError), transaction.atomic():
        Employee.objects.filter(pk=who.pk).update(**values)


def test_an_account_follows_a_move_and_loses_what_the_old_place_gave(
    officer: User, hospital: Institution
) -> None:
    account = person(Role.REQUESTING_UNIT_HEAD, institution=hospital)
    who, target = employee(hospital, user=account), institution()
    staff.move(who, by=officer, institution=target)
    account.refresh_from_db()
    held = account.grants.filter(revoked_at__isnull=True).count()
    assert (account.institution, account.is_active, held) == (target, True, 0)


def test_another_unit_of_the_same_institution_leaves_the_roles(officer: User, hospital: Institution) -> None:
    account = person(Role.REQUESTING_UNIT_HEAD, institution=hospital)
    who, ward = employee(hospital, user=account), unit(hospital)
    staff.move(who, by=officer, institution=hospital, unit=ward)
    account.refresh_from_db()
    assert (account.unit, account.grants.filter(revoked_at__isnull=True).count()) == (ward, 1)


def test_only_another_unit_head_moves_one_of_the_unit(officer: User) -> None:
    head = person(Role.UNIT_HEAD)
    who = employee(user=head)
    for by in (officer, head):
        with pytest.raises(ValidationError):
            staff.move(who, by=by, institution=institution())
    moved = staff.move(who, by=person(Role.UNIT_HEAD), institution=institution())
    assert moved.institution != head.institution


def test_the_admin_shows_the_register_and_changes_nothing() -> None:
    number = made_up_tc()
    who = employee(tc=number)
    client = signed_in_client(person(Role.UNIT_HEAD))
    page = client.get(f"/admin/accounts/employee/{who.pk}/change/").content.decode()
    assert who.tc_masked in page
    assert number not in page
    assert who.full_name in client.get("/admin/accounts/employee/?q=emin").content.decode()
    assert client.get("/admin/accounts/employee/add/").status_code == 403
