from __future__ import annotations

from typing import Any

from django.db import migrations, models


def reserve_secret_ones(apps: Any, schema_editor: Any) -> None:
    """Secret letters that were here before are reserved like those that come."""
    letters = apps.get_model("ebys", "IncomingLetter").objects
    letters.filter(security__in=("GZL", "CGZ")).update(is_reserved=True)


class Migration(migrations.Migration):
    dependencies = [("ebys", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="incomingletter",
            name="is_reserved",
            field=models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                verbose_name="until it is routed only for those who may know of breaches",
            ),
        ),
        migrations.RunPython(reserve_secret_ones, migrations.RunPython.noop),
    ]
