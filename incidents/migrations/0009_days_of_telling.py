"""When somebody was last told of what is due, so that a day on which nobody looked is made up for."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0008_judicial_letter_names_the_list"),
    ]

    operations = [
        migrations.CreateModel(
            name="Telling",
            fields=[
                ("key", models.CharField(max_length=30, primary_key=True, serialize=False)),
                ("told_on", models.DateField(verbose_name="last told of")),
            ],
            options={
                "verbose_name": "telling of what is due",
                "verbose_name_plural": "tellings of what is due",
            },
        ),
    ]
