"""The taslak package we write is one our own reader accepts, and says what the letter says."""

from __future__ import annotations

import zipfile
from io import BytesIO

from hypothesis import given, settings
from hypothesis import strategies as st

from ebys.eyp import AttachmentKind, read
from ebys.eyp.draft import DraftAttachment
from tests.ebys.eyp.packages import draft, draft_letter


def test_what_was_written_is_read_back() -> None:
    letter = draft_letter()
    package = read(draft())
    assert (package.version, package.document_id) == ("2.0", letter.document_id.upper())
    assert (package.subject, package.security) == (letter.subject, letter.security)
    assert (package.creator, package.recipients) == (letter.creator, letter.recipients)
    assert package.references == letter.references
    assert (package.file_code, package.file_code_name) == ("705", "Sistem Yönetimi")
    assert package.cover.content == letter.cover
    assert package.verification_address == letter.verification_address


def test_a_draft_has_neither_number_nor_date_nor_signature() -> None:
    package = read(draft())
    assert package.is_draft
    assert (package.number, package.date, package.signatures) == ("", None, ())
    assert not package.has_seal
    with zipfile.ZipFile(BytesIO(draft())) as archive:
        assert not [name for name in archive.namelist() if name.startswith(("Imzalar", "Nihai", "Muhur"))]


def test_files_get_plain_names_and_keep_their_content() -> None:
    inside, on_paper = read(draft()).attachments
    assert inside.part is not None
    assert (inside.part.name, inside.part.content) == (
        "/Ekler/ek1-olcum-cizelgesi-1.xlsx",
        draft_letter().attachments[0].content,
    )
    assert (on_paper.kind, on_paper.name, on_paper.part) == (AttachmentKind.PHYSICAL, "Bir adet CD", None)


def test_every_part_is_summarised_twice_one_being_sha512() -> None:
    digests = read(draft()).digests
    assert {digest.part for digest in digests} == {
        "/UstYazi/ustyazi.pdf",
        "/Ustveri/Ustveri.xml",
        "/Ekler/ek1-olcum-cizelgesi-1.xlsx",
    }
    assert {digest.algorithm for digest in digests} == {"sha384", "sha512"}


def test_two_files_of_one_name_stay_two_files() -> None:
    twins = tuple(
        DraftAttachment(f"5bf36615-d99c-49ec-a96b-6d2e17b5d49{n}", "Ek", file_name="a.pdf", content=b"%d" % n)
        for n in range(2)
    )
    assert [ek.part.content for ek in read(draft(attachments=twins)).attachments if ek.part] == [b"0", b"1"]


def test_the_same_letter_gives_the_same_bytes() -> None:
    assert draft() == draft()


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=200).filter(lambda text: any(letter.isalnum() for letter in text)))
def test_any_subject_makes_a_readable_package(subject: str) -> None:
    assert read(draft(subject=subject)).subject


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_any_file_name_makes_a_readable_package(file_name: str) -> None:
    ek = DraftAttachment("5bf36615-d99c-49ec-a96b-6d2e17b5d495", "Ek", file_name=file_name, content=b"x")
    [read_back] = read(draft(attachments=(ek,))).attachments
    assert read_back.part is not None
    assert read_back.part.content == b"x"
