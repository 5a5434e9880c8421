"""The training register takes in whoever stands on the staff register without an account."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_failed_attempts_by_axes"),
    ]

    operations = [
        migrations.AddField(
            model_name="training",
            name="employee",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="trainings",
                to="accounts.employee",
                verbose_name="staff member without an account",
            ),
        ),
        migrations.AlterField(
            model_name="training",
            name="user",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="trainings",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person",
            ),
        ),
        migrations.AddIndex(
            model_name="training",
            index=models.Index(fields=["-held_on", "-id"], name="training_newest"),
        ),
        migrations.AddIndex(
            model_name="training",
            index=models.Index(fields=["subject"], name="training_subject"),
        ),
        migrations.AddConstraint(
            model_name="training",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("employee__isnull", False), ("user__isnull", True)),
                    models.Q(("employee__isnull", True), ("user__isnull", False)),
                    _connector="OR",
                ),
                name="training_of_one_person",
                violation_error_message="A training is that of one person: with an account, or on the staff register.",
            ),
        ),
        migrations.AddConstraint(
            model_name="training",
            constraint=models.UniqueConstraint(
                condition=models.Q(("employee__isnull", False)),
                fields=("employee", "subject", "held_on"),
                name="training_of_staff_once",
                violation_error_message="This training of that day stands in the register already.",
            ),
        ),
    ]
