"""A signed decision not to tell the Board lapses when the breach is reopened; a breach may have several holds on its logs."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0010_numbers_at_the_source"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="silence",
            name="silence_one_in_force",
        ),
        migrations.AddField(
            model_name="silence",
            name="lapsed_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="no longer holds since"
            ),
        ),
        migrations.AddField(
            model_name="silence",
            name="lapsed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="ended by",
            ),
        ),
        migrations.AddField(
            model_name="silence",
            name="lapsed_for",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="on behalf of",
            ),
        ),
        migrations.AlterField(
            model_name="loghold",
            name="breach",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="log_holds",
                to="incidents.breach",
                verbose_name="information-security breach",
            ),
        ),
        migrations.AddConstraint(
            model_name="silence",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    models.Q(("is_approved__isnull", True), ("is_approved", True), _connector="OR"),
                    ("lapsed_at__isnull", True),
                ),
                fields=("breach",),
                name="silence_one_in_force",
                violation_error_message="A decision not to notify is waiting or signed off already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="silence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("lapsed_at__isnull", True), ("lapsed_by__isnull", True)),
                    models.Q(
                        ("is_approved", True), ("lapsed_at__isnull", False), ("lapsed_by__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="silence_lapsed_by_whom",
                violation_error_message="A signed decision lapses at a moment, by somebody's hand.",
            ),
        ),
    ]
