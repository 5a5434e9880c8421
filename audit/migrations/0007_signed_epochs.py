"""An epoch carries what the sealer signed; whoever answers for a restore is kept, append-only like the rest."""

from __future__ import annotations

import django.db.models.deletion
import django.utils.timezone
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

GUARD = """
CREATE TRIGGER audit_acknowledgement_no_change BEFORE UPDATE OR DELETE ON audit_acknowledgement
    FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_acknowledgement_no_truncate BEFORE TRUNCATE ON audit_acknowledgement
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
ALTER TABLE audit_acknowledgement ENABLE ALWAYS TRIGGER audit_acknowledgement_no_change;
ALTER TABLE audit_acknowledgement ENABLE ALWAYS TRIGGER audit_acknowledgement_no_truncate;
"""
UNGUARD = """
DROP TRIGGER audit_acknowledgement_no_change ON audit_acknowledgement;
DROP TRIGGER audit_acknowledgement_no_truncate ON audit_acknowledgement;
"""


def protect(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Nobody changes an answer or takes it away."""
    schema_editor.execute(GUARD, params=None)


def unprotect(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Before the table itself is taken back."""
    schema_editor.execute(UNGUARD, params=None)


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0006_holds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="epoch",
            name="note",
            field=models.TextField(blank=True, default="", verbose_name="signed note"),
        ),
        migrations.CreateModel(
            name="Acknowledgement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("epoch", models.PositiveIntegerField(verbose_name="epoch")),
                ("explained", models.PositiveIntegerField(verbose_name="published seals left behind")),
                ("reason", models.TextField(verbose_name="reason")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="when")),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
            ],
            options={
                "verbose_name": "answer for a restore",
                "verbose_name_plural": "answers for restores",
                "ordering": ("-id",),
                "default_permissions": ("view",),
            },
        ),
        migrations.RunPython(protect, unprotect),
    ]
