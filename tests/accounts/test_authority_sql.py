"""The written-out statement of `authorities` says what the querysets of rights say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.authority import authorities, forget
from accounts.models import Delegation, Grant, User
from accounts.roles import Role
from accounts.services import rights
from tests.accounts.people import institution, person


def by_querysets(user: User) -> set[tuple[str, int | None]]:
    """The rights of a person today, asked of the querysets."""
    today = timezone.localdate()
    grants = Grant.objects.in_force(today)
    lent = Delegation.objects.in_force(today).filter(
        Q(role="") | Q(role=OuterRef("role")), to_user=user, from_user=OuterRef("user")
    )
    own = {(role, None) for role in grants.filter(user=user).values_list("role", flat=True)}
    return own | set(grants.filter(Exists(lent)).exclude(user=user).values_list("role", "user"))


@pytest.fixture
def deputy(db: None) -> User:
    """An officer to whom a lead lends one role and the unit head all."""
    officer, lead, head = person(Role.IT_OFFICER), person(Role.IT_LEAD, Role.HIS_LEAD), person(Role.UNIT_HEAD)
    today = timezone.localdate()
    span: dict[str, Any] = {"valid_from": today, "valid_until": today + timedelta(days=3), "reason": "izin"}
    rights.delegate(lead, officer, by=lead, role=Role.IT_LEAD, **span)
    rights.delegate(head, officer, by=head, **span)
    return officer


def said(user: User) -> set[tuple[str, int | None]]:
    forget(user)
    return {(one.role, one.on_behalf_of.pk if one.on_behalf_of else None) for one in authorities(user)}


def test_own_and_lent_rights_agree(deputy: User) -> None:
    assert said(deputy) == by_querysets(deputy)
    assert len(said(deputy)) == 3


@pytest.mark.parametrize(
    "change",
    [
        lambda: Delegation.objects.update(revoked_at=timezone.now(), revoked_by=User.objects.first()),
        lambda: User.objects.filter(delegations_given__isnull=False).update(is_active=False),
        lambda: User.objects.filter(delegations_given__isnull=False).update(institution=institution()),
        lambda: User.objects.update(is_active=False),
    ],
)
def test_they_still_agree_when_something_ends(deputy: User, change: Callable[[], Any]) -> None:
    before = said(deputy)
    change()

    after = said(User.objects.get(pk=deputy.pk))

    assert after == by_querysets(deputy)
    assert after < before
