"""A request that is closed no longer stands in the way of one raised for the same reason."""

from __future__ import annotations

from typing import Any

from django.db import migrations


def free(apps: Any, schema_editor: Any) -> None:
    """Closed requests give the key of what they were raised for back."""
    requests = apps.get_model("webapps", "AccessRequest").objects.filter(closed_at__isnull=False)
    requests.exclude(raised_for="").update(raised_for="")


class Migration(migrations.Migration):
    dependencies = [
        ("webapps", "0004_first_day_in_the_list"),
    ]

    operations = [migrations.RunPython(free, migrations.RunPython.noop, elidable=True)]
