"""Taking letters in: real packages, second copies, what cannot be read, letters typed by hand."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.utils.translation import override

from accounts.roles import Role
from ebys import eyp
from ebys.eyp.errors import NotAZip
from ebys.models import (
    AnnexKind,
    IncomingLetter,
    IncomingState,
    Origin,
    Receipt,
    ReceiptOutcome,
    Security,
    Urgency,
)
from ebys.refusals import IN_WORDS, in_words
from ebys.services import receiving
from ebys.services.receiving import LetterFacts
from processes import files
from processes.errors import NotPermitted, RuleBroken, UnknownMedia, WrongState
from processes.models import InboxItem
from tests.accounts import people
from tests.ebys import letters
from tests.ebys.eyp.packages import parts_of, zipped

DATA = Path(__file__).parent.parent / "data" / "eyp"
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>endobj\nxref\n0 4\n0000000000 65535 f \n"
    b"0000000009 00000 n \n0000000052 00000 n \n0000000101 00000 n \ntrailer<</Size 4/Root 1 0 R>>\nstartxref\n162\n%%EOF\n"
)


def sample(name: str) -> bytes:
    """A real package."""
    return (DATA / name).read_bytes()


def read_back(stored: Any) -> bytes:
    """The kept bytes."""
    with files.open(stored) as content:
        return content.read()


@pytest.mark.django_db
def test_the_version_2_sample_becomes_a_letter() -> None:
    content = sample("sample-v2.eyp")
    receipt = receiving.receive_package(content, by=letters.officer(), file_name="gelen.eyp")
    letter = receipt.letter
    assert receipt.outcome == ReceiptOutcome.REGISTERED
    assert letter is not None
    assert (letter.subject, letter.official_number, letter.dated, letter.eyp_version) == (
        "e-Yazışma Test Paketi",
        "1234",
        date(2025, 5, 12),
        "2.0",
    )
    assert (letter.security, letter.urgency, letter.answer_by) == (
        Security.RESTRICTED,
        Urgency.BY_DATE,
        date(2025, 5, 13),
    )
    assert str(letter.belge_id).upper() == "4F9E2E9B-F4E6-4428-8F99-2E0A0D1D42D9"
    assert [(one["name"], one["purpose"]) for one in letter.distribution] == [
        ("Adalet Bakanlığı", "GRG"),
        ("Sağlık Bakanlığı", "BLG"),
    ]
    assert [one["label"] for one in letter.references][:1] == ["a"]
    assert "65410891-020-480" in letter.references[0]["text"]
    assert [(one.title, one.kind) for one in letter.annexes] == [
        ("Birinci ek", AnnexKind.ENCLOSED),
        ("Harici referans", AnnexKind.REFERENCE),
        ("Fiziksel ek", AnnexKind.PHYSICAL),
        ("İmzasız ek", AnnexKind.ENCLOSED),
        ("İkinci ek", AnnexKind.ENCLOSED),
    ]
    assert read_back(letter.package) == content
    assert letter.cover is not None
    assert read_back(letter.cover.file).startswith(b"%PDF-")
    assert (letter.state, letter.digests_match, letter.signature_checked) == (
        IncomingState.UNROUTED,
        True,
        False,
    )


@pytest.mark.django_db
def test_the_version_1_sample_becomes_a_letter() -> None:
    receipt = receiving.receive_package(sample("sample-v1.eyp"), by=letters.officer())
    letter = receipt.letter
    assert letter is not None
    assert (letter.subject, letter.official_number, letter.dated, letter.sdp_code, letter.sender_detsis) == (
        "Olustur Versiyon 1X",
        "E-24312041-702.03-1",
        date(2021, 2, 15),
        "702.03",
        "61648174",
    )
    assert [one.file_name for one in letter.annexes] == ["ek1.pdf", "ek2.pdf"]


@pytest.mark.django_db
def test_no_tc_kimlik_of_a_package_is_kept() -> None:
    letter = receiving.receive_package(sample("sample-v1.eyp"), by=letters.officer()).letter
    assert letter is not None
    assert "11111111110" not in str(IncomingLetter.objects.filter(pk=letter.pk).values().get())


@pytest.mark.django_db
def test_a_known_institution_is_recognised_by_its_detsis_number() -> None:
    sender = people.institution(detsis_no="61648174", name="Başka Adla Kayıtlı Kurum")
    letter = receiving.receive_package(sample("sample-v1.eyp"), by=letters.officer()).letter
    assert letter is not None
    assert letter.sender == sender
    assert letter.sender_name == "BİLGİ İŞLEM DAİRESİ BAŞKANLIĞI"


@pytest.mark.django_db
def test_the_same_document_twice_is_one_letter() -> None:
    by = letters.officer()
    first = receiving.receive_package(sample("sample-v2.eyp"), by=by)
    second = receiving.receive_package(sample("sample-v2.eyp"), by=by)
    assert (second.outcome, second.letter) == (ReceiptOutcome.DUPLICATE, first.letter)
    assert IncomingLetter.objects.count() == 1
    assert Receipt.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_eight_deliveries_of_one_document_at_once_are_one_letter() -> None:
    with transaction.atomic():
        by = letters.officer()
    content = sample("sample-v1.eyp")
    outcomes: list[str] = []
    start = threading.Barrier(8)

    def deliver() -> None:
        start.wait()
        try:
            outcomes.append(receiving.receive_package(content, by=by).outcome)
        finally:
            connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["duplicate"] * 7 + ["registered"]
    assert IncomingLetter.objects.count() == 1


def changed(name: str, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """A real package with some of its parts changed."""
    parts = parts_of(DATA / name)
    change(parts)
    return zipped(parts)


def bad_digest(parts: dict[str, bytes]) -> None:
    parts["Ekler/dosya1.pdf"] += b"%"


def doctype(parts: dict[str, bytes]) -> None:
    parts["Ustveri/Ustveri.xml"] = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'


def traversal(parts: dict[str, bytes]) -> None:
    parts["../../etc/sbs"] = b"x"


BAD = {
    "eyp-not-a-zip": lambda: b"%PDF-1.7 this is no package",
    "eyp-truncated": lambda: sample("sample-v2.eyp")[:9000],
    "eyp-encrypted": lambda: sample("sample-v2-encrypted.eyps"),
    "eyp-not-a-package": lambda: zipped({"a.txt": b"a"}),
    "eyp-bad-digest": lambda: changed("sample-v2.eyp", bad_digest),
    "eyp-forbidden-xml": lambda: changed("sample-v2.eyp", doctype),
    "eyp-path": lambda: changed("sample-v2.eyp", traversal),
    "eyp-bomb": lambda: changed(
        "sample-v2.eyp", lambda parts: parts.update({"Ekler/b.bin": bytes(300 * 2**20)})
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("code", sorted(BAD))
def test_what_cannot_be_read_is_kept_with_its_reason(code: str) -> None:
    content = BAD[code]()
    receipt = receiving.receive_package(content, by=letters.officer(), file_name="C:\\gelen\\bozuk.eyp")
    assert (receipt.outcome, receipt.code, receipt.letter, receipt.file_name) == (
        ReceiptOutcome.QUARANTINED,
        code,
        None,
        "bozuk.eyp",
    )
    assert receipt.sentence
    assert read_back(receipt.file) == content
    assert not IncomingLetter.objects.exists()


@pytest.mark.django_db
def test_the_reason_is_written_in_the_offices_language_whoever_brought_the_file() -> None:
    with override("en"):
        receipt = receiving.receive_package(b"x", by=letters.officer())
    with override("tr"):
        assert receipt.sentence == str(NotAZip())


@pytest.mark.django_db
def test_an_empty_file_is_kept_too() -> None:
    receipt = receiving.receive_package(b"", by=letters.officer())
    assert receipt.is_refused
    assert receipt.file.size == 0


@pytest.mark.django_db
def test_a_quarantined_package_is_dealt_with_once() -> None:
    by = letters.officer()
    receipt = receiving.receive_package(b"x", by=by)
    with pytest.raises(RuleBroken):
        receiving.settle(receipt, by=by, note="")
    receipt = receiving.settle(receipt, by=by, note="Gönderen kurumdan yeniden istendi")
    assert receipt.settled_by == by
    with pytest.raises(WrongState):
        receiving.settle(receipt, by=by, note="Yine")
    with pytest.raises(WrongState):
        receiving.read_again(receipt, by=by)


@pytest.mark.django_db
def test_reading_again_turns_a_mended_receipt_into_a_letter() -> None:
    by = letters.officer()
    stored = files.put(sample("sample-v1.eyp"))
    receipt = Receipt.objects.create(
        file=stored,
        received_by=by,
        outcome=ReceiptOutcome.QUARANTINED,
        code="eyp-unknown-version",
        sentence="x",
    )
    receipt = receiving.read_again(receipt, by=by)
    assert receipt.outcome == ReceiptOutcome.REGISTERED
    assert receipt.letter is not None


@pytest.mark.django_db
def test_those_who_route_are_told() -> None:
    lead = letters.lead()
    letters.incoming()
    assert InboxItem.objects.filter(user=lead, text__contains="waits for routing").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.REQUESTING_STAFF, Role.REQUESTING_UNIT_HEAD, Role.MINISTRY_UNIT_HEAD])
def test_people_outside_the_unit_take_no_letters_in(role: str) -> None:
    with pytest.raises(NotPermitted):
        receiving.receive_package(b"x", by=people.person(role))
    with pytest.raises(NotPermitted):
        receiving.register_by_hand(LetterFacts(subject="a", sender_name="b"), by=people.person(role))
    assert not Receipt.objects.exists()


@pytest.mark.django_db
def test_a_letter_typed_by_hand_keeps_its_scan_and_annexes() -> None:
    uploads = [
        SimpleUploadedFile("üst yazı.pdf", PDF, "application/pdf"),
        SimpleUploadedFile("liste.txt", b"Ad;Soyad", "text/plain"),
    ]
    letter = receiving.register_by_hand(
        LetterFacts(subject="Ağ Arızası", sender_name="Örnek Hastanesi"),
        by=letters.officer(),
        uploads=uploads,
    )
    assert letter.origin == Origin.HAND
    assert [(one.is_cover, one.title, one.file_name) for one in letter.files.order_by("position")] == [
        (True, "", "üst yazı.pdf"),
        (False, "liste", "liste.txt"),
    ]


@pytest.mark.django_db
def test_the_letter_itself_is_a_pdf() -> None:
    upload = SimpleUploadedFile("yazi.txt", b"merhaba", "text/plain")
    with pytest.raises(RuleBroken):
        receiving.register_by_hand(
            LetterFacts(subject="a", sender_name="b"), by=letters.officer(), uploads=[upload]
        )


@pytest.mark.django_db
def test_a_scan_that_is_a_program_is_refused_and_nothing_is_registered() -> None:
    uploads = [
        SimpleUploadedFile("yazi.pdf", PDF),
        SimpleUploadedFile("ek.pdf", b"MZ\x90\x00", "application/pdf"),
    ]
    with pytest.raises(UnknownMedia):
        receiving.register_by_hand(
            LetterFacts(subject="a", sender_name="b"), by=letters.officer(), uploads=uploads
        )
    assert not IncomingLetter.objects.exists()


@pytest.mark.django_db
def test_the_same_number_and_date_typed_twice_is_refused() -> None:
    facts: dict[str, Any] = {"official_number": "E-1-704-5", "dated": date(2026, 11, 2)}
    letters.incoming(**facts)
    with pytest.raises(RuleBroken) as refused:
        letters.incoming(**facts)
    assert "official_number" in refused.value.fields


@pytest.mark.parametrize("text", ["123", "737B9A9F-C88A-4258-B9BC", "x" * 36])
def test_a_malformed_identifier_is_refused(text: str) -> None:
    with pytest.raises(RuleBroken):
        receiving.as_belge_id(text)


def kinds(error: type[eyp.EypError]) -> set[str]:
    """The codes of every way a package can be wrong."""
    return {error.code}.union(*(kinds(one) for one in error.__subclasses__()))


def test_every_refusal_of_a_package_has_words_for_its_badge() -> None:
    assert kinds(eyp.EypError) - {eyp.EypError.code} <= IN_WORDS.keys()
    assert str(in_words("eyp-encrypted")) == "Şifreli"
    assert str(in_words("something-new")) == "Okunamadı"
