"""A registry number is one however its letters are written: the index that keeps it unique compares its plain spelling."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import migrations, models

from accounts.models.staff import registry_key, registry_key_of


def doubles_in(rows: Iterable[tuple[int, str]]) -> list[list[int]]:
    """The rows whose registry numbers are one number in other letters."""
    found: dict[str, list[int]] = {}
    for key, number in rows:
        found.setdefault(registry_key(number), []).append(key)
    return [keys for keys in found.values() if len(keys) > 1]


def refuse_doubles(apps: Any, schema_editor: Any) -> None:
    """Say whose numbers differ only in their letters; they have to be told apart by hand before this can go on."""
    employees = apps.get_model("accounts", "Employee").objects.exclude(registry_no=None)
    if doubles := doubles_in(employees.order_by("pk").values_list("pk", "registry_no")):
        told = "; ".join(", ".join(map(str, keys)) for keys in doubles[:20])
        raise ValueError(
            f"Registry numbers that differ only in capitals or Turkish letters, by row of the staff register: {told}. "
            "Correct one of each pair in the administration, then migrate again."
        )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_authenticators_sealed")]

    operations = [
        migrations.RunPython(refuse_doubles, migrations.RunPython.noop, elidable=True),
        migrations.RemoveConstraint(model_name="employee", name="employee_registry_unique"),
        migrations.AddConstraint(
            model_name="employee",
            constraint=models.UniqueConstraint(
                registry_key_of("registry_no"),
                name="employee_registry_unique",
                violation_error_message="Somebody else on the staff already has this registry number.",
            ),
        ),
    ]
