from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ebys", "0002_reserved_letters")]

    operations = [
        migrations.AddField(
            model_name="apikey",
            name="networks",
            field=models.TextField(
                blank=True,
                help_text="One address or network a line, for example 10.20.0.0/16. Empty: from anywhere.",
                verbose_name="networks",
            ),
        ),
    ]
