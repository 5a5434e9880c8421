"""An invented province: its directorate and facilities, forty people in every role with a way in, and the other staff.

Nothing here exists: place names, firms, numbers, people. There are no TC Kimlik numbers; DETSİS and ÇKYS numbers only
look like some, e-mail addresses end in `.example`.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import declaration
from accounts.authority import forget
from accounts.demo_province import PEOPLE, PLACES, SHOWN, UNITS
from accounts.demo_staff import build_staff
from accounts.models import ApprovedRight, Delegation, Employee, Grant, Institution, Training, Unit, User
from accounts.roles import UNIT_STAFF
from accounts.services import rights
from accounts.services.second_factor import APP
from accounts.turkish import fold
from audit.context import because, signed_in

PASSWORD = "sbs-deneme-2026"  # noqa: S105 - published: it opens invented accounts of a trial run only
SINCE = date(2024, 1, 2)
BEGUN = "Deneme verisi"


@dataclass(frozen=True)
class People:
    """What the invented province consists of, by the names `accounts.demo_province` uses."""

    institutions: dict[str, Institution] = field(default_factory=dict)
    units: dict[tuple[str, str], Unit] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    staff: dict[str, Employee] = field(default_factory=dict)


@dataclass(frozen=True)
class ShownAccount:
    """One line of the table on the log-in page; `code` is empty for who needs none."""

    username: str
    name: str
    role: str
    place: str
    code: str


@transaction.atomic
def build_people() -> People:
    """The whole province. Asked again it only adds what is missing."""
    made = People()
    with because(reason=BEGUN):
        _build_institutions(made)
        _build_units(made)
        _build_accounts(made)
        _build_rights(made)
        _build_devices(made)
        _build_acknowledgements(made)
        _build_matrix(made)
        made.staff.update(build_staff(made.people.values(), made.institutions, made.units))
    return made


def secret_of(username: str) -> str:
    """The fixed secret of an invented account's authenticator app, in hexadecimal."""
    return hashlib.sha256(f"SBS demo second factor: {username}".encode()).hexdigest()[:40]


def current_code(user: User) -> str:
    """The code that the person's app shows now; the next one when that was used already. Empty without an app."""
    device = TOTPDevice.objects.devices_for_user(user, confirmed=True).first()
    return code_of(device) if device else ""


def code_of(device: TOTPDevice) -> str:
    """The code of this half minute, or of the next when this one was used."""
    now = int(time.time() - device.t0) // device.step
    later = 1 if device.last_t >= now else 0
    return f"{totp(device.bin_key, device.step, device.t0, device.digits, drift=later):06d}"


def shown_accounts() -> list[ShownAccount]:
    """The accounts the log-in page offers, in the order of `SHOWN`."""
    known = {person.username: person for person in PEOPLE}
    users = User.objects.active().filter(username__in=SHOWN).select_related("institution")
    found = {user.username: user for user in users}
    devices = TOTPDevice.objects.filter(user__in=found.values(), confirmed=True).order_by("pk")
    codes = {device.user_id: code_of(device) for device in devices}
    return [
        ShownAccount(
            username,
            found[username].full_name,
            str(known[username].role.label),
            str(found[username].institution or ""),
            codes.get(found[username].pk, ""),
        )
        for username in SHOWN
        if username in found
    ]


def _build_institutions(made: People) -> None:
    """Parents and firms come before those who belong to them."""
    stored = {row.detsis_no: row for row in Institution.objects.filter(detsis_no__startswith="99")}
    for number, place in enumerate(PLACES, start=1):
        detsis_no = f"9900{number:04d}"
        row = stored.get(detsis_no)
        if row is None:
            row = Institution(
                name=place.name,
                name_dative=place.name_dative,
                kind=place.kind,
                detsis_no=detsis_no,
                ckys_code=f"99{number:06d}" if place.vendor else None,
                parent=made.institutions.get(place.parent),
                hbys_vendor=made.institutions.get(place.vendor),
                district=place.district,
                address=f"{place.district} / Örnekova" if place.district else "",
                phone=f"0 000 555 {number:02d} 00",
                email=f"bilgi@{place.key}.example",
                kep_address=f"{place.key}@kep.example",
            )
            row.full_clean()
            row.save()
        made.institutions[place.key] = row


def _build_units(made: People) -> None:
    stored = {(row.institution_id, row.name): row for row in Unit.objects.all()}
    for key, names in UNITS.items():
        institution = made.institutions[key]
        for number, name in enumerate(names, start=1):
            row = stored.get((institution.pk, name))
            if row is None:
                row = Unit(institution=institution, name=name, code=f"{number:02d}")
                row.full_clean()
                row.save()
            made.units[key, name] = row


def _build_accounts(made: People) -> None:
    """One hash for all of them: the password is published, and forty computations would take seconds."""
    stored = {user.username: user for user in User.objects.filter(username__in=[p.username for p in PEOPLE])}
    hashed = "" if len(stored) == len(PEOPLE) else make_password(PASSWORD)
    for number, person in enumerate(PEOPLE, start=1):
        user = stored.get(person.username)
        if user is None:
            user = User(
                username=person.username,
                first_name=person.first_name,
                last_name=person.last_name,
                title=person.title,
                registry_no=f"D{number:05d}",
                institution=made.institutions[person.place],
                unit=made.units.get((person.place, person.unit)),
                email=f"{fold(person.first_name)}.{fold(person.last_name)}@{person.place}.example",
                phone=f"0 000 555 70 {number:02d}",
                password=hashed,
            )
            user.full_clean()
            user.save()
        made.people[person.username] = user


def _build_rights(made: People) -> None:
    """The first unit head is appointed from outside; she appoints the others and lends her leave's work."""
    given = Grant.objects.filter(user__in=made.people.values(), revoked_at__isnull=True)
    holders = set(given.values_list("user__username", "role"))
    head = made.people["birim.sorumlusu"]
    for person in PEOPLE:
        if (person.username, person.role) in holders:
            continue
        user = made.people[person.username]
        by = None if user == head else head
        with signed_in(by or user):
            rights.grant(user, person.role, by=by, reason=BEGUN, valid_from=SINCE)
    lender, stand_in = made.people["bilgi.islem3"], made.people["bilgi.islem4"]
    today = timezone.localdate()
    if not Delegation.objects.open_on(today).filter(from_user=lender).exists():
        with signed_in(lender):
            rights.delegate(
                lender,
                stand_in,
                by=lender,
                valid_from=today - timedelta(days=2),
                valid_until=today + timedelta(days=12),
                reason="Yıllık izin",
            )


def _build_devices(made: People) -> None:
    staff = [made.people[person.username] for person in PEOPLE if person.role in UNIT_STAFF]
    equipped = set(TOTPDevice.objects.filter(user__in=staff).values_list("user_id", flat=True))
    TOTPDevice.objects.bulk_create(
        TOTPDevice(user=user, name=APP, key=secret_of(user.username))
        for user in staff
        if user.pk not in equipped
    )


def _build_acknowledgements(made: People) -> None:
    """Everybody of the trial run has read their rights, so that the tour begins on the first page."""
    for user in made.people.values():
        forget(user)
        if not declaration.is_current(user):
            with signed_in(user):
                declaration.acknowledge(user, declaration.digest(declaration.text_of(user)))


def _build_matrix(made: People) -> None:
    """The approved matrix and a training of everybody; the last two people joined since, so that lists are not empty."""
    head, today = made.people["birim.sorumlusu"], timezone.localdate()
    approved = set(ApprovedRight.objects.values_list("user__username", "role"))
    trained = set(Training.objects.values_list("user__username", flat=True))
    with signed_in(head):
        for person in PEOPLE[:-2]:
            user = made.people[person.username]
            if (person.username, person.role) not in approved:
                ApprovedRight.objects.create(
                    user=user,
                    role=person.role,
                    document="E-00000000-000-1 / 02.01.2024",
                    approved_on=SINCE,
                    entered_by=head,
                )
            if person.username not in trained:
                Training.objects.create(
                    user=user,
                    subject="Bilgi güvenliği ve parola kullanımı",
                    provider="Bilgi Güvenliği Birimi",
                    held_on=today - timedelta(days=90),
                    valid_until=today + timedelta(days=275),
                    entered_by=head,
                )
