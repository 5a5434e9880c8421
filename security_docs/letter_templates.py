"""The letters of 5.3.1 an installation begins with."""

from ebys.models import Addressee
from ebys.reference import Text

TEXTS = (
    Text(
        "5.3.1",
        "Bilgi güvenliği dokümanı duyurusu",
        "Bilgi Güvenliği Dokümanı Duyurusu",
        "Bakanlığımızca bildirilen “{basvuru_konusu}” konulu uyum dokümanı değerlendirilmiş ve ilimiz bilgi güvenliği "
        "dokümanları güncellenmiştir.\n\n"
        "Yürürlükteki doküman: {dokuman_listesi}\n\n"
        "Dokümanın kurumunuzdaki bütün personele duyurulması ve okunduğunun Sağlık Bilgi Sistemleri uygulamasında "
        "veya imzalı listeyle {okuma_tarihi} bildirilmesi hususunda\n\nGereğini",
        step_key="announce",
        addressee=Addressee.NONE,
    ),
    Text(
        "5.3.1",
        "Uyum değerlendirmesi bildirimi",
        "Bilgi Güvenliği Uyum Değerlendirmesi",
        "İlgi yazı ile bildirilen “{basvuru_konusu}” konulu uyum dokümanı {basvuru_no} numaralı kayıt altında "
        "değerlendirilmiştir.\n\nDeğerlendirme: {son_islem}\n\nBilgilerinizi",
        step_key="evaluate",
    ),
)
