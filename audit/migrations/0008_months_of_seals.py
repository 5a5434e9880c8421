"""The last seal of a month is found by an index: each finished month is exported for keeping."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0007_signed_epochs"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="checkpoint",
            index=models.Index(fields=["made_at"], name="audit_checkpoint_made_at"),
        ),
    ]
