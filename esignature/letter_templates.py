"""The letters of 5.3.3 an installation begins with."""

from ebys.models import Addressee
from ebys.reference import Text

BATCH = "Toplu e-imza talebi"

TEXTS = (
    Text(
        "5.3.3",
        "E-imza talebi",
        "Nitelikli Elektronik Sertifika Talebi",
        "Müdürlüğümüz ve bağlı kurumlarımız personelinden bir kişiye ait ıslak imzalı {imza_turu} talep formu "
        "({imza_gerekcesi}) ekte gönderilmektedir.\n\nGereğini",
        step_key="write_letter",
        addressee=Addressee.NONE,
    ),
    Text(
        "5.3.3",
        BATCH,
        "Nitelikli Elektronik Sertifika Talepleri",
        "Müdürlüğümüz ve bağlı kurumlarımız personeline ait {form_sayisi} adet ıslak imzalı talep formu, "
        "ekli listede sıralandığı şekilde gönderilmektedir.\n\nSertifikaların üretilmesi hususunda gereğini",
        addressee=Addressee.NONE,
    ),
    Text(
        "5.3.3",
        "Eksik formun iadesi",
        "E-imza Talep Formu",
        "{basvuru_tarihi} tarihinde ulaşan {imza_turu} talep formu eksik bulunduğundan iade edilmiştir. "
        "Eksiklik: {eksik}\n\nFormun tamamlanarak yeniden gönderilmesi hususunda gereğini",
        step_key="return_form",
    ),
)
