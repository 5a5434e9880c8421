"""In whose right a person acts today: their own grants first, then what colleagues lent them.

Nothing else in the program asks "is this person a ...": the gate, pages, lists, API and admin all ask here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.models import AnonymousUser
from django.db import connection

from accounts import clock
from accounts.models import User
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
    day = on or clock.today()
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


# The rules of GrantQuerySet.in_force and DelegationQuerySet.in_force, written out: every request asks this, and the
# database answers faster than the query is put together. A test holds the two against each other.
_HELD = """
SELECT held.role, NULL::bigint FROM accounts_grant held JOIN accounts_user me ON me.id = held.user_id AND me.is_active
WHERE held.user_id = %(user)s AND held.revoked_at IS NULL AND held.valid_from <= %(day)s
    AND (held.valid_until IS NULL OR held.valid_until >= %(day)s)
UNION ALL
SELECT held.role, held.user_id FROM accounts_delegation lent
    JOIN accounts_user lender ON lender.id = lent.from_user_id AND lender.is_active
    JOIN accounts_user me ON me.id = lent.to_user_id AND me.is_active AND me.institution_id = lender.institution_id
    JOIN accounts_grant held ON held.user_id = lender.id AND lent.role IN ('', held.role) AND held.revoked_at IS NULL
        AND held.valid_from <= %(day)s AND (held.valid_until IS NULL OR held.valid_until >= %(day)s)
WHERE lent.to_user_id = %(user)s AND lent.revoked_at IS NULL AND lent.valid_from <= %(day)s
    AND lent.valid_until >= %(day)s
"""


def _asked(user: User, day: date) -> tuple[Authority, ...]:
    """Both kinds of right in one statement; those who lend are read in a second one, for deputies only."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD, {"user": user.pk, "day": day})
        rows: list[tuple[str, int | None]] = cursor.fetchall()
    lenders = {lender for _role, lender in rows if lender is not None}
    people = User.objects.in_bulk(lenders) if lenders else {}
    held = [Authority(role, people[lender] if lender is not None else None) for role, lender in rows]
    return tuple(dict.fromkeys(sorted(held, key=_place)))


def _place(authority: Authority) -> tuple[bool, int, str]:
    lender = authority.on_behalf_of
    return lender is not None, _ORDER[authority.role], lender.sort_key if lender else ""
