"""Secrets of authenticator apps lie encrypted in the library's own table, and the library does not notice."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import authenticators, sealed
from tests.accounts.people import person

SECRET = "3132333435363738393031323334353637383930"
pytestmark = pytest.mark.django_db


def device(**values: Any) -> TOTPDevice:
    return TOTPDevice.objects.create(user=person(), name="Telefon", key=SECRET, **values)


def stored() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM otp_totp_totpdevice ORDER BY id")
        return [key for (key,) in cursor.fetchall()]


def test_what_lies_in_the_table_cannot_be_read_and_what_comes_out_can() -> None:
    made = device()
    (kept,) = stored()
    assert authenticators.is_sealed(kept)
    assert SECRET not in kept
    assert len(kept) <= 80
    made.refresh_from_db()
    assert made.key == SECRET
    assert TOTPDevice.objects.values_list("key", flat=True).get() == SECRET


def test_the_librarys_code_is_accepted_and_saving_seals_anew() -> None:
    made = device()
    before = stored()
    found = TOTPDevice.objects.get(pk=made.pk)
    assert found.verify_token(totp(bytes.fromhex(SECRET)))
    assert stored() != before
    assert TOTPDevice.objects.get(pk=made.pk).key == SECRET


def test_many_at_once_and_a_change_by_statement_are_sealed_too() -> None:
    user = person()
    TOTPDevice.objects.bulk_create([TOTPDevice(user=user, name=name, key=SECRET) for name in "ab"])
    TOTPDevice.objects.filter(name="a").update(key="00" * 20)
    assert all(map(authenticators.is_sealed, stored()))
    assert list(TOTPDevice.objects.order_by("name").values_list("key", flat=True)) == ["00" * 20, SECRET]


def test_another_installations_key_does_not_open_it(settings: Any) -> None:
    device()
    settings.FIELD_KEYS = (bytes(32),)
    with pytest.raises(sealed.CannotOpen):
        TOTPDevice.objects.get()


def test_after_a_new_field_key_the_old_secret_still_opens(settings: Any) -> None:
    device()
    settings.FIELD_KEYS = (bytes(32), *settings.FIELD_KEYS)
    assert TOTPDevice.objects.get().key == SECRET


def test_the_migration_seals_what_is_readable_and_nothing_twice() -> None:
    made = device()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE otp_totp_totpdevice SET key = %s", [SECRET])
    migration = import_module("accounts.migrations.0008_authenticators_sealed")
    assert TOTPDevice.objects.get().key == SECRET
    then = MigrationLoader(connection).project_state([("otp_totp", "0003_add_timestamps")]).apps
    migration.seal(then, None)
    once = stored()
    migration.seal(then, None)
    assert stored() == once
    assert authenticators.is_sealed(once[0])
    assert TOTPDevice.objects.get(pk=made.pk).key == SECRET
    migration.unseal(then, None)
    assert stored() == [SECRET]
