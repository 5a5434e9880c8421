"""Invented documents of an invented province: every kind, versions in every state, some signed by their readers."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Employee, Institution, InstitutionKind, User
from accounts.queries import people_with_role
from accounts.roles import Role
from audit.context import signed_in
from ebys.reference import load_templates
from ebys.workflow import outgoing
from processes.models import Channel
from security_docs import readings, workflow
from security_docs.models import Classification, Compliance, Document, Kind, Reading, Verdict, Version
from security_docs.services import announcements, documents, evaluations, letters, trainings, versions

# number, title, kind, classification, months between reviews, days since it came into force, state it ends in
REGISTER: tuple[tuple[str, str, Kind, Classification, int, int, str], ...] = (
    ("BG-PL-01", "Bilgi Güvenliği Politikası", Kind.POLICY, Classification.PUBLIC, 12, 40, "second"),
    ("BG-PL-02", "Kabul Edilebilir Kullanım Politikası", Kind.POLICY, Classification.INTERNAL, 12, 60, "in_force"),
    ("BG-PR-01", "Parola Yönetimi Prosedürü", Kind.PROCEDURE, Classification.INTERNAL, 12, 25, "draft_after"),
    ("BG-PR-02", "Erişim Yetkilendirme Prosedürü", Kind.PROCEDURE, Classification.INTERNAL, 6, 250, "in_force"),
    ("BG-PR-03", "Bilgi Güvenliği İhlal Bildirim Prosedürü", Kind.PROCEDURE, Classification.PUBLIC, 12, 80, "in_force"),
    ("BG-TL-01", "Taşınabilir Bellek Kullanım Talimatı", Kind.INSTRUCTION, Classification.INTERNAL, 12, 0, "review"),
    ("BG-TL-02", "Temiz Masa ve Temiz Ekran Talimatı", Kind.INSTRUCTION, Classification.INTERNAL, 24, 0, "approved"),
    ("BG-FR-01", "Gizlilik Taahhüt Formu", Kind.FORM, Classification.INTERNAL, 24, 120, "in_force"),
    ("BG-AD-01", "Bilgi Sistemleri Acil Durum Planı", Kind.EMERGENCY_PLAN, Classification.RESTRICTED, 12, 25, "in_force"),
    ("BG-YD-01", "Yedekleme Planı ve Standardı", Kind.BACKUP_PLAN, Classification.RESTRICTED, 12, 35, "in_force"),
    ("BG-EG-01", "Parola ve Oltalama Farkındalık Eğitimi", Kind.TRAINING, Classification.INTERNAL, 12, 30, "in_force"),
    ("BG-TL-03", "Eski Uzaktan Erişim Talimatı", Kind.INSTRUCTION, Classification.INTERNAL, 12, 200, "ended"),
)  # fmt: skip
TRAINING = "Bilgi güvenliği ve parola kullanımı"
RULES = (
    "Parolalar en az on iki karakterdir; kişiye özeldir ve kimseyle paylaşılmaz.",
    "Yetki, görevin gerektirdiği kadar ve yazılı taleple verilir; görev bitince kaldırılır.",
    "Kişisel veri taşınabilir ortama yalnızca şifreli olarak alınır.",
    "Şüpheli bir durum aynı gün bilgi güvenliği sorumlusuna bildirilir.",
    "Ekran, masadan ayrılırken kilitlenir; çıktılar yazıcıda bırakılmaz.",
    "Yedekler her gün alınır, haftada bir başka yapıya kopyalanır ve ayda bir geri yüklenerek sınanır.",
    "Bu doküman yılda en az bir kez gözden geçirilir.",
)
NOTIFIED = (
    (
        "Parola politikası uyum dokümanı",
        "4.1 Parolalar en az on iki karakterdir.\n4.2 Yönetici parolaları 90 günde yenilenir.\n4.3 Parola kasası kullanılır.",
    ),
    (
        "Yedekleme ve geri dönüş uyum dokümanı",
        "5.1 Yedekler şifrelenir.\n5.2 Geri yükleme üç ayda bir sınanır.",
    ),
    ("Uzaktan erişim güvenliği genelgesi", "2.1 Uzaktan erişim iki etkenlidir.\n2.2 Oturumlar kaydedilir."),
    ("Taşınabilir ortam kullanımı genelgesi", ""),
    ("Kişisel sağlık verisi paylaşım kuralları", "1 Paylaşım kaydı tutulur.\n2 Alıcı doğrulanır."),
)
STATES = ("announced", "notified", "evaluated", "prepared", "withdrawn")


def text_of(title: str, chance: random.Random) -> str:
    """A short document with headings, rules and a list."""
    rules = "\n\n".join(f"3.{place} {rule}" for place, rule in enumerate(chance.sample(RULES, 4), start=1))
    return (
        f"1. Amaç\n\nBu dokümanın amacı {title} kapsamındaki kuralları belirlemektir.\n\n"
        "2. Kapsam\n\nMüdürlük ve bağlı sağlık tesislerinde çalışan bütün personeli kapsar.\n\n"
        f"3. Kurallar\n\n{rules}\n\n"
        "4. Sorumluluklar\n\n- Sağlık Bilgi Sistemleri Sorumlusu dokümanı günceller.\n- Birim sorumluları uygulatır.\n"
        "- Bütün personel uyar."
    )


def build(count: int, now: datetime | None = None, said: Callable[[str], None] = lambda text: None) -> None:
    """The register, and `count` things that happened to it: notified documents and signatures."""
    now = now or timezone.now()
    chance = random.Random(531)  # noqa: S311 - invented data, the same at each start
    lead, officer = people_with_role(Role.HIS_LEAD)[0], people_with_role(Role.HIS_OFFICER)[0]
    head = people_with_role(Role.UNIT_HEAD)[0]
    if Document.objects.exists():
        return
    with transaction.atomic():
        cast = _Office(lead, officer, head, now, chance)
        made = {row[0]: cast.document(*row) for row in REGISTER}
        cast.sign(count)
        cast.train(count)
        load_templates()
        for place in range(max(len(STATES), count // 5)):
            cast.notify(place, made)
        cast.announce(made["BG-PR-03"])


class _Office:
    """The people of the demo at work on documents."""

    def __init__(self, lead: User, officer: User, head: User, now: datetime, chance: random.Random) -> None:
        self.lead, self.officer, self.head, self.now, self.chance = lead, officer, head, now, chance

    def document(
        self,
        number: str,
        title: str,
        kind: Kind,
        classification: Classification,
        months: int,
        days: int,
        ends: str,
    ) -> Document:
        """A document and its versions as far as they came."""
        with signed_in(self.officer):
            document = documents.enter(
                by=self.officer,
                number=number,
                title=title,
                kind=kind,
                classification=classification,
                owner=self.lead,
                review_months=months,
                needs_signature=kind != Kind.FORM,
                reading_days=15,
                training_subject=TRAINING if kind == Kind.TRAINING else "",
            )
            if classification in (Classification.RESTRICTED, Classification.CONFIDENTIAL):
                documents.add_readers(
                    document, by=self.officer, kind="institution", institution=self.lead.institution
                )
            else:
                documents.add_readers(document, by=self.officer, kind="everybody")
        body = text_of(title, self.chance)
        if ends in ("review", "approved"):
            self.version(document, body, until=ends)
            return document
        came = self.now - timedelta(days=days)
        first = came - timedelta(days=300) if ends == "second" else came
        self.version(document, body, until="in_force", now=first)
        if ends == "second":
            changed = body.replace("gözden geçirilir", "sorumlusunca gözden geçirilir")
            changed += "\n\n5. Yaptırım\n\nUymayanlar hakkında işlem yapılır."
            self.version(document, changed, until="in_force", now=came)
        if ends == "draft_after":
            self.version(document, body.replace("on iki", "on dört"), until="draft")
        if ends == "ended":
            standing = document.versions.get()
            with signed_in(self.lead):
                versions.retire(standing, by=self.lead, reason="Uzaktan erişim artık BG-PR-02 içinde.")
                documents.end(document, by=self.lead, reason="Yerine BG-PR-02 geçti.")
        return document

    def version(
        self,
        document: Document,
        body: str,
        *,
        until: str,
        now: datetime | None = None,
        compliance: Compliance | None = None,
    ) -> Version:
        """A version drafted by the officer, approved by the unit head, put in force by the lead."""
        with signed_in(self.officer):
            made = versions.begin(
                document,
                by=self.officer,
                change_note="Bakanlık dokümanına uyum.",
                body=body,
                compliance=compliance,
            )
            if until == "draft":
                return made
            made = versions.submit(made, by=self.officer, approvers=[self.head])
        if until == "review":
            return made
        with signed_in(self.head):
            made = versions.agree(made, by=self.head, sha256=made.sha256, note="Uygundur.")
        if until == "approved":
            return made
        with signed_in(self.lead):
            return versions.publish(made, by=self.lead, now=now)

    def sign(self, count: int) -> None:
        """Some of the readers have read and signed."""
        waiting = Reading.objects.undecided().filter(user__isnull=False)
        chosen = list(waiting.select_related("version", "user").order_by("version", "pk"))
        for reading in self.chance.sample(chosen, min(count * 2, len(chosen))):
            assert reading.user is not None
            with signed_in(reading.user):
                for page in range(1, reading.version.page_count + 1):
                    readings.see(reading, by=reading.user, page=page, now=self.now)
                readings.sign(
                    reading,
                    by=reading.user,
                    sha256=reading.version.sha256,
                    address=f"10.20.{self.chance.randint(1, 30)}.{self.chance.randint(2, 250)}",
                    now=self.now - timedelta(hours=self.chance.randint(1, 200)),
                )

    def notify(self, place: int, made: dict[str, Document]) -> None:
        """A document of the Ministry on its way."""
        title, clauses = NOTIFIED[place % len(NOTIFIED)]
        ends = STATES[place % len(STATES)]
        ministry = Institution.objects.of_kind(InstitutionKind.MINISTRY).in_order().first()
        age = timedelta(days=12 if ends == "announced" else 3)
        with signed_in(self.officer):
            case = workflow.notified(
                by=self.officer,
                title=title,
                channel=Channel.LETTER,
                applicant_institution=ministry,
                source_number=f"E-10000000-708.01-{1200 + place}",
                source_dated=(self.now - age - timedelta(days=2)).date(),
                comply_by=(self.now + timedelta(days=60)).date(),
                clauses=evaluations.read_lines(clauses),
                now=self.now - age,
            )
        with signed_in(self.lead):
            if ends == "withdrawn":
                workflow.withdraw(
                    case, by=self.lead, reason="Aynı genelge iki kez kaydedilmiş.", now=self.now - age
                )
                return
            if ends == "notified":
                return
            self.judge(case)
            case = workflow.evaluate(
                case,
                by=self.lead,
                finding="İlimiz prosedürü bu maddelere göre güncellenecek.",
                now=self.now - age / 2,
            )
            if ends == "evaluated":
                return
        if ends == "announced" and place < len(STATES):
            document = made["BG-PR-02"]
            body = f"{document.versions.get(number=1).body}\n\n5. Uyum\n\n{title} maddeleri uygulanır."
            version = self.version(document, body, until="in_force", compliance=case)
            with signed_in(self.lead):
                case = workflow.prepare(case, by=self.lead, preparation="Erişim prosedürü güncellendi.")
            self.announce(document, version, case)
            return
        with signed_in(self.lead):
            workflow.prepare(
                case, by=self.lead, preparation="Yürürlükteki dokümanlar karşılıyor.", no_change=True
            )

    def train(self, count: int) -> None:
        """Staff without an account attended a training at their hospital; the others of it still have to."""
        staff = list(
            Employee.objects.here().filter(user__isnull=True).in_order().select_related("user")[:count]
        )
        day = timezone.localdate(self.now) - timedelta(days=20)
        held = trainings.Held(TRAINING, day, day + timedelta(days=365), "Bilgi Güvenliği Birimi")
        with signed_in(self.officer):
            trainings.take_in([(one, held) for one in staff[::2]], by=self.officer)

    def judge(self, case: Compliance) -> None:
        """Every clause is evaluated; the last one leaves a gap."""
        rows = list(case.clauses.order_by("pk"))
        for row in rows:
            last = row == rows[-1]
            evaluations.judge(
                row,
                by=self.lead,
                verdict=Verdict.PARTLY if last else Verdict.APPLIES,
                reason="Bağlı tesislerin bir kısmında uygulanıyor." if last else "",
                gap="Üç tesiste uygulama tamamlanacak." if last else "",
                owner=self.officer if last else None,
                due_on=(self.now + timedelta(days=30)).date() if last else None,
            )

    def announce(
        self, document: Document, version: Version | None = None, case: Compliance | None = None
    ) -> None:
        """On the web page; and for a notified document by letter as well, registered by EBYS."""
        version = version or document.versions.filter(state="published").first()
        with signed_in(self.officer):
            page = announcements.draft(
                by=self.officer,
                title=f"{document.title} yürürlükte",
                text=f"{document.title} güncellenmiştir. Bütün personelin dokümanı okuması beklenmektedir.\n\n"
                "Doküman kurumlara resmî yazıyla da gönderilmiştir.",
                compliance=case,
                document_version=version,
            )
        with signed_in(self.lead):
            announcements.publish(page, by=self.lead)
        if case is None:
            return
        hospitals = Institution.objects.active().of_kind(InstitutionKind.STATE_HOSPITAL).in_order()
        with signed_in(self.lead):
            letter = letters.draft_announcement(
                case, by=self.lead, institutions=list(hospitals), with_document=False
            )
        with signed_in(self.head):
            letter = outgoing.approve(letter, by=self.head)
        with signed_in(self.officer):
            letter = outgoing.hand_over(letter, by=self.officer)
            outgoing.register(
                letter,
                by=self.officer,
                number=f"E-20000000-708.01-{case.pk}",
                dated=timezone.localdate(),
            )
