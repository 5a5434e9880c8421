"""While a report is open no second one with the same number of the same source is taken."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


def hold_the_numbers(apps: Any, schema_editor: Any) -> None:
    """Of the open reports the first with each number holds it; doubles of earlier days stay until somebody merges them."""
    breaches = apps.get_model("incidents", "Breach").objects
    open_ones = breaches.filter(closed_at__isnull=True).exclude(source_reference="").order_by("pk")
    first: dict[tuple[str, str], int] = {}
    for pk, source, reference in open_ones.values_list("pk", "source", "source_reference"):
        first.setdefault((source, reference), pk)
    breaches.filter(pk__in=first.values()).update(holds_reference=True)


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0009_days_of_telling"),
        ("processes", "0008_queues_tell_confidential"),
    ]

    operations = [
        migrations.AddField(
            model_name="breach",
            name="holds_reference",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.RunPython(hold_the_numbers, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="breach",
            constraint=models.UniqueConstraint(
                condition=models.Q(("holds_reference", True)),
                fields=("source", "source_reference"),
                name="breach_number_at_the_source_once",
                violation_error_message="An open report has this number of the source already.",
            ),
        ),
    ]
