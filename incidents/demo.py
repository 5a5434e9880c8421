"""Invented breaches of an invented province, in every state; the same ones each time."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.queries import people_with_role
from accounts.roles import CONFIDENTIAL_STAFF, Role
from audit.context import signed_in
from incidents import alerting, reporting, workflow
from incidents.models import (
    Authority,
    Breach,
    Category,
    Cooperation,
    EmergencyOfficer,
    LevelPlan,
    PersonalData,
    Proceedings,
    Review,
    SanctionKind,
    Shift,
    State,
    TaskOutcome,
)
from incidents.reference import load_checklists
from incidents.services import checklists, evidence, notices, reviews, sanctions

EVENTS: tuple[tuple[str, str, int, str, str, str], ...] = (
    ("Paylaşılan HBYS parolası", "Aynı parolayla iki ayrı serviste oturum açılmış.", 7, "C", "no", "HBYS"),
    ("Kaybolan taşınabilir bellek", "Birim raporlarının bulunduğu bellek bulunamıyor.", 0, "A", "yes", "İdari kat"),
    ("Sunucu odasına izinsiz giriş", "Kapı kaydında görevli olmayan bir kart görülüyor.", 4, "B", "no", "Sunucu odası"),
    ("Oltalama iletisi açılmış", "Bir personel bağlantıya tıklayıp parolasını yazmış.", 8, "C", "unknown", "E-posta"),
    ("Yanlış kişiye gönderilen liste", "Hasta listesi dış bir adrese gönderilmiş.", 9, "A", "yes", "E-posta"),
    ("Yetki dışı kayıt görüntüleme", "Bir kullanıcı görevi olmayan dosyaları açmış.", 7, "A", "yes", "HBYS"),
    ("Onaysız güvenlik duvarı değişikliği", "Kural, değişiklik kaydı olmadan eklenmiş.", 5, "B", "no", "Güvenlik duvarı"),
    ("Açık bırakılan oturum", "Danışmadaki ekran gece boyunca açık kalmış.", 2, "C", "no", "Hasta kabul"),
    ("Fidye yazılımı uyarısı", "Uç nokta koruması iki bilgisayarda uyarı vermiş.", 8, "B", "no", "Uç noktalar"),
    ("Çöpte bulunan çıktılar", "Kişisel bilgi içeren çıktılar imha edilmeden atılmış.", 3, "C", "yes", "Arşiv"),
)  # fmt: skip
WALKS = ("inform", "inform", "decide", "refer", "contain", "prevent", "inform", "inform", "dismiss", "inform")
FRESH = 4  # so many came in within the last two days and wait for the decision
DECISIONS = ("disciplinary", "neither", "both", "judicial", "disciplinary")
PLANS = (
    ("A", "Hasta ve personel verisinin ele geçirilmesi.", "Güven kaybı, idari para cezası.",
     "Erişim kayıtları, şifreleme, farkındalık eğitimi.", "Erişimi kes, kayıtları sakla, Kurula bildir."),
    ("B", "HBYS veya ağın durması.", "Hizmetin aksaması, hasta güvenliği riski.",
     "Yedek hat, yedekleme, tatbikat.", "Yedeğe geç, nedeni bul, kurumu bilgilendir."),
    ("C", "Henüz kanıtlanmamış olağan dışı durum.", "Gecikirse A veya B seviyesine dönüşür.",
     "Bildirim yolunu duyur.", "Kayıtları incele, seviyeyi yeniden belirle."),
)  # fmt: skip
AUTHORITIES = (
    ("Hırsızlık, zorla giriş", "İl Emniyet Müdürlüğü", "Telefon, ardından dilekçe", "112", "Birim sorumlusu"),
    ("Bilişim suçu", "Cumhuriyet Başsavcılığı", "Resmî yazı", "Adliye, hazırlık bürosu", "İl Sağlık Müdürü"),
    ("Kişisel veri ihlali", "Kişisel Verileri Koruma Kurumu", "İhlal bildirim formu", "Kurumun sayfası",
     "İl Sağlık Müdürü"),
    ("Siber olay", "Ulusal Siber Olaylara Müdahale Merkezi", "E-posta ve telefon", "SOME irtibat hattı", "SOME ekip lideri"),
)  # fmt: skip
COOPERATIONS = (
    ("Hukuk Birimi", "Adli ve disiplin yazılarına görüş.", "Dahili 2201"),
    ("Basın Birimi", "Kamuoyuna yapılacak açıklama.", "Dahili 2115"),
    ("Destek Hizmetleri", "Kapı kartlarının kapatılması, kamera kayıtları.", "Dahili 2340"),
)


@dataclass(frozen=True)
class Cast:
    """Who plays in the demo."""

    head: User
    lead: User
    officers: list[User]
    reporters: list[User]


def build(
    count: int = 30,
    now: datetime | None = None,
    said: Callable[[str], None] = lambda text: None,
) -> list[Breach]:
    """Breaches over the last year, the emergency plan and a rota for the weeks around today."""
    now = now or timezone.now()
    chance = random.Random(532)  # noqa: S311 - invented data, the same at each start
    cast = Cast(
        people_with_role(Role.UNIT_HEAD)[0],
        people_with_role(Role.HIS_LEAD)[0],
        people_with_role(Role.HIS_OFFICER),
        people_with_role(Role.REQUESTING_STAFF),
    )
    with signed_in(cast.head):
        load_checklists()
        _plan(cast, timezone.localdate(now))
        _rota(cast, now)
    categories = list(Category.objects.order_by("position"))
    made = []
    for place in range(count):
        left = count - 1 - place
        span = timedelta(days=4 + 316 * (left / max(count - 1, 1)) ** 1.4, hours=2 + place % 5)
        opened_at = now - (timedelta(hours=2 + 10 * left) if left < FRESH else span)
        made.append(_breach(place, opened_at, left, cast, categories, chance))
        if (place + 1) % 10 == 0:
            said(f"{place + 1} breaches")
    return made


def _plan(cast: Cast, today: date) -> None:
    later = today + timedelta(days=300)
    with transaction.atomic():
        for level, risks, losses, before, after in PLANS:
            plan = {"risks": risks, "losses": losses, "before": before, "after": after, "review_by": later}
            LevelPlan.objects.get_or_create(level=level, defaults=plan)
        for event, institution, way, contact, applicant in AUTHORITIES:
            facts = {"way": way, "contact": contact, "applicant": applicant, "review_by": later}
            Authority.objects.get_or_create(event=event, institution=institution, defaults=facts)
        for partner, need, contact in COOPERATIONS:
            facts = {"need": need, "contact": contact, "review_by": later}
            Cooperation.objects.get_or_create(partner=partner, defaults=facts)
        for person, duty in ((cast.head, "Acil durum yöneticisi"), (cast.lead, "Bilgi güvenliği yöneticisi")):
            EmergencyOfficer.objects.get_or_create(
                person=person,
                duty=duty,
                defaults={
                    "authority": "Etkilenen sistemi durdurma, yetkileri kapatma ve makamlara başvurma yetkisi.",
                    "appointed_on": today - timedelta(days=200),
                    "reference": "708.01-12",
                    "review_by": later,
                },
            )


def _rota(cast: Cast, now: datetime) -> None:
    """A window of one week each, from the week before last to four weeks ahead."""
    people = people_with_role(*CONFIDENTIAL_STAFF)
    if Shift.objects.exists() or len(people) < 2:
        return
    monday = timezone.localdate(now) - timedelta(days=timezone.localdate(now).weekday() + 14)
    begin = datetime.combine(monday, time(8), timezone.get_default_timezone())
    with transaction.atomic():
        for week in range(7):
            Shift.objects.create(
                officer=people[week % len(people)],
                deputy=people[(week + 1) % len(people)],
                starts_at=begin + timedelta(weeks=week),
                ends_at=begin + timedelta(weeks=week + 1),
                made_by=cast.lead,
            )


def _breach(
    place: int,
    opened_at: datetime,
    left: int,
    cast: Cast,
    categories: list[Category],
    chance: random.Random,
) -> Breach:
    title, description, category, level, personal_data, system = EVENTS[place % len(EVENTS)]
    officer = cast.officers[place % len(cast.officers)]
    if place % 3 == 0:
        breach, _code = reporting.receive(
            title=title,
            description=description,
            system=system,
            occurred_at=opened_at - timedelta(hours=5),
            now=opened_at,
        )
    else:
        with signed_in(officer):
            breach = workflow.report(
                by=officer,
                title=title,
                description=description,
                channel="telephone" if place % 3 == 1 else "letter",
                source="ministry" if place % 3 == 2 else "",
                source_reference=f"BGYS-{2000 + place}" if place % 3 == 2 else "",
                applicant=cast.reporters[place % len(cast.reporters)],
                category=categories[category % len(categories)],
                level=level,
                personal_data=personal_data,
                system=system,
                occurred_at=opened_at - timedelta(hours=chance.randint(3, 40)),
                now=opened_at,
            )
    until = "" if left < FRESH else WALKS[place % len(WALKS)]
    if left:
        with signed_in(officer):
            alerting.acknowledge(breach, by=officer, now=opened_at + timedelta(minutes=chance.randint(2, 14)))
    walk = _Walk(
        breach, cast, officer, categories[category % len(categories)], level, personal_data, opened_at, place
    )
    return walk.go(until)


class _Walk:
    """A breach going from step to step, a few hours apart."""

    def __init__(
        self,
        breach: Breach,
        cast: Cast,
        officer: User,
        category: Category,
        level: str,
        personal_data: str,
        at: datetime,
        place: int,
    ) -> None:
        self.breach, self.cast, self.officer, self.at, self.place = breach, cast, officer, at, place
        self.category, self.level, self.personal_data = category, level, personal_data

    def later(self, hours: int) -> datetime:
        """Some hours on."""
        self.at += timedelta(hours=hours)
        return self.at

    def go(self, until: str) -> Breach:
        """Walk until the step named, both included."""
        if until == "dismiss":
            with signed_in(self.cast.lead):
                return workflow.dismiss(
                    self.breach,
                    by=self.cast.lead,
                    reason="Bakım çalışmasıymış; ihlal yok.",
                    now=self.later(5),
                )
        for name in ("decide", "refer", "contain", "prevent", "inform") if until else ():
            by = self.cast.lead if name in {"decide", "refer"} else self.officer
            if name != "refer" or self.breach.state == State.DECIDED:
                with signed_in(by):
                    self.breach = getattr(self, name)(by)
            if name == until:
                break
        if until == "inform":
            self.afterwards()
        self.conclude(all_of_it=False)
        self.verify()
        return self.breach

    def verify(self) -> None:
        """Barriers are looked at on their day."""
        with signed_in(self.cast.lead):
            for barrier in self.breach.barriers.filter(verify_on__lte=timezone.localdate()).select_related(
                "breach"
            ):
                reviews.verify_barrier(
                    barrier, by=self.cast.lead, holds=True, finding="Denendi, aşılamadı.", now=self.later(1)
                )

    def decide(self, by: User) -> Breach:
        personal = self.personal_data if self.personal_data != PersonalData.UNKNOWN else PersonalData.NO
        breach = workflow.decide(
            self.breach,
            by=by,
            decision=DECISIONS[self.place % len(DECISIONS)],
            decision_reason="Kayıtlar ve beyanlar incelendi.",
            category=self.category,
            level=self.level,
            personal_data=personal,
            now=self.later(6),
        )
        if (task := checklists.court_task(breach)) is not None:
            checklists.settle(task, by=by, note=f"E-708.01-{300 + self.place}", now=self.later(30))
        if personal == PersonalData.YES:
            in_phases = self.place % 4 == 1
            next_by = timezone.localdate(self.at) + timedelta(days=14)
            notices.record(
                breach,
                by=by,
                summary="Olayın niteliği, etkilenen veri türleri ve alınan önlemler bildirildi.",
                way="Kurumun ihlal bildirim formu",
                sent_at=self.later(20),
                reference=f"KVKK-{self.place:04d}",
                missing="Etkilenen kişi sayısı kesinleşince bildirilecek." if in_phases else "",
                next_by=next_by if in_phases else None,
                now=self.at,
            )
            if in_phases and next_by <= timezone.localdate():
                notices.record(
                    breach,
                    by=by,
                    summary="Etkilenen kişi sayısı ve alınan önlemlerin sonucu bildirildi.",
                    way="Kurumun ihlal bildirim formu",
                    sent_at=self.later(30),
                    reference=f"KVKK-{self.place:04d}/2",
                    now=self.at,
                )
            breach.refresh_from_db(fields=("personal_data", "kvkk_settled_at", "version"))
        return breach

    def refer(self, by: User) -> Breach:
        at = self.later(4)
        return workflow.refer(
            self.breach,
            by=by,
            referral_number=f"E-708.01-{100 + self.place}",
            referral_date=timezone.localdate(at),
            now=at,
        )

    def contain(self, by: User) -> Breach:
        self.settle(by, "contain")
        evidence.secure(
            self.breach,
            by=by,
            title="Oturum kayıtlarının dökümü",
            place="Birim kasası, 2. raf",
            sha256=f"{self.place:064x}",
            now=self.later(1),
        )
        return workflow.contain(
            self.breach, by=by, note="Hesap kapatıldı, kayıtlar alındı, sistem denetlendi.", now=self.later(2)
        )

    def prevent(self, by: User) -> Breach:
        self.settle(by, "prevent")
        at = self.later(20)
        return workflow.prevent(
            self.breach,
            by=by,
            barrier="İkinci doğrulama zorunlu kılındı, kural teknik olarak uygulandı.",
            owner=self.officer,
            verify_on=timezone.localdate(at) + timedelta(days=45),
            now=at,
        )

    def inform(self, by: User) -> Breach:
        self.settle(by, "close")
        self.conclude(all_of_it=True)
        channel = "status_page" if self.breach.tracking_hash else "telephone"
        return workflow.inform(
            self.breach,
            by=by,
            answer_channel=channel,
            answer_note="Bildirimin incelendiği ve gerekli önlemlerin alındığı bildirildi.",
            now=self.later(24),
        )

    def settle(self, by: User, phase: str) -> None:
        """Every open task of a phase is done."""
        for task in self.breach.tasks.filter(phase=phase, outcome="", awaits="").select_related("breach"):
            checklists.settle(task, by=by, outcome=TaskOutcome.DONE, note="Yapıldı.", now=self.later(1))

    def conclude(self, *, all_of_it: bool) -> None:
        """What came of discipline is recorded before closing; a trial takes longer, and closing does not wait for it."""
        today = timezone.localdate()
        waiting = self.breach.tasks.awaiting().select_related("breach")
        for task in waiting.filter(due_on__lt=today) if not all_of_it else waiting:
            at = self.later(30)
            with signed_in(self.cast.lead):
                if task.awaits == Proceedings.COURT:
                    sanctions.do_not_wait(
                        task,
                        by=self.cast.lead,
                        due_on=max(today, timezone.localdate(at)) + timedelta(days=180),
                        reason="Soruşturma savcılıkta sürüyor; bildirene bilgi verilmesi bekletilmemeli.",
                        now=at,
                    )
                else:
                    sanctions.record(
                        self.breach,
                        by=self.cast.lead,
                        kind=SanctionKind.WARNING if self.place % 2 else SanctionKind.TRAINING,
                        decided_by="Disiplin Kurulu",
                        decided_on=timezone.localdate(at),
                        reference=f"2026/{self.place + 10}",
                        concludes=task.awaits,
                        now=at,
                    )

    def afterwards(self) -> None:
        """What followed: a review here and there."""
        today = timezone.localdate(self.at) + timedelta(days=3)
        with signed_in(self.cast.lead):
            review = Review.objects.select_related("breach").filter(breach=self.breach).first()
            if review is not None and review.due_on <= timezone.localdate():
                held = reviews.hold(
                    review,
                    by=self.cast.lead,
                    held_on=today,
                    participants="Sorumlu, görevliler, Hukuk Birimi",
                    course="Bildirim, durdurma ve engel adımları sırasıyla görüşüldü.",
                    lessons="Parola politikası ve eğitim programı yenilenecek.",
                    now=self.at + timedelta(days=4),
                )
                action = reviews.add_action(
                    held,
                    by=self.cast.lead,
                    text="Farkındalık eğitimini yinele",
                    owner=self.officer,
                    due_on=today + timedelta(days=60),
                )
                if action.due_on <= timezone.localdate():
                    reviews.finish_action(action, by=self.officer, result="Eğitim verildi, katılım %94.")
