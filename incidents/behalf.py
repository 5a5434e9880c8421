"""In whose name a deputy acts on a breach (Ek-5 5.4.4.4: both names everywhere)."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.authority import authority_for
from accounts.models import User
from accounts.roles import CONFIDENTIAL_STAFF, UNIT_STAFF
from audit import context
from incidents.models import Breach
from processes.gate import principal
from processes.services import insiders


def in_whose_right(by: User, roles: Iterable[str] = (), breach: Breach | None = None) -> User | None:
    """The person for whom a deputy acts; None in one's own right.

    What opens a breach is knowing of all of them; who was let into this one by name needs nobody else's right for it.
    `roles` are those an act is kept for.
    """
    if roles:
        return principal(authority_for(by, roles))
    lender = principal(authority_for(by, CONFIDENTIAL_STAFF) or authority_for(by, UNIT_STAFF))
    if lender is None or breach is None:
        return lender
    admitted = insiders.insiders_of(breach).filter(person=by).exists()
    return principal(authority_for(by, UNIT_STAFF)) if admitted else lender


def acting_for() -> User | None:
    """In whose name what is being written is done, as the trail is told."""
    found = context.current().on_behalf_of
    return found if isinstance(found, User) else None
