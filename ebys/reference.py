"""The letter templates an installation begins with; the unit head changes them in the admin."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from audit.context import because
from ebys.models import Addressee, LetterTemplate
from processes.models import Subprocess

SIGNATORY_TITLE = "İl Sağlık Müdürü"


@dataclass(frozen=True)
class Text:
    """One template: where it is offered and what it says."""

    number: str
    name: str
    subject: str
    body: str
    step_key: str = ""
    addressee: str = Addressee.APPLICANT


TEXTS = (
    Text(
        "5.3.6",
        "Arızanın giderildiği bildirimi",
        "Bilişim Altyapısı Arızası",
        "İlgi yazı ile bildirilen bilişim altyapısı sorunu {basvuru_no} numaralı kayıt altında incelenmiştir.\n\n"
        "Yapılan çalışma sonucunda: {son_islem}\n\nBilgilerinizi",
        step_key="inform",
    ),
    Text(
        "5.3.6",
        "Malzeme temini gerektiği bildirimi",
        "Bilişim Malzemesi Temini",
        "{basvuru_no} numaralı kayıtla incelenen sorunun giderilebilmesi için malzeme temin edilmesi gerekmektedir. "
        "Gereken malzeme: {son_islem}\n\nMalzemenin kurumunuzca temin edilerek tarafımıza bilgi verilmesi hususunda "
        "gereğini",
        step_key="supply",
    ),
    Text(
        "5.3.6",
        "Ek bilgi istenmesi",
        "Bilişim Altyapısı Talebi Hakkında Ek Bilgi",
        "{basvuru_tarihi} tarihinde ulaşan “{basvuru_konusu}” konulu talebin değerlendirilebilmesi için arızanın "
        "görüldüğü yer, cihazın demirbaş numarası ve irtibat kurulacak personelin bildirilmesi hususunda\n\nGereğini",
        step_key="assess",
    ),
    Text(
        "5.3.6",
        "Talebin karşılanamadığı bildirimi",
        "Bilişim Altyapısı Talebi",
        "{basvuru_no} numaralı kayıtla alınan “{basvuru_konusu}” konulu talep incelenmiş olup karşılanması mümkün "
        "olmamıştır. Gerekçe: {son_islem}\n\nBilgilerinizi",
    ),
)


def load_templates() -> int:
    """Add the templates whose sub-process is known and which are not there yet; says how many were added."""
    known = {row.number: row for row in Subprocess.objects.filter(number__in={text.number for text in TEXTS})}
    present = set(LetterTemplate.objects.values_list("subprocess__number", "name"))
    added = 0
    with transaction.atomic(), because(step="load_templates"):
        for text in TEXTS:
            if text.number not in known or (text.number, text.name) in present:
                continue
            template = LetterTemplate(
                subprocess=known[text.number],
                name=text.name,
                subject=text.subject,
                body=text.body,
                step_key=text.step_key,
                addressee=text.addressee,
                signatory_title=SIGNATORY_TITLE,
            )
            template.full_clean()
            template.save()
            added += 1
    return added
