"""Word files: numbers, tables, lists and pictures stay; what cannot be shown is refused; nothing active passes."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from processes.errors import RuleBroken, TooLarge
from security_docs import numbering, printing, texts, word
from security_docs.models import Document, Version
from security_docs.services import versions
from tests.accounts.people import signed_in_client
from tests.processes.records import png
from tests.security_docs.conftest import Team, entered
from tests.security_docs.words import drawing, paragraph, picture, table, word_file

NUMBERED = (
    paragraph("Amaç", style="Balk1")
    + paragraph("Parolalar korunur.", number=(1, 1))
    + paragraph("Uzun olur.", number=(1, 2))
    + paragraph("Paylaşılmaz.", number=(1, 2))
    + paragraph("Yedek alınır.", number=(1, 1))
    + paragraph("Kapsam", style="Balk1")
    + paragraph("Herkes uyar.", number=(1, 1))
)


def html(upload: SimpleUploadedFile) -> str:
    return word.html_of(io.BytesIO(upload.read()))


def begun(team: Team, document: Document, upload: SimpleUploadedFile) -> Version:
    return versions.begin(document, by=team.officer, change_note="Dosya.", upload=upload)


def words(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_the_numbers_word_computes_are_written_out() -> None:
    assert word.text_of(html(word_file(NUMBERED))).split("\n") == [
        "1. Amaç",
        "1.1 Parolalar korunur.",
        "a) Uzun olur.",
        "b) Paylaşılmaz.",
        "1.2 Yedek alınır.",
        "2. Kapsam",
        "2.1 Herkes uyar.",
    ]


def test_a_list_that_begins_anew_does_and_bullets_stay_bullets() -> None:
    body = (
        paragraph("Bir", number=(1, 0)) + paragraph("Yedi", number=(3, 0)) + paragraph("Nokta", number=(2, 0))
    )

    assert html(word_file(body)) == "<p>1. Bir</p><p>7. Yedi</p><ul><li>Nokta</li></ul>"


@pytest.mark.parametrize(
    ("count", "kind", "text"),
    [
        (4, "decimal", "4"),
        (4, "decimalZero", "04"),
        (28, "lowerLetter", "bb"),
        (2, "upperLetter", "B"),
        (1994, "upperRoman", "MCMXCIV"),
        (9, "lowerRoman", "ix"),
        (3, "none", ""),
        (3, "japaneseCounting", "3"),
    ],
)
def test_a_count_is_written_as_its_level_says(count: int, kind: str, text: str) -> None:
    assert numbering.written(count, kind) == text


def test_a_table_is_a_table_in_the_pdf_and_a_row_is_a_line_of_the_text(
    team: Team, document: Document
) -> None:
    version = begun(team, document, word_file(table(("Rol", "Görev"), ("Sorumlu", "Günceller"))))

    assert version.text == "Rol | Görev\nSorumlu | Günceller"
    paper = words(printing.rendered(version))
    assert "Rol Görev" in paper.replace("\n", " ")
    assert paper.count("Kurum içi · Taslak") == 2


def test_a_picture_stands_in_the_pdf_and_a_page_of_pictures_is_no_empty_text(
    team: Team, document: Document
) -> None:
    version = begun(team, document, word_file(picture(), media=png(2, 2)))

    (page,) = PdfReader(io.BytesIO(printing.rendered(version))).pages
    assert (version.text, version.page_count, len(page.images)) == ("", 1, 1)


@pytest.mark.parametrize(
    ("body", "media"),
    [
        (drawing("chart"), b""),
        (drawing("diagram"), b""),
        ("<w:p><m:oMath/></w:p>", b""),
        ("<w:p><w:r><w:object/></w:r></w:p>", b""),
        (picture(), b"\x01\x00\x00\x00 EMF"),
        ("", b""),
        (paragraph("  "), b""),
    ],
    ids=["chart", "diagram", "equation", "object", "metafile", "nothing", "blanks"],
)
def test_what_cannot_be_shown_is_refused_at_the_file(
    team: Team, document: Document, body: str, media: bytes
) -> None:
    with pytest.raises(RuleBroken) as refused:
        begun(team, document, word_file(body, media=media))

    assert list(refused.value.fields) == ["upload"]
    assert not document.versions.exists()


def test_a_text_box_is_shown_and_a_bare_shape_is_refused() -> None:
    shape = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
    with pytest.raises(RuleBroken):
        html(word_file(drawing("x").replace("http://schemas.openxmlformats.org/drawingml/2006/x", shape)))


def test_a_file_longer_than_somebody_waits_for_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word, "MOST_LETTERS", 10)

    with pytest.raises(TooLarge):
        word.laid_out("<p>On iki harften uzun.</p>", "x")


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ("<script>alert(1)</script>", "alert(1)"),
        ('<p onclick="x()">Metin</p>', "<p>Metin</p>"),
        ('<a href="javascript:x()">bağ</a>', "bağ"),
        ('<p>a<a href="#footnote-ref-1">↑</a></p>', "<p>a</p>"),
        ('<img src="file:///etc/passwd">', ""),
        ('<img src="data:image/svg+xml;base64,AA">', ""),
        ('<img src="data:image/png;base64,AA" onerror="x" alt="&quot;">', None),
        ('<td colspan="9999" style="x">a</td>', "<td>a</td>"),
        ('<td colspan="2">&lt;b&gt;</td>', '<td colspan="2">&lt;b&gt;</td>'),
        ("<iframe src=x></iframe><link href=x>", ""),
    ],
)
def test_only_harmless_tags_pass(given_: str, kept: str | None) -> None:
    clean = word.Harmless()
    clean.feed(given_)
    clean.close()

    made = "".join(clean.parts)
    assert made == (kept if kept is not None else '<img src="data:image/png;base64,AA" alt="&quot;">')


@given(st.text(alphabet=st.sampled_from("<>/\"'= aimgscriptonx:&;#")))
def test_whatever_comes_no_tag_but_ours_comes_out(text: str) -> None:
    clean = word.Harmless()
    clean.feed(text)
    clean.close()

    tags = [part for part in clean.parts if part.startswith("<")]
    assert all(tag.strip("</>").split(" ")[0] in word.TAGS for tag in tags)
    assert not any(part.count("<") for part in clean.parts if part not in tags)


def test_a_damaged_word_file_is_refused_in_words(team: Team, document: Document) -> None:
    broken = word_file("<w:p>")

    with pytest.raises(RuleBroken):
        begun(team, document, broken)


def test_the_database_keeps_the_pages_a_word_file_was_set_on(team: Team, document: Document) -> None:
    from django.db import DatabaseError, transaction

    version = begun(team, document, word_file(NUMBERED))
    versions.submit(version, by=team.officer, approvers=[team.head])

    with pytest.raises(DatabaseError), transaction.atomic():
        Version.objects.filter(pk=version.pk).update(laid_out_text="Başka.")


def test_the_file_without_a_stamp_is_for_the_unit(team: Team) -> None:
    document = entered(team, classification="restricted")
    version = begun(team, document, word_file(NUMBERED))
    versions.submit(version, by=team.officer, approvers=[team.outsider])
    base = f"/documents/{document.pk}/v1/"

    approver, officer = signed_in_client(team.outsider), signed_in_client(team.officer)

    assert approver.get(f"{base}file/").status_code == 403
    assert f"{base}file/" not in approver.get(base).content.decode()
    assert "Hizmete özel" in words(approver.get(f"{base}pdf/").content)
    assert officer.get(f"{base}file/").status_code == 200


def test_a_pdf_with_more_pages_than_are_shown_is_refused(
    team: Team, document: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.security_docs.test_versions import upload_pdf

    monkeypatch.setattr(texts, "MOST_PAGES", 2)

    with pytest.raises(RuleBroken, match="2 sayfa"):
        begun(team, document, upload_pdf(3))

    assert not document.versions.exists()
