"""The names of the invented province: its institutions, their units, and the people who work there."""

from __future__ import annotations

from typing import NamedTuple

from accounts.models import InstitutionKind
from accounts.roles import Role

K = InstitutionKind


class Place(NamedTuple):
    """An invented institution. `key` is its name among the demo's other parts."""

    key: str
    kind: InstitutionKind
    name: str
    name_dative: str
    district: str = ""
    vendor: str = ""
    parent: str = "mudurluk"


class Person(NamedTuple):
    """An invented person: where they work and in which role."""

    username: str
    first_name: str
    last_name: str
    role: Role
    title: str
    place: str
    unit: str = ""


PLACES = (
    Place("bakanlik", K.MINISTRY, "Sağlık Bakanlığı", "SAĞLIK BAKANLIĞINA", parent=""),
    Place("valilik", K.OTHER, "Örnekova Valiliği", "ÖRNEKOVA VALİLİĞİNE", "Merkez", parent=""),
    Place(
        "mudurluk",
        K.DIRECTORATE,
        "Örnekova İl Sağlık Müdürlüğü",
        "ÖRNEKOVA İL SAĞLIK MÜDÜRLÜĞÜNE",
        "Merkez",
        parent="bakanlik",
    ),
    Place(
        "hizmetler",
        K.PRESIDENCY,
        "Sağlık Hizmetleri Başkanlığı",
        "SAĞLIK HİZMETLERİ BAŞKANLIĞINA",
        "Merkez",
    ),
    Place("destek", K.PRESIDENCY, "Destek Hizmetleri Başkanlığı", "DESTEK HİZMETLERİ BAŞKANLIĞINA", "Merkez"),
    Place("mavera", K.VENDOR, "Mavera Sağlık Yazılım A.Ş.", "MAVERA SAĞLIK YAZILIM A.Ş.YE", parent=""),
    Place("pusula", K.VENDOR, "Altınpusula Bilişim Ltd. Şti.", "ALTINPUSULA BİLİŞİM LTD. ŞTİ.YE", parent=""),
    Place(
        "cinar",
        K.VENDOR,
        "Çınaraltı Hastane Sistemleri A.Ş.",
        "ÇINARALTI HASTANE SİSTEMLERİ A.Ş.YE",
        parent="",
    ),
    Place(
        "ilce-yesilkopru",
        K.DISTRICT_DIRECTORATE,
        "Yeşilköprü İlçe Sağlık Müdürlüğü",
        "YEŞİLKÖPRÜ İLÇE SAĞLIK MÜDÜRLÜĞÜNE",
        "Yeşilköprü",
    ),
    Place(
        "ilce-incirdere",
        K.DISTRICT_DIRECTORATE,
        "İncirdere İlçe Sağlık Müdürlüğü",
        "İNCİRDERE İLÇE SAĞLIK MÜDÜRLÜĞÜNE",
        "İncirdere",
    ),
    Place(
        "ilce-sogutlugol",
        K.DISTRICT_DIRECTORATE,
        "Söğütlügöl İlçe Sağlık Müdürlüğü",
        "SÖĞÜTLÜGÖL İLÇE SAĞLIK MÜDÜRLÜĞÜNE",
        "Söğütlügöl",
    ),
    Place(
        "egitim",
        K.TRAINING_HOSPITAL,
        "Örnekova Eğitim ve Araştırma Hastanesi",
        "ÖRNEKOVA EĞİTİM VE ARAŞTIRMA HASTANESİNE",
        "Merkez",
        "mavera",
    ),
    Place(
        "devlet",
        K.STATE_HOSPITAL,
        "Örnekova Devlet Hastanesi",
        "ÖRNEKOVA DEVLET HASTANESİNE",
        "Merkez",
        "mavera",
    ),
    Place(
        "yesilkopru",
        K.STATE_HOSPITAL,
        "Yeşilköprü Devlet Hastanesi",
        "YEŞİLKÖPRÜ DEVLET HASTANESİNE",
        "Yeşilköprü",
        "pusula",
    ),
    Place(
        "incirdere",
        K.STATE_HOSPITAL,
        "İncirdere Devlet Hastanesi",
        "İNCİRDERE DEVLET HASTANESİNE",
        "İncirdere",
        "mavera",
    ),
    Place(
        "gogus",
        K.STATE_HOSPITAL,
        "Örnekova Göğüs Hastalıkları Hastanesi",
        "ÖRNEKOVA GÖĞÜS HASTALIKLARI HASTANESİNE",
        "Merkez",
        "cinar",
    ),
    Place(
        "sogutlugol",
        K.INTEGRATED_HOSPITAL,
        "Söğütlügöl Entegre İlçe Hastanesi",
        "SÖĞÜTLÜGÖL ENTEGRE İLÇE HASTANESİNE",
        "Söğütlügöl",
        "pusula",
    ),
    Place(
        "universite",
        K.UNIVERSITY_HOSPITAL,
        "Örnekova Üniversitesi Tıp Fakültesi Hastanesi",
        "ÖRNEKOVA ÜNİVERSİTESİ TIP FAKÜLTESİ HASTANESİNE",
        "Merkez",
        "cinar",
        parent="",
    ),
    Place(
        "ozel-doruk",
        K.PRIVATE_HOSPITAL,
        "Özel Akdoruk Hastanesi",
        "ÖZEL AKDORUK HASTANESİNE",
        "Merkez",
        "pusula",
        parent="",
    ),
    Place(
        "ozel-ilgin",
        K.PRIVATE_HOSPITAL,
        "Özel Ilgınlı Hastanesi",
        "ÖZEL ILGINLI HASTANESİNE",
        "İncirdere",
        "cinar",
        parent="",
    ),
    Place(
        "dis",
        K.DENTAL_CENTER,
        "Örnekova Ağız ve Diş Sağlığı Merkezi",
        "ÖRNEKOVA AĞIZ VE DİŞ SAĞLIĞI MERKEZİNE",
        "Merkez",
        "mavera",
    ),
    Place(
        "tip-gulderen",
        K.MEDICAL_CENTER,
        "Özel Gülderen Tıp Merkezi",
        "ÖZEL GÜLDEREN TIP MERKEZİNE",
        "Yeşilköprü",
        "pusula",
        parent="",
    ),
    Place(
        "tip-sehir",
        K.MEDICAL_CENTER,
        "Özel Yenişafak Tıp Merkezi",
        "ÖZEL YENİŞAFAK TIP MERKEZİNE",
        "Merkez",
        "cinar",
        parent="",
    ),
    Place(
        "dal-goz",
        K.BRANCH_CENTER,
        "Özel Örnekova Göz Merkezi",
        "ÖZEL ÖRNEKOVA GÖZ MERKEZİNE",
        "Merkez",
        "cinar",
        parent="",
    ),
    Place(
        "poliklinik",
        K.POLYCLINIC,
        "Özel Söğütlügöl Polikliniği",
        "ÖZEL SÖĞÜTLÜGÖL POLİKLİNİĞİNE",
        "Söğütlügöl",
        "pusula",
        parent="",
    ),
)
UNITS = {
    "bakanlik": ("Sağlık Bilgi Sistemleri Genel Müdürlüğü",),
    "mudurluk": (
        "Sağlık Bilgi Sistemleri Birimi",
        "Bilgi İşlem Birimi",
        "Arşiv Birimi",
        "Disiplin İşleri Birimi",
        "İnsan Kaynakları Birimi",
        "İstatistik ve Raporlama Birimi",
    ),
    **dict.fromkeys(
        ("egitim", "devlet", "yesilkopru", "incirdere", "gogus", "sogutlugol", "universite", "dis"),
        ("Bilgi İşlem Birimi", "Hasta Kabul Birimi", "Kalite Yönetim Birimi"),
    ),
}
SBS, IT = "Sağlık Bilgi Sistemleri Birimi", "Bilgi İşlem Birimi"
STAFF, HEAD = Role.REQUESTING_STAFF, Role.REQUESTING_UNIT_HEAD
PEOPLE = (
    Person("birim.sorumlusu", "Nermin", "Karaoğlan", Role.UNIT_HEAD, "Birim Sorumlusu", "mudurluk", SBS),
    Person("baskan", "Ümit", "Yalçınkaya", Role.UNIT_HEAD, "Sağlık Hizmetleri Başkanı", "mudurluk"),
    Person("baskan.yardimcisi", "Şule", "Özgüneş", Role.UNIT_HEAD, "Başkan Yardımcısı", "mudurluk"),
    Person(
        "bilgi.islem.sorumlusu",
        "Tarık",
        "Demirağ",
        Role.IT_LEAD,
        "Bilgi İşlem Birim Sorumlusu",
        "mudurluk",
        IT,
    ),
    Person("bilgi.islem1", "Gökçe", "Ilıcak", Role.IT_OFFICER, "Bilgisayar Mühendisi", "mudurluk", IT),
    Person("bilgi.islem2", "İlker", "Sarıçam", Role.IT_OFFICER, "Ağ Uzmanı", "mudurluk", IT),
    Person("bilgi.islem3", "Feride", "Uçarsu", Role.IT_OFFICER, "Bilgisayar İşletmeni", "mudurluk", IT),
    Person("bilgi.islem4", "Onur", "Kılıçaslan", Role.IT_OFFICER, "Tekniker", "mudurluk", IT),
    Person("sbs.sorumlusu", "Ayşegül", "Yıldırım", Role.HIS_LEAD, "SBS Sorumlusu", "mudurluk", SBS),
    Person("sbs1", "Cihan", "Özdere", Role.HIS_OFFICER, "Sağlık Memuru", "mudurluk", SBS),
    Person("sbs2", "Müge", "Çeliktaş", Role.HIS_OFFICER, "İstatistikçi", "mudurluk", SBS),
    Person("sbs3", "Rıza", "Gündoğar", Role.HIS_OFFICER, "Bilgisayar İşletmeni", "mudurluk", SBS),
    Person("sbs4", "Elif", "Işıktepe", Role.HIS_OFFICER, "Veri Hazırlama Kontrol İşletmeni", "mudurluk", SBS),
    Person(
        "bakanlik.birim",
        "Haluk",
        "Erimez",
        Role.MINISTRY_UNIT_HEAD,
        "Daire Başkanı",
        "bakanlik",
        "Sağlık Bilgi Sistemleri Genel Müdürlüğü",
    ),
    Person("hastane.personeli", "Zeynep", "Ağaoğlu", STAFF, "Tıbbi Sekreter", "devlet", "Hasta Kabul Birimi"),
    Person("hastane.sorumlusu", "Kadir", "Şenkal", HEAD, "Müdür Yardımcısı", "devlet", IT),
    Person("sevgi.balci", "Sevgi", "Balcıoğlu", STAFF, "Hemşire", "devlet", "Kalite Yönetim Birimi"),
    Person("murat.inanc", "Murat", "İnançlı", STAFF, "Bilgi İşlem Personeli", "egitim", IT),
    Person("hatice.durak", "Hatice", "Durakbaşı", STAFF, "Tıbbi Sekreter", "egitim", "Hasta Kabul Birimi"),
    Person("bulent.akin", "Bülent", "Akınlar", HEAD, "Bilgi İşlem Sorumlusu", "egitim", IT),
    Person("seda.kocak", "Seda", "Koçakgil", STAFF, "Laborant", "egitim", "Kalite Yönetim Birimi"),
    Person("emre.tok", "Emre", "Tokgözlü", STAFF, "Bilgi İşlem Personeli", "yesilkopru", IT),
    Person("gulsen.arik", "Gülşen", "Arıkboğa", HEAD, "Müdür Yardımcısı", "yesilkopru"),
    Person("yavuz.esen", "Yavuz", "Esenyurtlu", STAFF, "Röntgen Teknisyeni", "incirdere"),
    Person(
        "nilgun.tas", "Nilgün", "Taşpınar", HEAD, "Kalite Sorumlusu", "incirdere", "Kalite Yönetim Birimi"
    ),
    Person("can.uysal", "Can", "Uysalgil", STAFF, "Bilgi İşlem Personeli", "gogus", IT),
    Person("derya.sen", "Derya", "Şenocaklı", STAFF, "Tıbbi Sekreter", "sogutlugol", "Hasta Kabul Birimi"),
    Person("ibrahim.oz", "İbrahim", "Özyaprak", HEAD, "Hastane Müdürü", "sogutlugol"),
    Person("pinar.ece", "Pınar", "Ecevitoğlu", STAFF, "Bilgi İşlem Personeli", "universite", IT),
    Person("orhan.gul", "Orhan", "Gülbahçe", HEAD, "Bilgi İşlem Müdürü", "universite", IT),
    Person("filiz.ak", "Filiz", "Akyüzlü", STAFF, "Diş Teknisyeni", "dis"),
    Person("levent.su", "Levent", "Suvarlı", STAFF, "Sorumlu Müdür", "ozel-doruk"),
    Person("asli.kaya", "Aslı", "Kayadibi", STAFF, "Hasta Hizmetleri Sorumlusu", "ozel-ilgin"),
    Person("tuncay.er", "Tuncay", "Erbaşlı", STAFF, "Bilgi İşlem Sorumlusu", "tip-gulderen"),
    Person("ozlem.yol", "Özlem", "Yolcuoğlu", STAFF, "Sorumlu Müdür", "tip-sehir"),
    Person("kerem.ay", "Kerem", "Aydoğmuş", STAFF, "Optisyen", "dal-goz"),
    Person("songul.dag", "Songül", "Dağdeviren", STAFF, "Tıbbi Sekreter", "poliklinik"),
    Person("ferhat.can", "Ferhat", "Canpolatlı", STAFF, "Veri Sorumlusu", "ilce-yesilkopru"),
    Person("meltem.ulu", "Meltem", "Ulusoylu", STAFF, "Veri Sorumlusu", "ilce-incirdere"),
    Person("halil.ari", "Halil", "Arıcanlı", HEAD, "İlçe Sağlık Müdürü", "ilce-sogutlugol"),
)
# The rows of the log-in page's table: one way in for each role, two where colleagues hand work to each other.
SHOWN = (
    "birim.sorumlusu",
    "baskan",
    "bilgi.islem.sorumlusu",
    "bilgi.islem1",
    "bilgi.islem2",
    "sbs.sorumlusu",
    "sbs1",
    "hastane.personeli",
    "hastane.sorumlusu",
    "bakanlik.birim",
)
