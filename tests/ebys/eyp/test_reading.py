"""The two real packages are read as their senders meant them."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import datetime
from io import BytesIO

import pytest

from ebys.eyp import AttachmentKind, Purpose, Security, Urgency, read
from ebys.eyp.xml import OFFICE, parse_moment
from tests.ebys.eyp.packages import ENCRYPTED, UPPER, V1, V2, changed, parts_of, summarised, zipped


def test_version_2_tells_what_the_letter_says() -> None:
    package = read(V2)
    assert (package.version, package.document_id) == ("2.0", "4F9E2E9B-F4E6-4428-8F99-2E0A0D1D42D9")
    assert package.subject == "e-Yazışma Test Paketi"
    assert (package.number, package.date) == ("1234", datetime(2025, 5, 12, 14, 23, 13, 351520, OFFICE))
    assert (package.file_code, package.file_code_name) == ("010.06.01", "İç Genelgeler")
    assert package.other_file_codes == ("010.07.01", "010.08")
    assert (package.security, package.urgency) == (Security.RESTRICTED, Urgency.DATED)
    assert package.creator.detsis == "82223362"
    assert package.verification_address == "https://www.turkiye.gov.tr/belge-dogrulama"


def test_version_2_tells_who_gets_the_letter_and_why() -> None:
    package = read(V2)
    [action] = package.recipients_for(Purpose.ACTION)
    [information] = package.recipients_for(Purpose.INFORMATION)
    assert (action.party.name, action.party.detsis, action.party.unit_detsis) == (
        "Adalet Bakanlığı",
        "24301050",
        "24301051",
    )
    assert action.withheld == ("396A3897-7A62-4F76-B10A-828E7946D0CD",)
    assert (information.party.name, information.within) == ("Sağlık Bakanlığı", "P1D")


def test_version_2_tells_its_references_in_order() -> None:
    first, second = read(V2).references
    assert (first.label, first.number, first.date) == (
        "a",
        "65410891-020-480",
        datetime(2009, 11, 5, tzinfo=OFFICE),
    )
    assert first.attachment_id == "48ECB045-06C5-43DA-BACE-50BA73A8D129"
    assert (second.label, second.name) == ("b", "İlgi (b) yazı")


def test_version_2_tells_its_attachments_with_their_files() -> None:
    package = read(V2)
    assert [(ek.order, ek.kind, ek.name, ek.part is not None) for ek in package.attachments] == [
        (1, AttachmentKind.INSIDE, "Birinci ek", True),
        (2, AttachmentKind.LINK, "Harici referans", False),
        (3, AttachmentKind.PHYSICAL, "Fiziksel ek", False),
        (4, AttachmentKind.INSIDE, "İmzasız ek", True),
        (5, AttachmentKind.INSIDE, "İkinci ek", True),
    ]
    unsigned = package.attachments[3]
    assert unsigned.part is not None
    assert (unsigned.is_signed, unsigned.part.name) == (False, "/ImzasizEkler/dosya_imzasiz.docm")
    assert unsigned.part.content == parts_of(V2)["ImzasizEkler/dosya_imzasiz.docm"]
    assert package.cover.content == parts_of(V2)["UstYazi/ustyazi.pdf"]


def test_version_2_tells_who_signed_and_for_whom() -> None:
    first, second = read(V2).signatures
    assert (first.name, first.title, first.on_behalf_of) == (
        "Osman Murat Yeşil",
        "Dr. Büyükelçi",
        "Semih Yılmaz",
    )
    assert (second.name, second.position, second.on_behalf_of) == ("Metin Demir", "Daire", "")


def test_version_1_tells_what_the_letter_says() -> None:
    package = read(V1)
    assert (package.version, package.document_id) == ("1.3", "737B9A9F-C88A-4258-B9BC-AEAF7908094E")
    assert (package.subject, package.number) == ("Olustur Versiyon 1X", "E-24312041-702.03-1")
    assert package.date == datetime(2021, 2, 15, 12, 39, 31, 539807, OFFICE)
    assert package.file_code == "702.03"
    assert package.security is Security.NONE
    assert [recipient.purpose for recipient in package.recipients] == ["BLG", "GRG", "BLG"]
    assert [ek.name for ek in package.attachments] == ["Ek 1", "Ek 2"]
    assert [signature.name for signature in package.signatures] == ["Ali İhsan TOKDEMİR"]


@pytest.mark.parametrize(("sample", "digests"), [(V1, 14), (V2, 32)])
def test_both_summaries_are_recomputed(sample: object, digests: int) -> None:
    package = read(sample)  # type: ignore[arg-type]
    assert len(package.digests) == digests
    assert {digest.summary for digest in package.digests} == {"PaketOzeti", "NihaiOzet"}


@pytest.mark.parametrize("sample", [V1, V2])
def test_the_signature_is_never_said_to_be_checked(sample: object) -> None:
    package = read(sample)  # type: ignore[arg-type]
    assert package.signature_checked is False
    assert (package.has_signature, package.is_draft, package.has_seal) == (True, False, True)
    with pytest.raises(FrozenInstanceError):
        setattr(package, "signature_checked", True)  # noqa: B010 - the assignment itself would not type-check


def test_identity_numbers_are_not_taken_out_of_the_package() -> None:
    assert "11111111110" not in repr(read(V1))
    assert "12345678902" not in repr(read(V2))


def test_bytes_path_and_file_say_the_same() -> None:
    content = V2.read_bytes()
    assert read(content) == read(str(V2)) == read(BytesIO(content))


def test_part_names_differing_in_case_and_encoding_are_found() -> None:
    parts = {
        name.replace("UstYazi/ustyazi.pdf", "ustyazi/%75STYAZI.pdf"): content
        for name, content in parts_of(V2).items()
    }
    assert read(zipped(parts)).cover.name == "/ustyazi/uSTYAZI.pdf"


def test_a_withheld_attachment_may_be_missing() -> None:
    parts = parts_of(V2)
    del parts["Ekler/dosya3.docx"]
    for name in ("PaketOzeti/PaketOzeti.xml", "ParafOzeti/ParafOzeti.xml", "NihaiOzet/NihaiOzet.xml"):
        text = parts[name].decode("utf-8-sig")
        start = text.index('<Reference URI="/Ekler/dosya3.docx"')
        parts[name] = (
            text[:start] + text[text.index("</Reference>", start) + len("</Reference>") :]
        ).encode()
    last = read(zipped(summarised(parts))).attachments[-1]
    assert (last.name, last.is_withheld, last.part) == ("İkinci ek", True, None)


def test_a_file_nobody_mentions_is_named() -> None:
    assert read(zipped(parts_of(V2) | {"Ekler/gizli.bin": b"x"})).unlisted == ("/Ekler/gizli.bin",)


def test_the_file_name_in_the_metadata_is_text_and_no_path() -> None:
    content = changed(V2, UPPER, lambda text: text.replace(b"dosya1.pdf</", b"../../etc/passwd</"))
    first = read(content).attachments[0]
    assert first.part is not None
    assert (first.part.file_name, first.part.name) == ("../../etc/passwd", "/Ekler/dosya1.pdf")


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        ("2021-02-15T09:39:31.5398074Z", datetime(2021, 2, 15, 12, 39, 31, 539807, OFFICE)),
        ("2025-05-12T14:23:13.35438+03:00", datetime(2025, 5, 12, 14, 23, 13, 354380, OFFICE)),
        ("2009-11-05T00:00:00", datetime(2009, 11, 5, tzinfo=OFFICE)),
        ("2009-11-05", datetime(2009, 11, 5, tzinfo=OFFICE)),
    ],
)
def test_times_are_read_as_other_programs_write_them(words: str, moment: datetime) -> None:
    assert parse_moment(words) == moment


@pytest.mark.parametrize(
    "words", ["", "dün", "2021-13-01", "2021-02-30T00:00:00Z", "٢٠٢١-02-15", "9999-12-31T23:59:59-12:00"]
)
def test_times_that_cannot_be_are_refused(words: str) -> None:
    with pytest.raises((ValueError, OverflowError)):
        parse_moment(words)


def test_the_encrypted_sample_is_there() -> None:
    assert ENCRYPTED.stat().st_size > 100_000
