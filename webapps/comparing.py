"""What an application's list of users and the register disagree about: read and judged, nothing written.

Everything is compared as sets: a few queries for twenty thousand rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from accounts.models import Employee
from accounts.models.staff import registry_key
from accounts.tables import Column, Refusal, Row
from accounts.turkish import fold
from webapps.beginnings import first_day
from webapps.models import Application, AppRole, Authority, Difference, DifferenceKind, Settlement

COLUMNS = (
    Column(
        "login",
        ("Sicil No", "Sicil Numarası", "Kullanıcı Adı", "Kullanıcı", "Registry number", "User name"),
        required=True,
        max_length=60,
    ),
    Column("name", ("Ad Soyad", "Adı Soyadı", "Ad", "Name", "Full name"), max_length=200),
    Column("role", ("Rol", "Rol Kodu", "Yetki", "Role", "Role code"), required=True, max_length=60),
    Column(
        "since",
        ("Başlangıç Tarihi", "Yetki Başlangıcı", "Yetki Tarihi", "Tanımlanma Tarihi", "Since", "Start date"),
        is_date=True,
    ),
)

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Held:
    """One authority of the register, as far as a comparison needs it."""

    employee: int
    role: int
    login: str
    name: str
    code: str
    left_on: date | None


class Known(NamedTuple):
    """A difference found before: its key, how it was settled, and whether the request opened for it is closed."""

    pk: int
    settlement: str
    is_closed: bool

    def comes_back(self, found: Difference) -> bool:
        """Settling it should have made list and register agree, and they do not.

        An unknown user, or a role outside the catalogue, accepted with a reason stays accepted: nothing was to follow.
        """
        if self.settlement == Settlement.CASE:
            return self.is_closed
        followed = found.kind != DifferenceKind.UNKNOWN and found.role_id is not None
        return self.settlement == Settlement.ACCEPTED and followed


class Judged:
    """A list against the register: `found` are the differences by kind, number and role, `of_row` those of each row.

    A row that agrees, or that stands in the list before, has no difference of its own; `same` counts them. `left` has the day
    on which those of either left who did, by number.
    """

    def __init__(self, application: Application, rows: Sequence[Row]) -> None:
        self.found: dict[Key, Difference] = {}
        self.of_row: list[Key | None] = []
        self.same = 0
        self.left: dict[str, date] = {}
        self._application = application
        roles = _roles_of(application)
        codes = {role.pk: role.code for role in roles.values()}
        people = _people_of({row.values["login"] for row in rows})
        held = _held_in(application)
        listed: set[tuple[int, int]] = set()
        seen: set[tuple[str, str]] = set()
        for row in rows:
            number, code = registry_key(row.values["login"]), row.values["role"]
            employee, left_on = people.get(number, (None, None))
            role = roles.get(fold(code))
            if left_on is not None:
                self.left[number] = left_on
            code = codes[role.pk] if role else code
            agrees = employee is not None and role is not None and (employee, role.pk) in held
            if agrees and employee is not None and role is not None:
                listed.add((employee, role.pk))
            if agrees or (number, code) in seen:
                self.same += 1
                self.of_row.append(None)
                continue
            seen.add((number, code))
            kind = DifferenceKind.UNKNOWN if employee is None else DifferenceKind.EXTRA
            self.of_row.append((kind, number, code))
            self.found[kind, number, code] = Difference(
                application=application,
                kind=kind,
                login=row.values["login"],
                listed_name=row.values.get("name", ""),
                role_code=code,
                employee_id=employee,
                role=role,
                listed_since=first_day(row.values.get("since", ""))[0],
            )
        self._lack(authority for place, authority in held.items() if place not in listed)

    def _lack(self, held: Iterable[Held]) -> None:
        """Authorities of the register that the list does not name."""
        for authority in held:
            key = (DifferenceKind.MISSING, registry_key(authority.login), authority.code)
            if authority.left_on is not None:
                self.left[key[1]] = authority.left_on
            self.found[key] = Difference(
                application=self._application,
                kind=DifferenceKind.MISSING,
                login=authority.login,
                listed_name=authority.name,
                role_code=authority.code,
                employee_id=authority.employee,
                role_id=authority.role,
            )

    @property
    def missing(self) -> list[Difference]:
        """What the list lacks."""
        return [one for one in self.found.values() if one.kind == DifferenceKind.MISSING]


def readable(rows: Sequence[Row]) -> tuple[list[Row], list[Refusal]]:
    """The rows whose day can be, and the others with what is wrong with it."""
    title = next(column.title for column in COLUMNS if column.key == "since")
    sound, refusals = [], []
    for row in rows:
        problem = first_day(row.values.get("since", ""))[1]
        if problem:
            refusals.append(Refusal(row.number, title, problem))
        else:
            sound.append(row)
    return sound, refusals


def known_in(application: Application, kinds: Sequence[str]) -> dict[Key, Known]:
    """The differences of these kinds that are still there, settled or not."""
    rows = Difference.objects.filter(application=application, kind__in=kinds)
    rows = rows.exclude(settlement=Settlement.GONE)
    return {
        (kind, registry_key(login), code): Known(key, settlement, closed_at is not None)
        for kind, login, code, key, settlement, closed_at in rows.values_list(
            "kind", "login", "role_code", "pk", "settlement", "case__closed_at"
        )
    }


def _held_in(application: Application) -> dict[tuple[int, int], Held]:
    """What the register says of an application now, by person and role."""
    rows = Authority.objects.open().filter(application=application).order_by("employee__sort_key", "pk")
    names = (
        "employee",
        "role",
        "employee__registry_no",
        "employee__first_name",
        "employee__last_name",
        "role__code",
        "employee__left_on",
    )
    return {
        (employee, role): Held(employee, role, number or f"#{employee}", f"{first} {last}", code, left_on)
        for employee, role, number, first, last, code, left_on in rows.values_list(*names)
    }


def _people_of(logins: Iterable[str]) -> dict[str, tuple[int, date | None]]:
    """The keys of the staff behind registry numbers, however their letters are written, and the day they left."""
    known = Employee.objects.with_registry(logins).values_list("registry_no", "pk", "left_on")
    return {registry_key(number or ""): (key, left_on) for number, key, left_on in known}


def _roles_of(application: Application) -> dict[str, AppRole]:
    """The application's roles by code and by name."""
    found: dict[str, AppRole] = {}
    for role in application.roles.all():
        found[role.search_key] = role
    for role in application.roles.all():
        found[fold(role.code)] = role
    return found
