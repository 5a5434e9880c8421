"""Comparing an application's exported list of users with the register, and settling what differs.

Everything is compared as sets: a few queries for twenty thousand rows. A difference is one row however often it is found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import works_in_unit
from accounts.models import Employee, User
from accounts.models.staff import registry_key
from accounts.tables import Column, Refusal, Row, read
from accounts.turkish import fold
from audit import trail
from audit.context import because
from processes.errors import NotPermitted, RuleBroken, WrongState
from processes.gate import require_writable
from processes.models import Channel
from processes.plaintext import one_line
from processes.scanning import refuse_infected
from webapps import workflow
from webapps.lines import Entry
from webapps.models import (
    AccessRequest,
    Application,
    AppRole,
    Authority,
    Difference,
    DifferenceKind,
    Operation,
    Origin,
    Reconciliation,
    Settlement,
)
from webapps.services import granting

COLUMNS = (
    Column(
        "login",
        ("Sicil No", "Sicil Numarası", "Kullanıcı Adı", "Kullanıcı", "Registry number", "User name"),
        required=True,
        max_length=60,
    ),
    Column("name", ("Ad Soyad", "Adı Soyadı", "Ad", "Name", "Full name"), max_length=200),
    Column("role", ("Rol", "Rol Kodu", "Yetki", "Role", "Role code"), required=True, max_length=60),
)
BATCH = 2000

Key = tuple[str, str, str]


@dataclass
class Comparison:
    """What came of comparing a list: the run, rows that could not be read, and whether the same file was compared before."""

    run: Reconciliation
    refusals: list[Refusal] = field(default_factory=list)
    is_repeated: bool = False


def compare(
    application: Application, file: BinaryIO, name: str, *, by: User, now: datetime | None = None
) -> Comparison:
    """Compare a list of an application's users with the register and keep the differences.

    The same file again changes nothing unless the registers did. A list with unreadable rows is compared without them,
    and then nobody is called missing: the user of such a row may well be in the list.
    """
    _may(by)
    now = now or timezone.now()
    refuse_infected(file, name)
    digest = digest_of(file)
    table = read(file, name, COLUMNS)
    kinds = [kind for kind in DifferenceKind if kind != DifferenceKind.MISSING or not table.refusals]
    with transaction.atomic(), because(step="reconcile", by=by):
        Application.objects.select_for_update().get(pk=application.pk)
        last = Reconciliation.objects.filter(application=application).order_by("-made_at", "-pk").first()
        told, same = _differences(application, table.rows)
        found = {key: difference for key, difference in told.items() if key[0] in kinds}
        known = _known(application, kinds)
        if last is not None and last.digest == digest and known.keys() == found.keys():
            return Comparison(last, table.refusals, is_repeated=True)
        run = Reconciliation(
            application=application,
            file_name=one_line(name)[:200],
            digest=digest,
            rows=len(table.rows),
            same=same,
            made_at=now,
            made_by=by,
        )
        run.save()
        _keep(run, found, known, by, now)
    return Comparison(run, table.refusals)


def accept(difference: Difference, *, by: User, reason: str, now: datetime | None = None) -> Difference:
    """The application's list is right: the register follows it, or the unknown user is left as it is, with a reason."""
    _may(by)
    now = now or timezone.now()
    reason = _reasoned(reason)
    with transaction.atomic(), because(step="accept_difference", reason=reason, by=by):
        current = _open(difference)
        granted, ended = _followed([current], now)
        granting.write(granted, ended, ending="ended_by_difference")
        current.settlement, current.reason = Settlement.ACCEPTED, reason
        current.settled_at, current.settled_by = now, by
        current.save()
        _told(granted, ended)
    return current


def accept_all(run: Reconciliation, kind: str, *, by: User, reason: str, now: datetime | None = None) -> int:
    """Every difference of one kind that nobody has settled is accepted with one reason, or none is; says how many.

    This is how the list of an application is taken over the first time it is compared.
    """
    _may(by)
    now = now or timezone.now()
    reason = _reasoned(reason)
    with transaction.atomic(), because(step="accept_difference", reason=reason, by=by):
        waiting = list(
            run.differences.filter(kind=kind, settlement=Settlement.OPEN)
            .select_for_update(of=("self",))
            .select_related("application", "employee", "role")
        )
        granted, ended = _followed(waiting, now)
        granting.write(granted, ended, ending="ended_by_difference")
        Difference.objects.filter(pk__in=[one.pk for one in waiting]).update(
            settlement=Settlement.ACCEPTED, reason=reason, settled_at=now, settled_by=by
        )
        _told(granted, ended)
        trail.record(run, "accepted", {"kind": kind, "differences": len(waiting)})
    return len(waiting)


def open_case(difference: Difference, *, by: User, now: datetime | None = None) -> AccessRequest:
    """The register is right: a request brings the application in line with it."""
    _may(by)
    now = now or timezone.now()
    with transaction.atomic(), because(step="settle_difference", by=by):
        current = _open(difference)
        opened = workflow.request(
            by=by,
            title=_("Difference in %(application)s") % {"application": current.application.name},
            description=described(current),
            channel=Channel.PORTAL,
            applicant_institution=current.employee.institution if current.employee else by.institution,
            application=current.application,
            lines=_asked(current),
            origin=Origin.RECONCILIATION,
            now=now,
        )
        current.settlement, current.case = Settlement.CASE, opened
        current.settled_at, current.settled_by = now, by
        current.save()
    return opened


def digest_of(file: BinaryIO) -> str:
    """The SHA-256 of a file, read piece by piece."""
    digest = hashlib.sha256()
    file.seek(0)
    while piece := file.read(1 << 20):
        digest.update(piece)
    file.seek(0)
    return digest.hexdigest()


def described(difference: Difference) -> str:
    """A difference in one sentence, for the text of its request."""
    return _("%(kind)s: %(login)s %(name)s, role %(role)s.") % {
        "kind": difference.get_kind_display(),
        "login": difference.login,
        "name": difference.listed_name,
        "role": difference.role_code,
    }


@dataclass(frozen=True)
class Held:
    """One authority of the register, as far as a comparison needs it."""

    employee: int
    role: int
    login: str
    name: str
    code: str


def _differences(application: Application, rows: Sequence[Row]) -> tuple[dict[Key, Difference], int]:
    """What the list and the register disagree about, and how many rows agree; three queries."""
    roles = _roles_of(application)
    codes = {role.pk: role.code for role in roles.values()}
    people = _people_of({row.values["login"] for row in rows})
    held = _held_in(application)
    listed: set[tuple[int, int]] = set()
    found: dict[Key, Difference] = {}
    seen: set[tuple[str, str]] = set()
    same = 0
    for row in rows:
        login, role_code = row.values["login"], row.values["role"]
        number = registry_key(login)
        employee, role = people.get(number), roles.get(fold(role_code))
        code = codes[role.pk] if role else role_code
        if (number, code) in seen:
            same += 1
            continue
        seen.add((number, code))
        if employee is not None and role is not None and (employee, role.pk) in held:
            listed.add((employee, role.pk))
            same += 1
            continue
        kind = DifferenceKind.UNKNOWN if employee is None else DifferenceKind.EXTRA
        found[kind, number, code] = Difference(
            application=application,
            kind=kind,
            login=login,
            listed_name=row.values.get("name", ""),
            role_code=code,
            employee_id=employee,
            role=role,
        )
    for place, authority in held.items():
        if place not in listed:
            found[DifferenceKind.MISSING, registry_key(authority.login), authority.code] = Difference(
                application=application,
                kind=DifferenceKind.MISSING,
                login=authority.login,
                listed_name=authority.name,
                role_code=authority.code,
                employee_id=authority.employee,
                role_id=authority.role,
            )
    return found, same


def _held_in(application: Application) -> dict[tuple[int, int], Held]:
    """What the register says of an application now, by person and role."""
    rows = Authority.objects.open().filter(application=application)
    names = (
        "employee",
        "role",
        "employee__registry_no",
        "employee__first_name",
        "employee__last_name",
        "role__code",
    )
    return {
        (employee, role): Held(employee, role, number or f"#{employee}", f"{first} {last}", code)
        for employee, role, number, first, last, code in rows.values_list(*names)
    }


def _keep(
    run: Reconciliation, found: dict[Key, Difference], known: dict[Key, int], by: User, now: datetime
) -> None:
    """New differences are added, known ones move to this run, those no longer found are closed.

    One whose request was closed and that is still there is open again.
    """
    fresh = [difference for key, difference in found.items() if key not in known]
    for difference in fresh:
        difference.reconciliation = run
    Difference.objects.bulk_create(fresh, batch_size=BATCH)
    again = [one for key, one in known.items() if key in found]
    Difference.objects.filter(pk__in=again).update(reconciliation=run)
    Difference.objects.filter(pk__in=again, settlement=Settlement.CASE, case__closed_at__isnull=False).update(
        settlement=Settlement.OPEN, case=None, settled_at=None, settled_by=None
    )
    gone = [one for key, one in known.items() if key not in found]
    ended = Difference.objects.filter(pk__in=gone)
    ended.exclude(settlement=Settlement.OPEN).update(settlement=Settlement.GONE)
    ended.filter(settlement=Settlement.OPEN).update(settlement=Settlement.GONE, settled_at=now, settled_by=by)
    trail.record(
        run,
        "compared",
        {"rows": run.rows, "same": run.same, "new": len(fresh), "again": len(again), "gone": len(gone)},
    )


def _reasoned(reason: str) -> str:
    """The reason as it is kept; refuses none at all and one with signs that cannot be kept."""
    if not reason.strip():
        sentence = _("Write why the difference is accepted.")
        raise RuleBroken(sentence, fields={"reason": [sentence]})
    require_writable(reason)
    return reason.strip()


def _told(granted: Sequence[Authority], ended: Sequence[Authority]) -> None:
    """What came into the register and what went, each on the trail."""
    if granted or ended:
        trail.record_many([*granted, *ended], "changed", lambda one: {"until": one.until, "since": one.since})


def _followed(differences: Sequence[Difference], now: datetime) -> tuple[list[Authority], list[Authority]]:
    """What the register grants and ends when it follows the application's list; one query."""
    known = [one for one in differences if one.employee is not None and one.role is not None]
    granted = [
        Authority(
            employee=one.employee,
            application=one.application,
            role=one.role,
            institution_id=one.employee.institution_id if one.employee else None,
            since=now,
            granted_by_difference=one,
        )
        for one in known
        if one.kind == DifferenceKind.EXTRA
    ]
    missing = {(one.employee_id, one.role_id): one for one in known if one.kind == DifferenceKind.MISSING}
    if not missing:
        return granted, []
    held = Authority.objects.open().filter(
        application=known[0].application, employee__in={employee for employee, _role in missing}
    )
    ended = [one for one in held.select_for_update() if (one.employee_id, one.role_id) in missing]
    for authority in ended:
        difference = missing[authority.employee_id, authority.role_id]
        authority.until, authority.ended_by_difference = now, difference
    return granted, ended


def _asked(difference: Difference) -> list[Entry]:
    """What the request asks: take the extra away, give the missing again; an unknown user is entered by hand."""
    if difference.employee is None or difference.role is None:
        return []
    operation = Operation.REMOVE if difference.kind == DifferenceKind.EXTRA else Operation.AUTHORISE
    return [Entry(difference.application, difference.employee, operation, difference.role)]


def _open(difference: Difference) -> Difference:
    """The difference under its lock, while nobody has settled it."""
    current = (
        Difference.objects.select_for_update(of=("self",))
        .select_related("application", "employee__institution", "role")
        .get(pk=difference.pk)
    )
    if current.settlement != Settlement.OPEN:
        raise WrongState(_("This difference is settled already."))
    return current


def _known(application: Application, kinds: Sequence[str]) -> dict[Key, int]:
    """The differences of these kinds that are still there, settled or not, with their keys."""
    rows = Difference.objects.filter(application=application, kind__in=kinds)
    rows = rows.exclude(settlement=Settlement.GONE)
    return {
        (kind, registry_key(login), code): key
        for kind, login, code, key in rows.values_list("kind", "login", "role_code", "pk")
    }


def _people_of(logins: Iterable[str]) -> dict[str, int]:
    """The keys of the staff behind registry numbers, however their letters are written."""
    known = Employee.objects.with_registry(logins).values_list("registry_no", "pk")
    return {registry_key(number or ""): key for number, key in known}


def _roles_of(application: Application) -> dict[str, AppRole]:
    """The application's roles by code and by name."""
    found: dict[str, AppRole] = {}
    for role in application.roles.all():
        found[role.search_key] = role
    for role in application.roles.all():
        found[fold(role.code)] = role
    return found


def _may(by: User) -> None:
    if not works_in_unit(by):
        raise NotPermitted(_("Only the unit's staff compare lists of users."))
