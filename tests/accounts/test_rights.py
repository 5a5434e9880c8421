"""Who may act as what on which day, and how rights come and go."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.authority import (
    Authority,
    administers,
    authorities,
    authority_for,
    own_roles,
    roles_of,
    works_in_unit,
)
from accounts.models import Delegation, Grant, User
from accounts.queries import people_with_role
from accounts.roles import UNIT_STAFF, Role, permits
from accounts.services import people, rights
from audit.queries import entries_of
from tests.accounts.people import institution, person

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


@pytest.fixture
def head() -> User:
    return person(Role.UNIT_HEAD)


def fresh(user: User) -> User:
    """The person as the next request would see them."""
    return User.objects.get(pk=user.pk)


def given(user: User, role: str, first: date, last: date | None, *, by: User) -> Grant:
    return rights.grant(user, role, by=by, reason="görevlendirme", valid_from=first, valid_until=last)


@pytest.mark.parametrize(
    ("first", "last", "counts"),
    [
        (TODAY - DAY, None, True),
        (TODAY, None, True),
        (TODAY, TODAY, True),
        (TODAY - DAY, TODAY, True),
        (TODAY - DAY, TODAY - DAY, False),
        (TODAY + DAY, None, False),
        (TODAY + DAY, TODAY + DAY, False),
    ],
)
def test_grant_counts_on_its_days_only(head: User, first: date, last: date | None, counts: bool) -> None:
    officer = person()

    given(officer, Role.IT_OFFICER, first, last, by=head)

    assert (Role.IT_OFFICER in roles_of(fresh(officer), on=TODAY)) is counts
    assert (officer in people_with_role(Role.IT_OFFICER, on=TODAY)) is counts


def test_revoked_grant_counts_no_more(head: User) -> None:
    officer = person(Role.IT_OFFICER)

    rights.revoke(officer.grants.get(), by=head, reason="başka birime geçti")

    assert roles_of(fresh(officer)) == frozenset()
    assert people_with_role(Role.IT_OFFICER) == []


def test_closed_account_has_no_role(head: User) -> None:
    officer = person(Role.IT_OFFICER)

    people.close(officer, by=head, reason="emekli oldu")

    assert roles_of(fresh(officer)) == frozenset()


def test_reopened_account_has_no_role(head: User) -> None:
    officer = person(Role.IT_OFFICER)
    people.close(officer, by=head, reason="emekli oldu")

    people.reopen(fresh(officer), by=head, reason="geri döndü")

    assert fresh(officer).is_active
    assert roles_of(fresh(officer)) == frozenset()


def lent(lender: User, to: User, first: date, last: date, role: str = "") -> Delegation:
    return rights.delegate(
        lender, to, by=lender, valid_from=first, valid_until=last, reason="yıllık izin", role=role
    )


@pytest.mark.parametrize(
    ("first", "last", "counts"), [(0, 0, True), (0, 5, True), (1, 5, False)], ids=["today", "span", "later"]
)
def test_delegation_lends_on_its_days_only(first: int, last: int, counts: bool) -> None:
    lender, stand_in = person(Role.IT_LEAD), person(Role.IT_OFFICER)
    today = timezone.localdate()

    lent(lender, stand_in, today + first * DAY, today + last * DAY)

    assert (Role.IT_LEAD in roles_of(fresh(stand_in))) is counts
    assert (stand_in in people_with_role(Role.IT_LEAD)) is counts


def test_own_role_comes_before_a_lent_one() -> None:
    lender, stand_in = person(Role.IT_OFFICER), person(Role.IT_OFFICER)
    lent(lender, stand_in, timezone.localdate(), timezone.localdate())

    assert authorities(fresh(stand_in)) == (
        Authority(Role.IT_OFFICER),
        Authority(Role.IT_OFFICER, on_behalf_of=lender),
    )
    assert authority_for(fresh(stand_in), [Role.IT_OFFICER]) == Authority(Role.IT_OFFICER)


def test_lent_role_names_the_lender() -> None:
    lender, stand_in = person(Role.HIS_LEAD), person(Role.HIS_OFFICER)
    lent(lender, stand_in, timezone.localdate(), timezone.localdate())

    assert authority_for(fresh(stand_in), [Role.HIS_LEAD]) == Authority(Role.HIS_LEAD, on_behalf_of=lender)
    assert own_roles(fresh(stand_in)) == {Role.HIS_OFFICER}


def test_delegation_of_one_role_lends_no_other() -> None:
    lender, stand_in = person(Role.IT_LEAD, Role.HIS_LEAD), person()

    lent(lender, stand_in, timezone.localdate(), timezone.localdate(), Role.IT_LEAD)

    assert roles_of(fresh(stand_in)) == {Role.IT_LEAD}


def test_lent_role_is_never_lent_on() -> None:
    first, second, third = person(Role.IT_LEAD), person(Role.IT_OFFICER), person()
    today = timezone.localdate()
    lent(first, second, today, today)

    lent(second, third, today, today)

    assert roles_of(fresh(third)) == {Role.IT_OFFICER}


def test_delegation_ends_with_the_shared_institution() -> None:
    lender, stand_in = person(Role.IT_LEAD), person()
    lent(lender, stand_in, timezone.localdate(), timezone.localdate())

    stand_in.institution = institution()
    stand_in.save()

    assert roles_of(fresh(stand_in)) == frozenset()


def test_ended_delegation_lends_no_more() -> None:
    lender, stand_in = person(Role.IT_LEAD), person()
    delegation = lent(lender, stand_in, timezone.localdate(), timezone.localdate() + DAY)

    rights.end_delegation(delegation, by=lender)

    assert roles_of(fresh(stand_in)) == frozenset()


def test_revoking_the_lenders_grant_takes_the_lent_role_too(head: User) -> None:
    lender, stand_in = person(Role.IT_LEAD), person()
    lent(lender, stand_in, timezone.localdate(), timezone.localdate())

    rights.revoke(lender.grants.get(), by=head, reason="görev değişikliği")

    assert roles_of(fresh(stand_in)) == frozenset()


def test_stand_in_of_the_unit_head_does_not_administer(head: User) -> None:
    stand_in = person(Role.IT_LEAD)
    lent(head, stand_in, timezone.localdate(), timezone.localdate())
    stand_in = fresh(stand_in)

    assert Role.UNIT_HEAD in roles_of(stand_in)
    assert not administers(stand_in)
    with pytest.raises(PermissionDenied):
        rights.grant(person(), Role.IT_OFFICER, by=stand_in, reason="deneme")


@pytest.mark.parametrize("role", Role.values)
def test_unit_staff_is_who_does_the_units_work(role: str) -> None:
    assert works_in_unit(person(role)) is (role in UNIT_STAFF)


@pytest.mark.parametrize("role", [role for role in Role.values if role != Role.UNIT_HEAD])
def test_only_the_unit_head_grants(role: str) -> None:
    other = person(role)

    with pytest.raises(PermissionDenied):
        rights.grant(person(), Role.IT_OFFICER, by=other, reason="deneme")


@pytest.mark.parametrize("role", Role.values)
def test_admin_is_for_the_unit_head_and_deletes_nothing(role: str) -> None:
    assert permits(role, "accounts.change_user") is (role == Role.UNIT_HEAD)
    assert not permits(role, "accounts.delete_user")
    assert not permits(role, "otp_totp.view_totpdevice")


def test_nobody_grants_to_themselves(head: User) -> None:
    with pytest.raises(ValidationError, match="kendisine"):
        rights.grant(head, Role.IT_LEAD, by=head, reason="deneme")


def test_grant_without_reason_is_refused(head: User) -> None:
    with pytest.raises(ValidationError):
        rights.grant(person(), Role.IT_LEAD, by=head, reason="  ")


def test_same_role_twice_on_a_day_is_refused(head: User) -> None:
    officer = person()
    given(officer, Role.IT_OFFICER, TODAY, TODAY + 5 * DAY, by=head)

    with pytest.raises(ValidationError, match="zaten"):
        given(officer, Role.IT_OFFICER, TODAY + 5 * DAY, None, by=head)


def test_same_role_again_after_its_end(head: User) -> None:
    officer = person()
    given(officer, Role.IT_OFFICER, TODAY, TODAY + 5 * DAY, by=head)

    given(officer, Role.IT_OFFICER, TODAY + 6 * DAY, None, by=head)

    assert officer.grants.count() == 2


def test_first_unit_head_is_appointed_without_giver_and_only_once() -> None:
    first = rights.grant(person(), Role.UNIT_HEAD, by=None, reason="kurulum")

    assert first.granted_by is None
    with pytest.raises(PermissionDenied):
        rights.grant(person(), Role.UNIT_HEAD, by=None, reason="kurulum")


def test_last_unit_head_cannot_be_removed(head: User) -> None:
    with pytest.raises(ValidationError, match="birim sorumlusu"):
        rights.revoke(head.grants.get(), by=head, reason="deneme")

    other = person(Role.UNIT_HEAD)
    rights.revoke(head.grants.get(), by=other, reason="görev değişikliği")
    assert not administers(fresh(head))


def test_revoking_twice_is_refused(head: User) -> None:
    officer = person(Role.IT_OFFICER)
    grant = officer.grants.get()
    rights.revoke(grant, by=head, reason="bir")

    with pytest.raises(ValidationError, match="daha önce"):
        rights.revoke(grant, by=head, reason="iki")


def test_grant_and_revocation_are_told_with_their_reason(head: User) -> None:
    officer = person()
    grant = rights.grant(officer, Role.IT_OFFICER, by=head, reason="görevlendirme")
    rights.revoke(grant, by=head, reason="görev bitti")

    assert [(entry.event, entry.reason) for entry in entries_of(grant)] == [
        ("changed", "görev bitti"),
        ("created", "görevlendirme"),
    ]


@pytest.mark.parametrize("change", [{"role": Role.HIS_LEAD}, {"valid_until": TODAY}, {"reason": "başka"}])
def test_database_refuses_to_change_a_grant(change: dict[str, object]) -> None:
    grant = person(Role.IT_OFFICER).grants.get()

    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Grant.objects.filter(pk=grant.pk).update(**change)


def test_database_refuses_to_delete_a_grant_or_to_revive_it(head: User) -> None:
    grant = person(Role.IT_OFFICER).grants.get()

    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic():
        Grant.objects.filter(pk=grant.pk)._raw_delete("default")
    rights.revoke(grant, by=head, reason="bitti")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Grant.objects.filter(pk=grant.pk).update(revoked_at=None, revoked_by=None)


@pytest.mark.parametrize(
    ("days", "field"),
    [((0, -1), "valid_until"), ((-9, -5), "valid_until"), ((0, 366), "valid_until")],
    ids=["ends before it begins", "is over already", "is longer than a year"],
)
def test_delegation_dates_are_checked(days: tuple[int, int], field: str) -> None:
    lender, stand_in = person(Role.IT_LEAD), person()
    first, last = (timezone.localdate() + day * DAY for day in days)

    with pytest.raises(ValidationError) as refusal:
        lent(lender, stand_in, first, last)

    assert refusal.value.messages
    assert Delegation.objects.count() == 0


def test_delegation_to_oneself_is_refused() -> None:
    lender = person(Role.IT_LEAD)

    with pytest.raises(ValidationError, match="kendisine"):
        lent(lender, lender, timezone.localdate(), timezone.localdate())


def test_delegation_to_another_institution_is_refused() -> None:
    with pytest.raises(ValidationError, match="aynı kurum"):
        lent(
            person(Role.IT_LEAD),
            person(institution=institution()),
            timezone.localdate(),
            timezone.localdate(),
        )


def test_delegation_to_a_closed_account_is_refused() -> None:
    with pytest.raises(ValidationError, match="kapalı"):
        lent(person(Role.IT_LEAD), person(is_active=False), timezone.localdate(), timezone.localdate())


@pytest.mark.parametrize("role", ["", Role.HIS_LEAD])
def test_only_an_own_role_is_lent(role: str) -> None:
    lender = person() if role == "" else person(Role.IT_LEAD)

    with pytest.raises(ValidationError, match="kendi rolü"):
        lent(lender, person(), timezone.localdate(), timezone.localdate(), role)


@pytest.mark.parametrize(
    ("first", "second", "refused"),
    [
        ("", "", True),
        ("", Role.IT_LEAD, True),
        (Role.IT_LEAD, Role.IT_LEAD, True),
        (Role.IT_LEAD, Role.HIS_LEAD, False),
    ],
)
def test_delegations_of_one_pair_do_not_overlap(first: str, second: str, refused: bool) -> None:
    lender, stand_in = person(Role.IT_LEAD, Role.HIS_LEAD), person()
    today = timezone.localdate()
    lent(lender, stand_in, today, today + 3 * DAY, first)

    if refused:
        with pytest.raises(ValidationError, match="zaten"):
            lent(lender, stand_in, today + 3 * DAY, today + 5 * DAY, second)
    else:
        lent(lender, stand_in, today + 3 * DAY, today + 5 * DAY, second)

    assert Delegation.objects.count() == (1 if refused else 2)


def test_nobody_lends_in_anothers_name_but_the_unit_head(head: User) -> None:
    lender, stand_in, colleague = person(Role.IT_LEAD), person(), person(Role.IT_OFFICER)
    today = timezone.localdate()
    span = {"valid_from": today, "valid_until": today, "reason": "hastalık"}

    with pytest.raises(PermissionDenied):
        rights.delegate(lender, stand_in, by=colleague, **span)  # type: ignore[arg-type]
    delegation = rights.delegate(lender, stand_in, by=head, **span)  # type: ignore[arg-type]

    assert delegation.given_by == head


@pytest.mark.parametrize("who", ["lender", "stand_in", "head", "stranger"])
def test_who_may_end_a_delegation_early(head: User, who: str) -> None:
    cast = {
        "lender": person(Role.IT_LEAD),
        "stand_in": person(),
        "head": head,
        "stranger": person(Role.IT_LEAD),
    }
    delegation = lent(cast["lender"], cast["stand_in"], timezone.localdate(), timezone.localdate() + DAY)

    if who == "stranger":
        with pytest.raises(PermissionDenied):
            rights.end_delegation(delegation, by=cast[who])
    else:
        assert rights.end_delegation(delegation, by=cast[who]).revoked_by == cast[who]


def test_rights_are_asked_in_one_query_and_their_lenders_in_a_second(django_assert_num_queries: Any) -> None:
    lender, stand_in = person(Role.IT_LEAD, Role.HIS_LEAD), person(Role.IT_OFFICER)
    lent(lender, stand_in, timezone.localdate(), timezone.localdate())
    stand_in = fresh(stand_in)

    with django_assert_num_queries(2):
        answers = works_in_unit(stand_in), authority_for(stand_in, [Role.IT_LEAD]), administers(stand_in)

    assert answers == (True, Authority(Role.IT_LEAD, on_behalf_of=lender), False)
