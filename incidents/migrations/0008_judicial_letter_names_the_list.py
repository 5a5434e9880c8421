"""The letter to the judicial authority speaks of the list it goes out with; a text the unit changed stays as it is."""

from __future__ import annotations

from typing import Any

from django.db import migrations

NUMBER, STEP = "5.3.2", "judicial"
_BEGINNING = (
    "{ihlal_zamani} tarihinde gerçekleştiği belirlenen ve {basvuru_no} numaralı kayıt altında incelenen bilgi güvenliği "
    "ihlalinin ({ihlal_kategorisi}) adli yönden incelenmesi gerektiği değerlendirilmiştir. Gerekçe: {karar_gerekcesi}\n\n"
)
OLD = f"{_BEGINNING}Deliller saklanmakta olup istenildiğinde teslim edilecektir.\n\nGereğini"
NEW = (
    f"{_BEGINNING}Delillerin özet değerlerini ve teslim zincirini gösteren liste ektedir; deliller saklanmakta olup "
    "istenildiğinde teslim edilecektir.\n\nGereğini"
)


def rewrite(apps: Any, old: str, new: str) -> None:
    """Every template that still says exactly the old text says the new one; line ends as browsers send them count too."""
    templates = apps.get_model("ebys", "LetterTemplate").objects
    shipped = templates.filter(subprocess__number=NUMBER, step_key=STEP)
    shipped.filter(body__in=(old, old.replace("\n", "\r\n"))).update(body=new)


def name_the_list(apps: Any, schema_editor: Any) -> None:
    """The wording an installation begins with today."""
    rewrite(apps, OLD, NEW)


def as_before(apps: Any, schema_editor: Any) -> None:
    """The wording of the first installations."""
    rewrite(apps, NEW, OLD)


class Migration(migrations.Migration):
    dependencies = [
        ("ebys", "0003_networks_of_keys"),
        ("incidents", "0007_list_in_letters"),
    ]

    operations = [migrations.RunPython(name_the_list, as_before)]
