"""Reads of people and institutions that pages, pickers, notices and letters share."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from accounts.authority import works_in_unit
from accounts.models import Employee, Institution, Unit, User
from accounts.models.institutions import InstitutionQuerySet
from accounts.models.people import UserQuerySet

MOST_FOUND = 10


def people_with_role(*roles: str, on: date | None = None) -> list[User]:
    """Active people who may act in one of `roles` that day, by their own grant or lent to them; in Turkish order."""
    day = on or timezone.localdate()
    return list(
        User.objects.acting_as(roles, on=day).people().select_related("institution", "unit").in_order()
    )


def people_for(user: User) -> UserQuerySet:
    """The people somebody may choose: everybody for the unit's staff, colleagues of the own institution for others."""
    people: UserQuerySet = User.objects.people().select_related("institution", "unit")
    return (
        people
        if works_in_unit(user)
        else people.filter(institution__isnull=False, institution=user.institution_id)
    )


def institutions_for(user: User) -> InstitutionQuerySet:
    """The institutions somebody may choose: all for the unit's staff, the own one for others."""
    institutions: InstitutionQuerySet = Institution.objects.active()
    return institutions if works_in_unit(user) else institutions.filter(pk=user.institution_id)


def find_people(text: str, by: User, limit: int = MOST_FOUND) -> list[User]:
    """People whose name, registry number or institution begins with the words typed; those named so come first."""
    people = people_for(by)
    found = list(people.found_by(text).in_order()[:limit])
    if len(found) < limit:
        places = Institution.objects.found_by(text).values("pk")
        others = people.filter(institution__in=places).exclude(pk__in=[person.pk for person in found])
        found += others.in_order()[: limit - len(found)]
    return found


def find_institutions(text: str, limit: int = MOST_FOUND, by: User | None = None) -> list[Institution]:
    """Institutions whose name, district, DETSİS number or ÇKYS code begins with the words typed."""
    institutions = Institution.objects.active() if by is None else institutions_for(by)
    return list(institutions.found_by(text).in_order()[:limit])


def find_units(text: str, by: User, limit: int = MOST_FOUND) -> list[Unit]:
    """Units whose name, or whose institution's, begins with the words typed; of the own institution for others."""
    units = Unit.objects.active().filter(institution__in=institutions_for(by)).select_related("institution")
    found = list(units.found_by(text).in_order()[:limit])
    if len(found) < limit:
        places = Institution.objects.found_by(text).values("pk")
        others = units.filter(institution__in=places).exclude(pk__in=[unit.pk for unit in found])
        found += others.in_order()[: limit - len(found)]
    return found


def find_employees(text: str, by: User, limit: int = MOST_FOUND) -> list[Employee]:
    """Staff who are here and whom the person may see, by the beginnings of name or registry number."""
    staff = Employee.objects.visible_to(by).here().select_related("institution", "unit")
    return list(staff.found_by(text).in_order()[:limit])
