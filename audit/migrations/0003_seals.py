"""Leaves, checkpoints, epochs, anchors and verifications; 0004 makes them append-only."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_append_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False, verbose_name="number")),
                ("tree_size", models.BigIntegerField(unique=True, verbose_name="sealed entries")),
                ("root", models.BinaryField(verbose_name="root")),
                ("frontier", models.BinaryField(verbose_name="frontier")),
                ("epoch", models.PositiveIntegerField(verbose_name="epoch")),
                ("last_xid", models.BigIntegerField(verbose_name="transaction sealed last")),
                ("last_entry", models.BigIntegerField(verbose_name="entry sealed last")),
                ("made_at", models.DateTimeField(verbose_name="made at")),
                ("note", models.TextField(verbose_name="signed note")),
            ],
            options={
                "verbose_name": "seal of the trail",
                "verbose_name_plural": "seals of the trail",
                "ordering": ("-number",),
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Epoch",
            fields=[
                (
                    "number",
                    models.PositiveIntegerField(primary_key=True, serialize=False, verbose_name="number"),
                ),
                ("cluster", models.BigIntegerField(verbose_name="identifier of the cluster")),
                ("accepted_size", models.BigIntegerField(verbose_name="entries sealed when it began")),
                ("began_at", models.DateTimeField(verbose_name="began at")),
                ("reason", models.TextField(verbose_name="reason")),
            ],
            options={
                "verbose_name": "epoch of the trail",
                "verbose_name_plural": "epochs of the trail",
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Leaf",
            fields=[
                ("pos", models.BigIntegerField(primary_key=True, serialize=False, verbose_name="place")),
                ("entry_id", models.BigIntegerField(unique=True, verbose_name="entry")),
                ("leaf", models.BinaryField(verbose_name="hash")),
            ],
            options={
                "verbose_name": "leaf",
                "verbose_name_plural": "leaves",
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Verification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("began_at", models.DateTimeField(verbose_name="began at")),
                ("ended_at", models.DateTimeField(verbose_name="ended at")),
                ("tree_size", models.BigIntegerField(verbose_name="entries verified")),
                ("findings", models.JSONField(blank=True, default=list, verbose_name="findings")),
                (
                    "explained",
                    models.JSONField(blank=True, default=list, verbose_name="explained by a restore"),
                ),
            ],
            options={
                "verbose_name": "verification of the trail",
                "verbose_name_plural": "verifications of the trail",
                "ordering": ("-id",),
                "get_latest_by": "id",
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Anchor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("checkpoint", models.BigIntegerField(verbose_name="number of the seal")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("file", "Folder on another machine"),
                            ("mail", "E-mail"),
                            ("timestamp", "Time-stamp authority"),
                        ],
                        max_length=12,
                        verbose_name="where",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="when")),
                ("token", models.BinaryField(null=True, verbose_name="time stamp")),
            ],
            options={
                "verbose_name": "published seal",
                "verbose_name_plural": "published seals",
                "default_permissions": ("view",),
                "indexes": [models.Index(fields=["kind", "-checkpoint"], name="audit_anchor_latest")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("checkpoint", "kind"),
                        name="audit_anchor_once",
                        violation_error_message="This seal was published there already.",
                    )
                ],
            },
        ),
    ]
