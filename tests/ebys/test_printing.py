"""What leaves the system: PDF, draft package, field sheet, read back."""

from __future__ import annotations

import io
import uuid

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Institution, InstitutionKind
from ebys import eyp, printing
from ebys.models import OutgoingLetter, OutgoingState, Purpose, ReceiptOutcome, Security
from ebys.paper import paper_of
from ebys.queries import outgoing_for
from ebys.services import drafting, receiving
from ebys.services.drafting import RecipientEntry
from processes.errors import RuleBroken
from tests.accounts import people
from tests.ebys import letters

pytestmark = pytest.mark.django_db


def text_of_pdf(content: bytes) -> str:
    """The words of a PDF."""
    document = pypdfium2.PdfDocument(content)
    return "\n".join(page.get_textpage().get_text_range() for page in document).replace("\r\n", "\n")


def whole(letter: OutgoingLetter) -> OutgoingLetter:
    """The letter as its page reads it."""
    return outgoing_for(letter.drafted_by, letter.pk)


@pytest.fixture
def letter() -> OutgoingLetter:
    """A letter to a hospital for action and to the ministry for information, with an annex and two references."""
    hospital = people.institution(
        name="Örnekova Devlet Hastanesi", name_dative="ÖRNEKOVA DEVLET HASTANESİNE", detsis_no="11111111"
    )
    ministry = people.institution(
        InstitutionKind.MINISTRY,
        name="Sağlık Bakanlığı",
        name_dative="SAĞLIK BAKANLIĞINA",
        detsis_no="22222222",
    )
    made = letters.outgoing_letter(
        subject="Ağ Bağlantı Arızası",
        body="İlgi yazılarla bildirilen arıza giderilmiştir.\n\nBilgilerinizi ve gereğini",
        references=["01.02.2026 tarihli yazı.", "02.03.2026 tarihli yazı."],
        signatory_name="Dr. Ayşe YILDIZ",
        signatory_title="İl Sağlık Müdürü",
        security=Security.RESTRICTED,
        recipients=[
            RecipientEntry(ministry, purpose=Purpose.INFORMATION, without_annexes=True),
            RecipientEntry(hospital),
        ],
    )
    drafting.add_annex(
        made,
        by=made.drafted_by,
        title="Tutanak",
        extent="2 Sayfa",
        upload=SimpleUploadedFile("tutanak ğüş.txt", b"Tutanak"),
    )
    return whole(made)


def test_the_pdf_says_what_the_letter_says(letter: OutgoingLetter) -> None:
    words = text_of_pdf(printing.pdf_of(letter))
    number = Institution.objects.get(kind=InstitutionKind.DIRECTORATE).detsis_no
    for expected in (
        "TASLAK",
        "T.C.\nÖRNEKOVA VALİLİĞİ\nİl Sağlık Müdürlüğü",
        f"Sayı : E-{number}-704-\n",
        "Konu : Ağ Bağlantı Arızası",
        "DAĞITIM YERLERİNE",
        "a) 01.02.2026 tarihli yazı.",
        "b) 02.03.2026 tarihli yazı.",
        "Bilgilerinizi ve gereğini arz ve rica ederim.",
        "Dr. Ayşe YILDIZ\nİl Sağlık Müdürü",
        "Ek: Tutanak (2 Sayfa)",
        "Örnekova Devlet Hastanesine",
        "Sağlık Bakanlığına (Ek konulmadı)",
        "HİZMETE ÖZEL",
        "1/1",
    ):
        assert expected in words, expected


def test_the_pdf_claims_no_signature(letter: OutgoingLetter) -> None:
    words = text_of_pdf(printing.pdf_of(letter))
    assert "elektronik imza" not in words
    assert "Doğrulama" not in words


def test_a_single_addressee_stands_above_the_text_in_the_dative() -> None:
    hospital = people.institution(name="Örnekova Devlet Hastanesi", name_dative="ÖRNEKOVA DEVLET HASTANESİNE")
    made = letters.outgoing_letter(recipients=[RecipientEntry(hospital, unit_name="Bilgi İşlem Birimi")])
    paper = paper_of(whole(made))
    assert paper.addressee == ("ÖRNEKOVA DEVLET HASTANESİNE", "(Bilgi İşlem Birimi)")
    assert not paper.has_distribution


def test_a_person_is_addressed_by_name() -> None:
    made = letters.outgoing_letter(recipients=[RecipientEntry(person_name="Ali Rıza Yıldız")])
    paper = paper_of(whole(made))
    assert paper.addressee == ("Sayın Ali Rıza YILDIZ",)
    assert paper.paragraphs[-1] == "Saygılarımla."


def test_a_registered_letter_prints_its_number_as_a_copy() -> None:
    made = whole(letters.outgoing_letter(OutgoingState.REGISTERED))
    paper = paper_of(made)
    assert (paper.mark, paper.number, paper.date) == ("SURET", made.official_number, f"{made.dated:%d.%m.%Y}")


def test_markup_in_a_letter_stays_text() -> None:
    made = letters.outgoing_letter(body="<script>alert(1)</script> & <b>kalın</b>.", subject="<i>Konu</i>")
    words = text_of_pdf(printing.pdf_of(whole(made)))
    assert "<script>alert(1)</script> & <b>kalın</b>." in words
    assert "<i>Konu</i>" in words


def test_a_long_letter_has_numbered_pages() -> None:
    made = letters.outgoing_letter(body="\n\n".join(["Uzun bir paragraf. " * 40] * 14))
    words = text_of_pdf(printing.pdf_of(whole(made)))
    assert "1/3" in words
    assert "3/3" in words


def test_our_reader_accepts_the_draft_package(letter: OutgoingLetter) -> None:
    package = eyp.read(io.BytesIO(printing.package_of(letter)))
    assert (package.version, package.subject, package.number, package.is_draft, package.file_code) == (
        "2.0",
        letter.subject,
        "",
        True,
        "704",
    )
    assert uuid.UUID(package.document_id) == letter.belge_id
    assert package.security == eyp.Security.RESTRICTED
    assert [(one.party.name, one.purpose.value, len(one.withheld)) for one in package.recipients] == [
        ("Örnekova Devlet Hastanesi", "GRG", 0),
        ("Sağlık Bakanlığı", "BLG", 1),
    ]
    assert [(one.label, one.name) for one in package.references] == [
        ("a", "01.02.2026 tarihli yazı."),
        ("b", "02.03.2026 tarihli yazı."),
    ]
    assert [(one.name, one.part.content if one.part else None) for one in package.attachments] == [
        ("Tutanak", b"Tutanak")
    ]
    assert "TASLAK" in text_of_pdf(package.cover.content)


def test_the_draft_package_can_be_received_like_any_other(letter: OutgoingLetter) -> None:
    receipt = receiving.receive_package(printing.package_of(letter), by=letters.officer())
    assert receipt.outcome == ReceiptOutcome.REGISTERED
    assert receipt.letter is not None
    assert (receipt.letter.subject, receipt.letter.dated, receipt.letter.official_number) == (
        letter.subject,
        None,
        "",
    )


def test_a_package_needs_the_directorates_number(letter: OutgoingLetter) -> None:
    Institution.objects.filter(kind=InstitutionKind.DIRECTORATE).update(detsis_no=None)
    with pytest.raises(RuleBroken):
        printing.package_of(whole(letter))


def test_an_institution_without_a_number_is_a_legal_person() -> None:
    firm = people.institution(InstitutionKind.VENDOR, name="Örnek Bilişim A.Ş.", detsis_no=None)
    made = letters.outgoing_letter(recipients=letters.to(firm))
    package = eyp.read(io.BytesIO(printing.package_of(whole(made))))
    assert [one.party.kind for one in package.recipients] == [eyp.PartyKind.COMPANY]


def test_the_field_sheet_holds_what_ebys_asks_for(letter: OutgoingLetter) -> None:
    values = [fact.value for fact in printing.fields_of(letter)]
    assert values[:3] == ["Ağ Bağlantı Arızası", "704", "DAĞITIM YERLERİNE"]
    assert "11111111 Örnekova Devlet Hastanesi\n22222222 Sağlık Bakanlığı" in values
    assert "a) 01.02.2026 tarihli yazı.\nb) 02.03.2026 tarihli yazı." in values
