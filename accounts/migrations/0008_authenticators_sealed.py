"""Secrets of authenticator apps that are still readable are sealed."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from accounts import authenticators


def seal(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """One that is sealed already stays as it is."""
    device = apps.get_model("otp_totp", "TOTPDevice")
    for pk, key in device.objects.values_list("pk", "key").iterator():
        if key and not authenticators.is_sealed(key):
            device.objects.filter(pk=pk).update(key=authenticators.seal(key))


def unseal(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Back to what the library itself writes."""
    device = apps.get_model("otp_totp", "TOTPDevice")
    for pk, key in device.objects.values_list("pk", "key").iterator():
        device.objects.filter(pk=pk).update(key=authenticators.unseal(key))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_staff_register"),
        ("otp_totp", "0003_add_timestamps"),
    ]

    operations = [migrations.RunPython(seal, unseal)]
