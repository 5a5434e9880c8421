"""Failed attempts are counted in the tables of django-axes; what the own table held lasted a quarter of an hour."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("accounts", "0009_registry_number_however_written"),
        ("axes", "0010_accessattemptexpiration"),
    ]

    operations: ClassVar = [migrations.DeleteModel(name="FailedAttempt")]
