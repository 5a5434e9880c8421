"""The subjects of training documents are found without looking through the whole register."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("security_docs", "0005_proof_as_pdf"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                condition=models.Q(
                    ("ended_on__isnull", True), models.Q(("training_subject", ""), _negated=True)
                ),
                fields=["training_subject"],
                name="sdoc_training_subject",
            ),
        ),
    ]
