"""Invented requests of an invented province, walked through their real steps by the people of the demo."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import Institution, User
from accounts.queries import people_with_role
from accounts.roles import Role
from audit.context import signed_in
from helpdesk import workflow
from helpdesk.models import AnswerChannel, Asset, CannedText, Category, Priority, SupplyState, Ticket
from helpdesk.services import supplies
from processes.models import Channel
from processes.services import cases, notes

CATEGORIES = (
    ("Ağ ve internet", True),
    ("Bilgisayar ve çevre birimi", True),
    ("Sunucu ve depolama", True),
    ("HBYS ve uygulama", False),
    ("E-posta ve oturum", False),
    ("Telefon hattı", True),
)
TROUBLES: tuple[tuple[str, str, int, int], ...] = (
    (
        "Poliklinik katında ağ bağlantısı yok",
        "İkinci kattaki üç poliklinikte bilgisayarlar ağa çıkamıyor.",
        0,
        1,
    ),
    (
        "Kablosuz ağ sık sık kopuyor",
        "Yataklı serviste tabletlerin bağlantısı gün içinde birkaç kez düşüyor.",
        0,
        3,
    ),
    ("Barkod yazıcısı etiket basmıyor", "Laboratuvar kabulünde yazıcı hata ışığı veriyor.", 1, 2),
    ("Bilgisayar açılmıyor", "Arşiv odasındaki masaüstü bilgisayar açılışta kapanıyor.", 1, 3),
    ("Monitör görüntü vermiyor", "Hasta kabul bankosundaki ikinci ekran karardı.", 1, 4),
    ("Görüntü arşivi yavaş açılıyor", "Radyoloji görüntüleri on saniyeden uzun sürede geliyor.", 2, 2),
    (
        "Yedekleme sunucusunda disk uyarısı",
        "Yönetim ekranı bir diskin arıza öncesi uyarı verdiğini bildiriyor.",
        2,
        2,
    ),
    ("HBYS'de reçete ekranı hata veriyor", "Reçete kaydedilirken ekran beyaz kalıyor.", 3, 1),
    (
        "HBYS kullanıcı yetkisi tanımlanması",
        "Yeni başlayan tıbbi sekreter için hasta kabul yetkisi isteniyor.",
        3,
        4,
    ),
    ("Kurumsal e-posta açılmıyor", "Parola yenilendikten sonra posta kutusuna girilemiyor.", 4, 3),
    ("Uzak masaüstü oturumu kapanıyor", "Oturum beş dakikada bir kendiliğinden sonlanıyor.", 4, 3),
    ("Dahili telefon çalışmıyor", "Acil servis bankosundaki telefondan ses gelmiyor.", 5, 2),
)
FINDINGS = (
    "Uzaktan bakıldı, arıza doğrulandı.",
    "Yerinde bakıldı; kablo ve güç kaynağı denetlendi.",
    "Kayıtlar incelendi.",
)
WAYS = (
    "Arızalı parça değiştirilecek.",
    "Ayarlar yeniden yapılacak.",
    "Yazılım güncellenecek, sonra denenecek.",
)
SOLUTIONS = (
    "Parça değiştirildi, çalıştığı görüldü.",
    "Ayar düzeltildi, kullanıcıyla birlikte denendi.",
    "Güncelleme yapıldı.",
)
ANSWERS = ("Sorunun giderildiği telefonla bildirildi.", "Kullanıcı arandı, çalıştığını doğruladı.")
THINGS = ("Ağ anahtarı, 24 kapılı", "Cat6 kablo, 30 m", "SSD 480 GB", "Barkod yazıcısı kafası", "Güç kaynağı")
READY = (
    ("Uzaktan bakıldı", "assess", "Uzaktan bağlanılarak bakıldı; arıza doğrulandı."),
    ("Yerinde inceleme gerekli", "assess", "Uzaktan çözülemedi; yerinde inceleme planlandı."),
    ("Parça değişimi", "plan", "Arızalı parça yedeğiyle değiştirilecek."),
    ("Parça değiştirildi", "solve", "Arızalı parça değiştirildi ve çalıştığı kullanıcıyla birlikte görüldü."),
    (
        "Telefonla bildirildi",
        "inform",
        "{number} numaralı başvurunun sonuçlandığı başvuru sahibine telefonla bildirildi.",
    ),
)
OPEN_SHARE = 0.3
PLACES = ("Bilgi işlem odası", "Hasta kabul", "Laboratuvar", "Radyoloji", "Arşiv")


@dataclass(frozen=True)
class Cast:
    """Who plays in the demo."""

    lead: User
    officers: list[User]
    applicants: list[User]
    institutions: list[Institution]


def build(
    count: int, now: datetime | None = None, said: Callable[[str], None] = lambda text: None
) -> list[Ticket]:
    """Requests in every state over the last half year; the same ones each time. `said` hears how many are done."""
    now = now or timezone.now()
    chance = random.Random(536)  # noqa: S311 - invented data, the same at each start
    cast = Cast(
        people_with_role(Role.IT_LEAD)[0],
        people_with_role(Role.IT_OFFICER),
        people_with_role(Role.REQUESTING_STAFF, Role.REQUESTING_UNIT_HEAD),
        list(Institution.objects.active().in_order()),
    )
    categories = _categories(cast)
    assets = _assets(cast, categories, chance)
    _ready_texts(cast)
    made = []
    for place, opened_at in enumerate(_times(count, now, chance)):
        made.append(_ticket(place, opened_at, now, cast, categories, assets, chance))
        if (place + 1) % 50 == 0:
            said(f"{place + 1} requests")
    return made


def _times(count: int, now: datetime, chance: random.Random) -> Iterator[datetime]:
    """Working hours of the last 180 days, oldest first, denser towards today."""
    spans = sorted((chance.random() ** 1.7 * 180 for _ in range(count)), reverse=True)
    for days in spans:
        day = timezone.localtime(now - timedelta(days=days))
        if day.weekday() > 4:
            day -= timedelta(days=2)
        yield min(
            day.replace(hour=chance.randint(8, 16), minute=chance.randint(0, 59), second=0, microsecond=0),
            now,
        )


def _categories(cast: Cast) -> list[Category]:
    with signed_in(cast.lead):
        return [
            Category.objects.get_or_create(name=name, defaults={"is_hardware": hard})[0]
            for name, hard in CATEGORIES
        ]


def _assets(cast: Cast, categories: list[Category], chance: random.Random) -> list[Asset]:
    with signed_in(cast.lead):
        return [
            Asset.objects.get_or_create(
                tag=f"DMR-{number:05d}",
                defaults={
                    "name": chance.choice(
                        ("Masaüstü bilgisayar", "Ağ anahtarı", "Yazıcı", "Sunucu", "IP telefon")
                    ),
                    "institution": cast.institutions[number % len(cast.institutions)],
                    "category": categories[number % len(categories)],
                    "place": chance.choice(PLACES),
                },
            )[0]
            for number in range(1, 41)
        ]


def _ready_texts(cast: Cast) -> None:
    with signed_in(cast.lead):
        for title, step_key, text in READY:
            CannedText.objects.get_or_create(title=title, defaults={"step_key": step_key, "text": text})


def _ticket(
    place: int,
    opened_at: datetime,
    now: datetime,
    cast: Cast,
    categories: list[Category],
    assets: list[Asset],
    chance: random.Random,
) -> Ticket:
    """One request, opened and walked as far as its age and its luck take it."""
    title, description, category, priority = TROUBLES[place % len(TROUBLES)]
    applicant = cast.applicants[chance.randrange(len(cast.applicants))]
    by_phone = chance.random() < 0.6
    registrar = chance.choice(cast.officers) if by_phone else applicant
    own = [asset for asset in assets if asset.institution_id == applicant.institution_id]
    with signed_in(registrar):
        ticket = workflow.report(
            by=registrar,
            title=title,
            description=description,
            channel=Channel.TELEPHONE if by_phone else Channel.PORTAL,
            applicant=applicant,
            category=categories[category],
            asset=chance.choice(own) if own and categories[category].is_hardware else None,
            priority=priority if chance.random() < 0.8 else Priority.NORMAL,
            now=opened_at,
        )
    recent = now - opened_at < timedelta(days=12)
    stop_after = chance.randint(0, 6) if recent or chance.random() < OPEN_SHARE / 4 else 7
    walk = _Walk(ticket, cast, chance, opened_at, now)
    if chance.random() < 0.03 and len(walk.names) > 1:
        return walk.withdraw()
    for name in walk.names[:stop_after]:
        if not walk.go(name):
            break
    walk.remark()
    return walk.ticket


class _Walk:
    """A request going from step to step, a few working hours apart, never past today."""

    names = ("assess", "plan", "supply", "assign", "solve", "inform", "rate")

    def __init__(
        self, ticket: Ticket, cast: Cast, chance: random.Random, at: datetime, now: datetime
    ) -> None:
        self.ticket, self.cast, self.chance, self.at, self.now = ticket, cast, chance, at, now
        self.officer = chance.choice(cast.officers)

    def go(self, name: str) -> bool:
        """Take the next step if its time has come."""
        self.at += timedelta(hours=self.chance.choice((1, 2, 3, 20, 26, 49)))
        if self.at >= self.now:
            return False
        by = self.cast.lead if name in {"plan", "assign"} else self.officer
        if name == "rate":
            if self.ticket.applicant is None or self.chance.random() < 0.5:
                return False
            by = self.ticket.applicant
        with signed_in(by):
            self.ticket = getattr(self, name)(by)
        return True

    def assess(self, by: User) -> Ticket:
        finding = self.chance.choice(FINDINGS)
        return workflow.assess(self.ticket, by=by, finding=finding, now=self.at)

    def plan(self, by: User) -> Ticket:
        return workflow.plan(self.ticket, by=by, way=self.chance.choice(WAYS), now=self.at)

    def supply(self, by: User) -> Ticket:
        if self.chance.random() < 0.7:
            return workflow.supply(self.ticket, by=by, nothing_needed=True, now=self.at)
        item = supplies.add(
            self.ticket, by=by, name=self.chance.choice(THINGS), quantity=self.chance.randint(1, 3)
        )
        supplies.mark(item, by=by, state=SupplyState.RECEIVED)
        return workflow.supply(self.ticket, by=by, note="Depodan karşılandı.", now=self.at)

    def assign(self, by: User) -> Ticket:
        return workflow.assign(self.ticket, by=by, assignee=self.officer, now=self.at)

    def solve(self, by: User) -> Ticket:
        return workflow.solve(self.ticket, by=by, solution=self.chance.choice(SOLUTIONS), now=self.at)

    def inform(self, by: User) -> Ticket:
        return workflow.inform(
            self.ticket,
            by=by,
            answer_channel=AnswerChannel.TELEPHONE,
            answer_note=self.chance.choice(ANSWERS),
            now=self.at,
        )

    def rate(self, by: User) -> Ticket:
        return workflow.rate(
            self.ticket, by=by, satisfaction=self.chance.choice((5, 5, 4, 4, 3, 2)), now=self.at
        )

    def withdraw(self) -> Ticket:
        by = self.ticket.applicant or self.cast.lead
        with signed_in(by):
            return workflow.withdraw(
                self.ticket, by=by, reason="Sorun kendiliğinden düzeldi.", now=self.at + timedelta(minutes=40)
            )

    def remark(self) -> None:
        """A note here and there; some open requests wait for somebody outside."""
        with signed_in(self.officer):
            if self.chance.random() < 0.25:
                notes.write(
                    self.ticket,
                    by=self.officer,
                    text="Kullanıcı öğleden sonra yerinde olacak.",
                    internal=True,
                )
            if self.ticket.is_open and self.chance.random() < 0.15:
                cases.assign(self.ticket, by=self.cast.lead, to=self.officer)
                cases.pause(
                    self.ticket,
                    by=self.officer,
                    reason="Firmadan yedek parça bekleniyor.",
                    now=min(self.at + timedelta(hours=1), self.now),
                )
