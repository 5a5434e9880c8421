"""In whose right a person acts today: their own grants first, then what colleagues lent them.

Nothing else in the program asks "is this person a ...": the gate, pages, lists, API and admin all ask here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import Delegation, Grant, User
from accounts.roles import UNIT_STAFF, Role

__all__ = [
    "Authority",
    "administers",
    "authorities",
    "authority_for",
    "forget",
    "own_roles",
    "roles_of",
    "works_in_unit",
]

_ORDER = {role: place for place, role in enumerate(Role.values)}


@dataclass(frozen=True)
class Authority:
    """A role and, when it was lent, the person on whose behalf it is used; the trail names both."""

    role: str
    on_behalf_of: User | None = None


def authorities(user: User | AnonymousUser, *, on: date | None = None) -> tuple[Authority, ...]:
    """Every role the person may act in on that day (today if not given); one query, remembered on the instance."""
    if not isinstance(user, User) or not user.is_active or user.pk is None:
        return ()
    day = on or timezone.localdate()
    if user._authorities is None or user._authorities[0] != day:
        user._authorities = (day, _asked(user, day))
    return user._authorities[1]


def roles_of(user: User | AnonymousUser, *, on: date | None = None) -> frozenset[str]:
    """The roles the person may act in, own and lent."""
    return frozenset(authority.role for authority in authorities(user, on=on))


def authority_for(
    user: User | AnonymousUser, roles: Iterable[str], *, on: date | None = None
) -> Authority | None:
    """The right in which the person may act as one of `roles`: their own before a lent one; None when there is none."""
    wanted = frozenset(roles)
    return next((authority for authority in authorities(user, on=on) if authority.role in wanted), None)


def works_in_unit(user: User | AnonymousUser, *, on: date | None = None) -> bool:
    """Whether the person does the unit's work (own or lent role), as opposed to asking and following."""
    return not roles_of(user, on=on).isdisjoint(UNIT_STAFF)


def own_roles(user: User | AnonymousUser, *, on: date | None = None) -> frozenset[str]:
    """The roles the person holds themselves, as opposed to those lent to them."""
    return frozenset(held.role for held in authorities(user, on=on) if held.on_behalf_of is None)


def administers(user: User | AnonymousUser) -> bool:
    """Whether the person is a unit head in their own right: a stand-in does not change people and rights."""
    return Role.UNIT_HEAD in own_roles(user)


def forget(user: User) -> None:
    """Let the next question read the database again: rights of this instance have just changed."""
    user._authorities = None


def _asked(user: User, day: date) -> tuple[Authority, ...]:
    """Both kinds of right in one statement: an index look-up each, joined by UNION ALL."""
    in_force = Grant.objects.in_force(day).select_related("user").order_by()
    lent = Delegation.objects.in_force(day).filter(
        Q(role="") | Q(role=OuterRef("role")), to_user=user, from_user=OuterRef("user")
    )
    lenders = Delegation.objects.in_force(day).filter(to_user=user).values("from_user")
    own = in_force.filter(user=user)
    delegated = in_force.filter(Exists(lent), user__in=lenders)
    held = [
        Authority(grant.role, None if grant.user_id == user.pk else grant.user)
        for grant in own.union(delegated, all=True)
    ]
    return tuple(dict.fromkeys(sorted(held, key=_place)))


def _place(authority: Authority) -> tuple[bool, int, str]:
    lender = authority.on_behalf_of
    return lender is not None, _ORDER[authority.role], lender.sort_key if lender else ""
