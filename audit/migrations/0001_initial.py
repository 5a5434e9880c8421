"""The table of the trail; 0002 makes it append-only."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("object_pk", models.CharField(blank=True, max_length=255, verbose_name="record")),
                ("object_id", models.BigIntegerField(blank=True, null=True, verbose_name="record number")),
                ("object_repr", models.TextField(blank=True, verbose_name="record as it was called")),
                (
                    "action",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "Added"), (1, "Changed"), (2, "Removed"), (3, "Event")],
                        verbose_name="action",
                    ),
                ),
                ("changes", models.JSONField(blank=True, null=True, verbose_name="changes")),
                ("event", models.CharField(max_length=40, verbose_name="event")),
                ("step", models.CharField(blank=True, max_length=60, verbose_name="step")),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("cid", models.CharField(blank=True, max_length=64, verbose_name="request")),
                ("remote_addr", models.GenericIPAddressField(blank=True, null=True, verbose_name="address")),
                ("timestamp", models.DateTimeField(default=django.utils.timezone.now, verbose_name="when")),
                ("xid", models.BigIntegerField(editable=False, null=True)),
                (
                    "db_at",
                    models.DateTimeField(
                        editable=False, null=True, verbose_name="written by the database at"
                    ),
                ),
                ("db_user", models.CharField(blank=True, editable=False, max_length=63)),
                ("db_client", models.GenericIPAddressField(editable=False, null=True)),
                ("epoch", models.PositiveIntegerField(default=1, editable=False)),
                ("canon", models.TextField(blank=True, editable=False)),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
                (
                    "content_type",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="contenttypes.contenttype",
                        verbose_name="kind",
                    ),
                ),
                (
                    "on_behalf_of",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="on behalf of",
                    ),
                ),
            ],
            options={
                "verbose_name": "trail entry",
                "verbose_name_plural": "trail entries",
                "ordering": ("-id",),
                "get_latest_by": "id",
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(fields=["content_type", "object_pk", "-id"], name="audit_entry_record"),
                    models.Index(fields=["actor", "-id"], name="audit_entry_actor"),
                    models.Index(fields=["timestamp"], name="audit_entry_when"),
                    models.Index(
                        fields=["object_repr"], name="audit_entry_called", opclasses=("text_pattern_ops",)
                    ),
                    models.Index(
                        condition=models.Q(("cid", ""), _negated=True),
                        fields=["cid"],
                        name="audit_entry_request",
                    ),
                    models.Index(fields=["xid", "id"], name="audit_entry_xid"),
                ],
            },
        ),
    ]
