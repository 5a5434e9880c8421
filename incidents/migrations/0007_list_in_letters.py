"""The list of evidence as it is enclosed in a letter: what stood on it when it was drawn up."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ebys", "0003_networks_of_keys"),
        ("incidents", "0006_what_is_awaited"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EvidenceAnnex",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("pieces", models.PositiveIntegerField(verbose_name="pieces of evidence on it")),
                ("handovers", models.PositiveIntegerField(verbose_name="hand-overs on it")),
                (
                    "listed_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="drawn up"),
                ),
                (
                    "annex",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="evidence_list",
                        to="ebys.outgoingannex",
                        verbose_name="annex",
                    ),
                ),
                (
                    "breach",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="evidence_annexes",
                        to="incidents.breach",
                        verbose_name="information-security breach",
                    ),
                ),
                (
                    "listed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="drawn up by",
                    ),
                ),
                (
                    "listed_for",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="on behalf of",
                    ),
                ),
            ],
            options={
                "verbose_name": "list of evidence in a letter",
                "verbose_name_plural": "lists of evidence in letters",
                "ordering": ("-listed_at", "-id"),
            },
        ),
    ]
