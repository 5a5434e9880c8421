"""Invented applications and requests of an invented province, walked through their real steps by the people of the demo."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO

from django.utils import timezone

from accounts.models import Employee, User
from accounts.queries import people_with_role
from accounts.roles import Role
from audit.context import signed_in
from processes.models import Channel
from webapps import queries, reconciling, reviewing, workflow
from webapps.lines import Entry
from webapps.models import (
    AccessRequest,
    Application,
    AppRole,
    Authority,
    Condition,
    Decision,
    Operation,
    RequestLine,
    Standing,
    State,
)

LEAST = 24  # enough for a comparison and two reviews to be about something
OWNER = "Sağlık Bilgi Sistemleri Genel Müdürlüğü"
APPLICATIONS: tuple[tuple[str, str, str], ...] = (
    ("IZLEM", "Hizmet İzlem Paneli", "Tesislerin hizmet göstergelerinin izlenmesi"),
    ("ASISTOK", "Aşı Stok Takibi", "Aşı depolarının stok ve sıcaklık kayıtları"),
    ("SEVK", "Merkezi Sevk Yönetimi", "Tesisler arası hasta sevklerinin yürütülmesi"),
    ("PERPLAN", "Personel Planlama Sistemi", "Kadro, nöbet ve izin planlarının tutulması"),
    ("CIHAZ", "Tıbbi Cihaz Envanteri", "Tıbbi cihazların bakım ve kalibrasyon kayıtları"),
    ("BULBIL", "Bulaşıcı Hastalık Bildirimi", "Bildirimi zorunlu hastalıkların gönderilmesi"),
    ("EVDE", "Evde Sağlık Kayıtları", "Evde sağlık ziyaretlerinin planlanması"),
    ("HASHAK", "Hasta Hakları Başvuruları", "Başvuruların alınması ve sonuçlandırılması"),
    ("YATAK", "Yatak Doluluk Ekranı", "Boş yatakların anlık görüntülenmesi"),
    ("EGSER", "Eğitim ve Sertifika", "Kurs katılımı ve sertifika belgeleri"),
    ("KANTAK", "Kan Ürünleri Takibi", "Kan ürünlerinin istem ve kullanım kayıtları"),
    ("OLBIL", "İstenmeyen Olay Bildirimi", "Güvenlik raporlama bildirimlerinin incelenmesi"),
)
ROLES = (
    ("GORUNTU", "Görüntüleyici", "Kendi kurumunun kayıtlarını görüntüler.", False),
    ("VERI", "Veri Girişi", "Kendi kurumu için kayıt ekler ve düzeltir.", False),
    ("ILYON", "İl Yöneticisi", "İl genelinde kayıtları ve kullanıcıları yönetir.", True),
)
CONDITIONS = (
    (
        None,
        "Görev yeri uygulamanın kapsamındadır",
        "Kullanıcının görev yeri uygulamanın kapsamında bulunmamaktadır.",
    ),
    ("VERI", "Uygulama eğitimini tamamlamıştır", "Kullanıcının uygulama eğitimi belgesi sunulmamıştır."),
    ("ILYON", "Makam onayı yazıya eklidir", "İl yöneticisi yetkisi için makam onayı yazıya eklenmemiştir."),
)
EVIDENCE = (
    "Uygulama ekranından doğrulandı.",
    "Kullanıcı giriş yaptı, ekran görüntüsü alındı.",
    "İşlem kaydı tutuldu.",
)
TEXTS = (
    "Birimimizde görevlendirilen personel için yetki verilmesi hususunda gereği.",
    "Yazımız ekinde yer alan personelin kullanıcı işlemlerinin yapılması.",
    "Görev değişikliği nedeniyle kullanıcı yetkilerinin düzenlenmesi.",
)


@dataclass(frozen=True)
class Cast:
    """Who plays in the demo, and on what."""

    lead: User
    heads: list[User]
    staff: list[Employee]
    applications: list[Application]
    roles: dict[int, list[AppRole]]


def build(
    count: int, now: datetime | None = None, said: Callable[[str], None] = lambda text: None
) -> list[AccessRequest]:
    """The register, requests in every state, a comparison and two reviews; the same ones each time."""
    now = now or timezone.now()
    chance = random.Random(537)  # noqa: S311 - invented data, the same at each start
    lead = people_with_role(Role.IT_LEAD)[0]
    with signed_in(lead):
        applications = [_application(*row) for row in APPLICATIONS]
    roles: dict[int, list[AppRole]] = {}
    for role in AppRole.objects.filter(application__in=applications).order_by("pk"):
        roles.setdefault(role.application_id, []).append(role)
    heads = people_with_role(Role.REQUESTING_UNIT_HEAD)
    staff = list(Employee.objects.here().select_related("institution").order_by("pk"))
    if not heads or not staff:
        return []
    cast = Cast(lead, heads, staff, applications, roles)
    days = sorted((chance.random() ** 1.5 * 180 for _ in range(max(count, LEAST))), reverse=True)
    made = [_request(place, now - timedelta(days=ago), now, cast, chance) for place, ago in enumerate(days)]
    with signed_in(lead):
        _compare(cast, now)
        _review(cast, now)
    return made


def _application(code: str, name: str, purpose: str) -> Application:
    """One application with its roles and check list."""
    found, _made = Application.objects.get_or_create(
        code=code,
        defaults={
            "name": name,
            "owner": OWNER,
            "approver": "İl Sağlık Müdürü",
            "support_channel": "Yazılım Destek Sistemi",
            "purpose": purpose,
        },
    )
    roles = {
        role_code: AppRole.objects.get_or_create(
            application=found,
            code=role_code,
            defaults={"name": role_name, "rights": rights, "by_support": by_support},
        )[0]
        for role_code, role_name, rights, by_support in ROLES
    }
    for place, (role_code, text, rejection) in enumerate(CONDITIONS, start=1):
        Condition.objects.get_or_create(
            application=found,
            role=roles[role_code] if role_code else None,
            text=text,
            defaults={"rejection": rejection, "position": place},
        )
    return found


def _request(place: int, at: datetime, now: datetime, cast: Cast, chance: random.Random) -> AccessRequest:
    """One letter, walked as far as its age and its luck take it."""
    application = cast.applications[place % len(cast.applications)]
    head = chance.choice(cast.heads)
    own = [one for one in cast.staff if one.institution_id == head.institution_id] or cast.staff
    people = chance.sample(own, min(len(own), chance.randint(1, 4)))
    entries = [_entry(who, application, cast, chance) for who in people]
    by_letter = chance.random() < 0.7
    by = cast.lead if by_letter else head
    with signed_in(by):
        asked = workflow.request(
            by=by,
            title=f"{application.name} kullanıcı işlemleri",
            description=chance.choice(TEXTS),
            channel=Channel.LETTER if by_letter else Channel.PORTAL,
            applicant=head,
            application=application,
            lines=entries if chance.random() < 0.93 else [],
            now=at,
        )
    recent = now - at < timedelta(days=20)
    steps = chance.randint(0, 4) if recent else 5
    with signed_in(cast.lead):
        return _walked(asked, steps, at, now, cast.lead, chance)


def _entry(who: Employee, application: Application, cast: Cast, chance: random.Random) -> Entry:
    """What is asked for one person: mostly something new, sometimes an end."""
    held = [one.role for one in Authority.objects.open().filter(employee=who, application=application).told()]
    luck = chance.random()
    if held and luck < 0.5:
        return Entry(application, who, Operation.REMOVE, held[0])
    if held and luck < 0.7:
        return Entry(application, who, Operation.DEACTIVATE)
    role = chance.choices(cast.roles[application.pk], weights=(5, 4, 1))[0]
    return Entry(application, who, Operation.DEFINE if luck < 0.6 else Operation.AUTHORISE, role)


def _walked(
    asked: AccessRequest, steps: int, at: datetime, now: datetime, lead: User, chance: random.Random
) -> AccessRequest:
    """The request some steps further, a few working hours apart, never past today."""
    if not asked.lines_total:
        return asked
    for _step in range(steps):
        at += timedelta(hours=chance.choice((2, 5, 21, 28)))
        if at >= now or not asked.is_open:
            break
        asked = _next(asked, at, lead, chance)
    return asked


def _next(asked: AccessRequest, at: datetime, lead: User, chance: random.Random) -> AccessRequest:
    """The step the request waits for."""
    match asked.state:
        case State.REQUESTED:
            asks = queries.asks_of(queries.lines_of(asked))
            met = [ask.key for ask in asks if chance.random() < 0.88]
            return workflow.evaluate(asked, by=lead, met=met, now=at)
        case State.EVALUATED:
            return workflow.reject(asked, by=lead, now=at)
        case State.ACCEPTED:
            lines = RequestLine.objects.filter(request=asked.pk, standing=Standing.ACCEPTED)
            ours = [
                str(line.pk)
                for line in lines.select_related("role")
                if not (line.role and line.role.by_support)
            ]
            return workflow.perform(
                asked,
                by=lead,
                done=ours,
                evidence=chance.choice(EVIDENCE) if ours else "",
                ticket=f"YDS-{asked.pk:06d}" if len(ours) < asked.lines_left else "",
                now=at,
            )
        case State.SUPPORT:
            lines = RequestLine.objects.filter(request=asked.pk, standing=Standing.SUPPORT)
            solved = [str(line.pk) for line in lines if chance.random() < 0.8]
            answer = "Destek ekibi kullanıcıyı tanımladı." if solved else "Kullanıcı merkezde doğrulanamadı."
            return workflow.escalate(asked, by=lead, solved=solved, answer=answer, now=at)
    return workflow.inform(
        asked,
        by=lead,
        answer_channel="portal",
        answer_note="Talebin sonucu birim sorumlusuna portal üzerinden bildirildi.",
        now=at,
    )


def _compare(cast: Cast, now: datetime) -> None:
    """The list of the first application that somebody uses: mostly right, with a few differences."""
    for application in cast.applications:
        held = list(Authority.objects.open().filter(application=application).told().order_by("pk"))
        if len(held) < 2:
            continue
        rows = [f"{one.employee.registry_no};{one.employee.full_name};{one.role.code}" for one in held[1:]]
        stranger = next(one for one in cast.staff if one.pk not in {row.employee_id for row in held})
        began = timezone.localdate(now) - timedelta(days=230)
        rows.append(f"{stranger.registry_no};{stranger.full_name};VERI;{began:%d.%m.%Y}")
        rows.append("HESAP-01;Devre Dışı Hesap;GORUNTU")
        text = "Sicil No;Ad Soyad;Rol;Başlangıç Tarihi\n" + "\n".join(rows) + "\n"
        reconciling.compare(
            application,
            BytesIO(text.encode()),
            f"{application.code.lower()}-kullanicilar.csv",
            by=cast.lead,
            now=now,
        )
        return


def _review(cast: Cast, now: datetime) -> None:
    """One review that is finished and one that runs."""
    used = [one for one in cast.applications if Authority.objects.open().filter(application=one).exists()]
    if len(used) < 2:
        return
    today = timezone.localdate(now)
    done = reviewing.begin(
        by=cast.lead,
        title="Erişim gözden geçirmesi (önceki dönem)",
        applications=used[:1],
        deadline=today,
        reviewer=cast.lead,
        now=now,
    )
    for part in done.parts.all():
        first, *others = part.items.values_list("pk", flat=True)
        if others:
            reviewing.decide(
                part, by=cast.lead, items=[first], decision=Decision.REMOVE, reason="Görevi değişti.", now=now
            )
        reviewing.decide(part, by=cast.lead, items=others or [first], decision=Decision.KEEP, now=now)
    reviewing.finish(done, by=cast.lead, now=now)
    reviewing.begin(
        by=cast.lead,
        title="Erişim gözden geçirmesi",
        applications=used[1:],
        deadline=today + timedelta(days=21),
        reviewer=cast.lead,
        now=now,
    )
