"""The categories and check lists an installation begins with; the unit head changes them in the admin."""

from __future__ import annotations

from django.db import transaction

from audit.context import because
from incidents.models import Category, ChecklistItem, Phase

CATEGORIES = (
    "Varlığın çalınması, kaybı veya kırılması",
    "Gizlilik, bütünlük veya erişilebilirliğin bozulması",
    "İnsan hatası",
    "Politika veya prosedüre aykırılık",
    "Fiziksel güvenlik ihlali",
    "Denetimsiz sistem değişikliği",
    "Yazılım veya donanım arızası",
    "Erişim ihlali",
    "Siber saldırı",
    "Gizli bilginin ifşası",
)
EVERY: tuple[tuple[str, str, bool], ...] = (
    (Phase.CONTAIN, "İlgili sistemin kayıtlarının (log) alınması ve saklanması", True),
    (Phase.CONTAIN, "Etkilenen sistem, hesap ve verilerin belirlenmesi", True),
    (Phase.PREVENT, "İhlalin kök nedeninin yazılması", True),
    (Phase.PREVENT, "Benzer sistemlerin aynı açık yönünden gözden geçirilmesi", False),
)
OWN: dict[str, tuple[tuple[str, str, bool], ...]] = {
    "Varlığın çalınması, kaybı veya kırılması": (
        (Phase.CONTAIN, "Cihazın uzaktan kilitlenmesi veya silinmesi", True),
        (Phase.CONTAIN, "Cihazda bulunan verilerin ve şifreli olup olmadığının belirlenmesi", True),
        (Phase.PREVENT, "Taşınabilir ortamların şifrelenmesinin zorunlu kılınması", True),
    ),
    "İnsan hatası": ((Phase.PREVENT, "İlgili personele eğitim verilmesi", True),),
    "Fiziksel güvenlik ihlali": (
        (Phase.CONTAIN, "Kapı kartlarının kapatılması, kamera kayıtlarının istenmesi", True),
        (Phase.PREVENT, "Giriş yetkilerinin gözden geçirilmesi", True),
    ),
    "Denetimsiz sistem değişikliği": (
        (Phase.CONTAIN, "Değişikliğin geri alınması", True),
        (Phase.PREVENT, "Değişiklik kaydı olmadan uygulamayı engelleyen yetki düzenlemesi", True),
    ),
    "Yazılım veya donanım arızası": ((Phase.CONTAIN, "Yedek sisteme geçilmesi", True),),
    "Erişim ihlali": (
        (
            Phase.CONTAIN,
            "Hesabın kapatılması, parolanın sıfırlanması, açık oturumların sonlandırılması",
            True,
        ),
        (Phase.PREVENT, "Yetkilerin görevle karşılaştırılması", True),
    ),
    "Siber saldırı": (
        (Phase.CONTAIN, "Etkilenen makinelerin ağdan ayrılması", True),
        (Phase.CONTAIN, "SOME'ye bilgi verilmesi", True),
        (Phase.PREVENT, "Saldırı göstergelerinin güvenlik duvarında engellenmesi", True),
    ),
    "Gizli bilginin ifşası": (
        (Phase.CONTAIN, "Yayının kaldırtılması veya alıcıdan silinmesinin istenmesi", True),
        (Phase.PREVENT, "Veri sızıntısı denetiminin kurulması", True),
    ),
}


def begin_with_checklists() -> int:
    """What a new installation begins with; nothing where the unit head keeps categories already, renamed ones too."""
    return 0 if Category.objects.exists() else load_checklists()


def load_checklists() -> int:
    """Add the categories and lines that are not there yet; says how many lines were added."""
    added = 0
    with transaction.atomic(), because(step="load"):
        for place, name in enumerate(CATEGORIES, start=1):
            category, _made = Category.objects.get_or_create(name=name, defaults={"position": place * 10})
            added += _lines(category, OWN.get(name, ()))
        added += _lines(None, EVERY)
    return added


def _lines(category: Category | None, lines: tuple[tuple[str, str, bool], ...]) -> int:
    added = 0
    for place, (phase, text, is_mandatory) in enumerate(lines, start=1):
        _line, made = ChecklistItem.objects.get_or_create(
            category=category,
            phase=phase,
            text=text,
            defaults={"is_mandatory": is_mandatory, "position": place * 10},
        )
        added += made
    return added
