"""Letters of the invented province: through the same doors and steps as real ones."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone, translation

from accounts.demo import People
from accounts.models import Institution, InstitutionKind, User
from accounts.queries import people_with_role
from accounts.roles import Role
from accounts.services import rights
from audit.context import because, signed_in
from ebys import eyp, reference
from ebys.eyp import draft
from ebys.models import (
    ApiKey,
    IncomingLetter,
    LetterTemplate,
    OutgoingLetter,
    Purpose,
    Scope,
    ServiceAccount,
    Urgency,
)
from ebys.paper import Line, Paper, heading_of
from ebys.services import drafting, keys, receiving
from ebys.services.drafting import RecipientEntry, draft_for
from ebys.services.receiving import LetterFacts
from ebys.workflow import incoming, outgoing
from processes import pdf, rooms
from processes.errors import RuleBroken
from processes.models import Case

# The key of the trial run, published on purpose. It is made only where `settings.DEMO` holds.
SECRET = "deneme-anahtari-yalnizca-deneme-surumunde-calisir"  # noqa: S105 - published: opens invented data only
KEY = f"{keys.PREFIX}_{hashlib.sha256(SECRET.encode()).hexdigest()[:8]}_{SECRET}"
SERVICE = "ebys.servis"
BEGUN = "Deneme verisi"
STYLES = ("ebys/paper.css", "ebys/paper-print.css")
INFRASTRUCTURE = "5.3.6"
HOSPITALS = (
    InstitutionKind.STATE_HOSPITAL,
    InstitutionKind.TRAINING_HOSPITAL,
    InstitutionKind.INTEGRATED_HOSPITAL,
)


@dataclass(frozen=True)
class Came:
    """A letter that came in: from where, about what, and what became of it."""

    place: str
    subject: str
    sdp_code: str
    body: str
    days_ago: int
    fate: str = ""
    as_package: bool = False
    urgency: str = Urgency.NORMAL


CAME = (
    Came(
        "hospital1",
        "Ağ Bağlantı Arızası",
        "704",
        "Hastanemiz poliklinik binasının ikinci katında ağ bağlantısı kesilmiş olup hasta kabul işlemleri yapılamamaktadır.",
        0,
        as_package=True,
        urgency=Urgency.URGENT,
    ),
    Came(
        "hospital2",
        "Sunucu Odası Klima ve Sunucu Arızası",
        "705",
        "Sunucu odamızdaki sanallaştırma sunucularından biri disk uyarısı vermektedir.",
        0,
    ),
    Came(
        "hospital3",
        "USS Tesis Tanımlama Talebi",
        "710",
        "Yeni açılan ek hizmet binamızın USS tesis tanımının yapılması gerekmektedir.",
        1,
        as_package=True,
    ),
    Came(
        "hospital4",
        "Kullanıcı Yetkilendirme Talebi",
        "708.03",
        "Yeni göreve başlayan personelimize web uygulamasında kullanıcı tanımlanması gerekmektedir.",
        1,
    ),
    Came(
        "hospital5",
        "Elektronik İmza Yenileme Talebi",
        "708.03",
        "Ekli listede adı bulunan personelin elektronik imza sertifikalarının süresi dolmak üzeredir.",
        2,
        as_package=True,
    ),
    Came(
        "hospital6",
        "Toplantı Salonu Tahsisi",
        "051",
        "Kurumumuzca yapılacak toplantı için salon tahsisi hususunda.",
        2,
    ),
    Came(
        "hospital1",
        "Laboratuvar Barkod Yazıcısı Arızası",
        "719",
        "Laboratuvar kabul biriminde kullanılan barkod yazıcısı çalışmamaktadır.",
        3,
        "route",
    ),
    Came(
        "hospital2",
        "Kablosuz Ağ Altyapısı Talebi",
        "704",
        "Yataklı servislerde kablosuz ağ altyapısının genişletilmesine ihtiyaç duyulmaktadır.",
        5,
        "route",
        as_package=True,
    ),
    Came(
        "hospital3",
        "Telefon Hatlarında Kesinti",
        "811",
        "Acil servis telefon hatlarında kesinti yaşanmaktadır.",
        6,
        "route",
    ),
    Came(
        "hospital4",
        "Bilgisayar ve Donanım Arızası",
        "705",
        "Arşiv biriminde kullanılan üç bilgisayar açılmamaktadır.",
        9,
        "route",
    ),
    Came(
        "hospital5",
        "Personel Servis Güzergâhları",
        "809",
        "Personel servis güzergâhları hakkında bilgilendirme.",
        12,
        "file",
    ),
    Came(
        "hospital6",
        "Bilişim Altyapısı Bilgilendirme Toplantısı",
        "051",
        "Geçen ay yapılan bilgilendirme toplantısının tutanağı ekte sunulmuştur.",
        15,
        "file",
    ),
)


@transaction.atomic
def build_letters(people: People) -> None:
    """Letters in every state, the templates, EBYS's account and its published key. Asked again it adds nothing."""
    reference.load_templates()
    if IncomingLetter.objects.exists():
        return
    LetterTemplate.objects.filter(signatory_name="").update(signatory_name="Dr. Serap KORKUT")
    clerks = people_with_role(Role.HIS_OFFICER)
    leads = people_with_role(Role.HIS_LEAD, Role.IT_LEAD)
    places = [one for one in people.institutions.values() if one.kind in HOSPITALS]
    with translation.override("tr"):
        _build_service(people)
        _build_incoming(places, clerks[0], leads[0])
        _build_quarantine(clerks[0])
        _build_outgoing(people, clerks, leads)


def _build_service(people: People) -> None:
    """EBYS as an account of its own, with the grants of an officer who works on letters."""
    head = people_with_role(Role.UNIT_HEAD)[0]
    directorate = next(one for one in people.institutions.values() if one.kind == "directorate")
    with signed_in(head), because(reason=BEGUN):
        user = User(
            username=SERVICE,
            first_name="EBYS",
            last_name="Servisi",
            institution=directorate,
            is_technical=True,
        )
        user.set_unusable_password()
        user.full_clean(exclude=("password",))
        user.save()
        rights.grant(user, Role.HIS_OFFICER, by=head, reason=BEGUN)
        rights.grant(user, Role.IT_OFFICER, by=head, reason=BEGUN)
        account = ServiceAccount.objects.create(
            name="EBYS", acts_as=user, contact="Belge Yönetim Birimi", made_by=head
        )
        if settings.DEMO and not ApiKey.objects.filter(account=account).exists():
            keys.issue(
                account,
                by=head,
                name="Deneme anahtarı",
                scopes=Scope.values,
                expires_at=timezone.now() + timedelta(days=365),
                secret=SECRET,
            )


def _build_incoming(places: list[Institution], clerk: User, lead: User) -> None:
    for number, came in enumerate(CAME, start=1):
        sender = places[int(came.place.removeprefix("hospital")) % len(places)]
        with signed_in(clerk):
            letter = _received(came, sender, number, clerk)
        with signed_in(lead):
            if came.fate == "route" and rooms.has_room(INFRASTRUCTURE):
                incoming.route(letter, INFRASTRUCTURE, by=lead)
            elif came.fate == "file":
                incoming.file(letter, by=lead, reason="Birimimizi ilgilendiren bir işlem istenmemektedir.")


def _received(came: Came, sender: Institution, number: int, clerk: User) -> IncomingLetter:
    dated = timezone.localdate() - timedelta(days=came.days_ago + 1)
    official = f"E-{sender.detsis_no}-{came.sdp_code}-{100000 + number * 37}"
    page = _page(came, sender, "" if came.as_package else official, f"{dated:%d.%m.%Y}")
    if came.as_package:
        package = draft.write_draft(
            draft.DraftLetter(
                document_id=str(uuid.uuid5(uuid.NAMESPACE_URL, f"sbs demo {number}")).upper(),
                subject=came.subject,
                creator=eyp.Party(eyp.PartyKind.INSTITUTION, sender.name, sender.detsis_no or ""),
                recipients=(
                    eyp.Recipient(
                        eyp.Party(eyp.PartyKind.INSTITUTION, "Örnekova İl Sağlık Müdürlüğü", "99000001"),
                        eyp.Purpose.ACTION,
                        eyp.Urgency(came.urgency),
                    ),
                ),
                cover=page,
                created_at=timezone.make_aware(datetime.combine(dated, time(9, 30))),
                verification_address="https://www.turkiye.gov.tr",
                file_code=came.sdp_code,
            )
        )
        receipt = receiving.receive_package(package, by=clerk, file_name=f"{number:02d}.eyp")
        if receipt.letter is None:
            raise RuleBroken(receipt.sentence)
        return receipt.letter
    facts = LetterFacts(
        subject=came.subject,
        sender=sender,
        sender_name=sender.name,
        sender_detsis=sender.detsis_no or "",
        official_number=official,
        dated=dated,
        sdp_code=came.sdp_code,
        urgency=came.urgency,
        distribution=[
            {"name": "Örnekova İl Sağlık Müdürlüğü", "purpose": Purpose.ACTION, "urgency": came.urgency}
        ],
        signers=[{"name": "Başhekim", "title": sender.name}],
    )
    upload = SimpleUploadedFile("ustyazi.pdf", page, content_type="application/pdf")
    return receiving.register_by_hand(facts, by=clerk, uploads=[upload])


def _page(came: Came, sender: Institution, official: str, dated: str) -> bytes:
    """The page of an invented letter in the official layout, marked as an example."""
    paper = Paper(
        mark="ÖRNEK",
        heading=(*heading_of(None)[:1], "ÖRNEKOVA VALİLİĞİ", sender.name),
        number=official or f"E-{sender.detsis_no}-{came.sdp_code}-",
        date=dated if official else "",
        subject=came.subject,
        addressee=("ÖRNEKOVA İL SAĞLIK MÜDÜRLÜĞÜNE", "(Sağlık Bilgi Sistemleri Birimi)"),
        references=(Line("Bilişim altyapısı hizmetlerine ilişkin usul ve esaslar."),) if official else (),
        paragraphs=(came.body, "Gereğini arz ederim."),
        signatory_name="Uzm. Dr. Örnek KİŞİ",
        signatory_title="Başhekim",
        urgency="ACELE" if came.urgency == Urgency.URGENT else "",
        address=tuple(line for line in (sender.address, f"Tel: {sender.phone}") if line),
        contact=("Bilgi İşlem Birimi",),
    )
    return pdf.render("ebys/paper_pdf.html", {"paper": paper}, styles=STYLES, language="tr")


def _build_quarantine(clerk: User) -> None:
    """Two deliveries nobody could read, so that the list shows what happens to such."""
    with signed_in(clerk):
        receiving.receive_package(b"%PDF-1.4 paket degil", by=clerk, file_name="yanlis-dosya.eyp")
        receiving.receive_package(b"PK\x03\x04" + bytes(200), by=clerk, file_name="yarim-kalan.eyp")


def _build_outgoing(people: People, clerks: list[User], leads: list[User]) -> None:
    """Answers on cases, one or more in every state; those of letters that came in refer to them."""
    template = LetterTemplate.objects.for_subprocess(INFRASTRUCTURE).order_by("pk").first()
    fates = (
        "draft",
        "draft",
        "approved",
        "approved",
        "handed",
        "registered",
        "registered",
        "returned",
        "discarded",
    )
    superior = next((one for one in people.institutions.values() if one.kind == "presidency"), None)
    for place, (case, fate) in enumerate(zip(_cases(len(fates)), fates, strict=False)):
        clerk, lead = clerks[place % len(clerks)], leads[place % len(leads)]
        recipients = drafting.default_recipients(case, template)
        if superior is not None and place % 3 == 1:
            recipients = [*recipients, RecipientEntry(superior, purpose=Purpose.INFORMATION)]
        with signed_in(clerk):
            letter = draft_for(case, template, by=clerk, recipients=recipients, body=_answer(case))
        with signed_in(lead):
            _bring(letter, fate, lead, place)


def _cases(count: int) -> Iterator[Case]:
    """Cases with a letter first, then closed ones of institutions."""
    cases = Case.objects.light().select_related("subprocess", "applicant_institution")
    cases = cases.filter(subprocess__number=INFRASTRUCTURE, applicant_institution__isnull=False)
    yield from cases.filter(incoming_letters__isnull=False).order_by("pk")[:count]
    yield from cases.filter(incoming_letters__isnull=True, closed_at__isnull=False).order_by("-pk")[:count]


def _answer(case: Case) -> str:
    return (
        f"Kurumunuzdan ulaşan “{case.title}” konulu talep {case.number} numaralı kayıt altında incelenmiştir.\n\n"
        "Yerinde yapılan çalışma sonucunda arıza giderilmiş, sistemin çalıştığı kurumunuz personeliyle birlikte "
        "görülmüştür.\n\nBilgilerinizi"
    )


def _bring(letter: OutgoingLetter, fate: str, lead: User, place: int) -> None:
    """Bring a draft to its state by the steps everybody takes."""
    if fate == "discarded":
        outgoing.discard(letter, by=lead, reason="Sonuç telefonla bildirildi.")
        return
    if fate == "draft":
        return
    letter = outgoing.approve(letter, by=lead)
    if fate == "approved":
        return
    letter = outgoing.hand_over(letter, by=lead)
    if fate == "registered":
        outgoing.register(
            letter, by=lead, number=f"E-99000001-{letter.sdp_code}-{2000 + place}", dated=timezone.localdate()
        )
    elif fate == "returned":
        outgoing.reject(letter, by=lead, reason="İmza makamı değişti; imza bloğu güncellenmelidir.")
