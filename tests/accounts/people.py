"""People and institutions for tests: every row valid, every role given as the office gives it."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import declaration
from accounts.authority import forget
from accounts.models import Acknowledgement, Employee, Grant, Institution, InstitutionKind, Unit, User
from accounts.roles import Role
from accounts.sessions import NAME
from accounts.turkish import tr_upper

PASSWORD = "sbs-test-2026"
_numbers = count(1)
_hashed: dict[str, str] = {}


def institution(kind: str = InstitutionKind.STATE_HOSPITAL, **values: Any) -> Institution:
    """An institution that letters can be written to; another name and DETSİS number each time."""
    number = next(_numbers)
    name = values.pop("name", f"Örnekova {number}. Devlet Hastanesi")
    values.setdefault("name_dative", f"{tr_upper(name)}NE")
    values.setdefault("detsis_no", f"{70_000_000 + number}")
    return Institution.objects.create(kind=kind, name=name, **values)


def directorate() -> Institution:
    """The directorate itself: one per test, the place of whoever works in the unit."""
    found = Institution.objects.filter(kind=InstitutionKind.DIRECTORATE).first()
    return found or institution(InstitutionKind.DIRECTORATE, name="Örnekova İl Sağlık Müdürlüğü")


def unit(place: Institution | None = None, **values: Any) -> Unit:
    """A unit inside an institution."""
    values.setdefault("name", f"Bilgi İşlem Birimi {next(_numbers)}")
    return Unit.objects.create(institution=place or directorate(), **values)


def person(*roles: str, username: str = "", institution: Institution | None = None, **values: Any) -> User:
    """An active person who holds `roles` from today on; the unit's staff sit in the directorate."""
    number = next(_numbers)
    values.setdefault("first_name", "Ayşe")
    values.setdefault("last_name", f"Yıldırım{number}")
    values.setdefault("registry_no", f"T{number:06d}")
    user: User = User.objects.create(
        username=username or f"kisi{number}",
        institution=institution or directorate(),
        password=_password(),
        **values,
    )
    Grant.objects.bulk_create(
        Grant(
            user=user,
            role=role,
            valid_from=timezone.localdate(),
            reason="test",
            granted_by=_giver(role, user),
        )
        for role in roles
    )
    acknowledged(user)
    return user


def employee(institution: Institution | None = None, *, tc: str = "", **values: Any) -> Employee:
    """Somebody on the staff of an institution, without an account unless one is given."""
    number = next(_numbers)
    values.setdefault("first_name", "Emine")
    values.setdefault("last_name", f"Çınarlı{number}")
    values.setdefault("registry_no", f"S{number:06d}")
    found = Employee(institution=institution or directorate(), **values)
    found.put_tc(tc)
    found.save()
    return found


def made_up_tc() -> str:
    """A number whose check digits are right, made up as the test runs; another one each time."""
    first = f"{100_000_000 + 7 * next(_numbers)}"
    digits = [int(digit) for digit in first]
    tenth = (7 * sum(digits[0::2]) - sum(digits[1::2])) % 10
    return f"{first}{tenth}{(sum(digits) + tenth) % 10}"


def acknowledged(user: User) -> User:
    """The person has read and acknowledged the rights they hold now."""
    forget(user)
    Acknowledgement.objects.create(
        user=user, version="test", text="", text_hash="", rights_hash=declaration.rights_hash(user)
    )
    user.rights_changed = False
    user.save(update_fields=["rights_changed"])
    forget(user)
    return user


def signed_in_client(user: User, **options: Any) -> Client:
    """A browser in which the person has given both factors; asked again, one more window of the same session."""
    client = Client(**options)
    open_session = User.objects.values_list("session_name", flat=True).get(pk=user.pk)
    client.force_login(user)
    if open_session:
        _same_session(client, user, open_session)
    device, _created = TOTPDevice.objects.get_or_create(user=user, name="test", defaults={"confirmed": True})
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return client


def _same_session(client: Client, user: User, name: str) -> None:
    session = client.session
    session[NAME] = name
    session.save()
    user.session_name = name
    user.save(update_fields=["session_name"])


def _giver(role: str, user: User) -> User | None:
    """Nobody for a unit head; else one quiet appointing person, so that no test meets one by surprise."""
    if role == Role.UNIT_HEAD:
        return None
    found = User.objects.filter(username="atayan").first()
    return found or User.objects.create(
        username="atayan", first_name="Atayan", last_name="Makam", institution=user.institution
    )


def _password() -> str:
    hasher = settings.PASSWORD_HASHERS[0]
    if hasher not in _hashed:
        _hashed[hasher] = make_password(PASSWORD)
    return _hashed[hasher]
