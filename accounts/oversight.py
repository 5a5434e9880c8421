"""Who holds what, compared with what was approved; who was not trained (Ek-5 5.4.1.6, 5.6.4, 5.6.12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import ApprovedRight, Grant, Training, User
from accounts.models.people import UserQuerySet
from accounts.roles import Role


@dataclass(frozen=True)
class Difference:
    """One cell in which the matrix and the rights given do not agree."""

    user: User
    role: str
    is_held: bool

    @property
    def sentence(self) -> str:
        """What is amiss."""
        values = {"name": self.user.full_name, "role": Role(self.role).label}
        if self.is_held:
            return _("%(name)s holds “%(role)s” without an approval in the matrix.") % values
        return _("%(name)s is approved for “%(role)s” and does not hold it.") % values


@dataclass(frozen=True)
class Holders:
    """A role with everybody who holds it today."""

    role: str
    label: str
    people: list[User]


def differences(on: date | None = None) -> list[Difference]:
    """Rights given and rights approved, where only one of them is there."""
    day = on or timezone.localdate()
    held = {(row.user, row.role) for row in Grant.objects.in_force(day).select_related("user")}
    approved = {(row.user, row.role) for row in ApprovedRight.objects.in_force(day).select_related("user")}
    found = [Difference(user, role, True) for user, role in held - approved]
    found += [Difference(user, role, False) for user, role in approved - held]
    return sorted(found, key=lambda row: (not row.is_held, row.role, row.user.sort_key, row.user.pk))


def holders(on: date | None = None) -> list[Holders]:
    """Every role with its holders, also those nobody holds."""
    day = on or timezone.localdate()
    rows: dict[str, list[User]] = {role: [] for role in Role.values}
    for grant in (
        Grant.objects.in_force(day).select_related("user__institution").order_by("user__sort_key", "pk")
    ):
        rows[grant.role].append(grant.user)
    return [Holders(role, str(Role(role).label), people) for role, people in rows.items()]


def untrained(on: date | None = None) -> UserQuerySet:
    """People whose training is missing or was not repeated in time."""
    day = on or timezone.localdate()
    current = Training.objects.current(day)
    people: UserQuerySet = User.objects.people().filter(
        ~Exists(current.filter(user=OuterRef("pk"))), ~Exists(current.filter(employee__user=OuterRef("pk")))
    )
    return people.in_order()
