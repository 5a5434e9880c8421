"""The check list an installation begins with; the unit head fits it to the province in the admin."""

from __future__ import annotations

from typing import Any

from django.db import migrations

LINES = (
    ("Form Kamu SM sayfasında doldurulmuş ve ıslak imzalıdır", "", "", False, True),
    ("T.C. kimlik, ad, soyad, doğum yeri ve tarihi nüfus kaydıyla aynıdır", "", "", False, True),
    ("GSM, e-posta ve teslim adresi doludur", "", "", False, True),
    ("Operatör ve hat sahipliği yazılıdır", "mobile", "", False, True),
    ("Form iki nüshadır", "", "first", False, False),
    ("Kurumun üst yazısı eklidir", "", "", False, False),
    ("Güvenlik sözcüğü kapatılarak taranan form kayda eklenmiştir", "", "", True, False),
)


def add(apps: Any, schema_editor: Any) -> None:
    item = apps.get_model("esignature", "CheckItem")
    item.objects.bulk_create(
        item(
            title=title, kind=kind, reason=reason, needs_file=needs_file, is_active=is_active, position=place
        )
        for place, (title, kind, reason, needs_file, is_active) in enumerate(LINES, start=1)
    )


def remove(apps: Any, schema_editor: Any) -> None:
    apps.get_model("esignature", "CheckItem").objects.filter(title__in=[line[0] for line in LINES]).delete()


class Migration(migrations.Migration):
    dependencies = [("esignature", "0001_initial")]

    operations = [migrations.RunPython(add, remove)]
