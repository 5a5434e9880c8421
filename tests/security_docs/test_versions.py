"""The way of a version: one in preparation, one in force, approved by those named, fixed once submitted."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from pypdf import PdfReader
from weasyprint import CSS, HTML

from processes import pdf as paper
from processes.errors import NotPermitted, RuleBroken, StaleVersion, UnknownMedia, WrongState
from security_docs import printing, texts
from security_docs.forms.papers import SubmitForm
from security_docs.leaves import pages_of
from security_docs.models import Approval, Document, Version, VersionState
from security_docs.services import versions
from tests.security_docs.conftest import TEXT, Team, approved, entered, in_force
from tests.security_docs.words import paragraph, word_file

S = VersionState


def upload_pdf(pages: int) -> SimpleUploadedFile:
    """A PDF of so many pages."""
    text = "\n\n".join(f"Sayfa {number} Parola kuralı. " + "Metin " * 900 for number in range(1, pages + 1))
    content = paper.render("pdf/list.html", {"title": text, "columns": [], "lines": []})
    return SimpleUploadedFile("prosedur.pdf", content)


def words_on_every_page(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def test_a_version_is_drafted_approved_and_put_in_force(team: Team, document: Document) -> None:
    version = in_force(team, document)

    assert (version.state, version.number, version.published_by) == (S.PUBLISHED, 1, team.lead)
    assert len(version.sha256) == 64
    document.refresh_from_db()
    assert document.next_review_on is not None


def test_publishing_retires_the_version_before_it(team: Team, document: Document) -> None:
    first = in_force(team, document)

    second = in_force(team, document, TEXT + "\n\nYeni madde.")

    first.refresh_from_db()
    assert (first.state, second.state, second.number) == (S.RETIRED, S.PUBLISHED, 2)
    assert first.retired_at == second.published_at


def test_one_version_is_in_preparation_at_a_time(team: Team, document: Document) -> None:
    versions.begin(document, by=team.officer, change_note="Bir.", body=TEXT)

    with pytest.raises(WrongState, match="hazırlanıyor"):
        versions.begin(document, by=team.lead, change_note="İki.", body=TEXT)


def test_the_database_holds_one_draft_and_one_in_force(team: Team, document: Document) -> None:
    version = in_force(team, document)
    draft = versions.begin(document, by=team.officer, change_note="Bir.", body=TEXT)
    copy = {"document": document, "change_note": "x", "drafted_by": team.lead, "edited_by": team.lead}

    with pytest.raises(DatabaseError), transaction.atomic():
        Version.objects.create(number=9, **copy)
    with pytest.raises(DatabaseError), transaction.atomic():
        Version.objects.filter(pk=draft.pk).update(
            state=S.PUBLISHED, published_at=version.published_at, published_by=team.lead, sha256="a" * 64
        )


def test_the_next_version_begins_from_the_text_in_force(team: Team, document: Document) -> None:
    in_force(team, document)

    assert versions.begin(document, by=team.officer, change_note="Madde ekle.").body == TEXT


def test_all_named_people_approve_and_each_once(team: Team, document: Document) -> None:
    version = versions.begin(document, by=team.officer, change_note="Bir.", body=TEXT)
    version = versions.submit(version, by=team.officer, approvers=[team.head, team.reader])

    version = versions.agree(version, by=team.head, sha256=version.sha256)
    assert version.state == S.REVIEW
    with pytest.raises(NotPermitted):
        versions.agree(version, by=team.head, sha256=version.sha256)
    version = versions.agree(version, by=team.reader, sha256=version.sha256, note="Uygundur.")

    assert version.state == S.APPROVED
    assert set(Approval.objects.values_list("sha256", flat=True)) == {version.sha256}


def test_an_approval_is_of_the_text_that_was_shown_and_of_no_other(team: Team, document: Document) -> None:
    version = versions.begin(document, by=team.officer, change_note="Bir.", body=TEXT)
    shown = versions.submit(version, by=team.officer, approvers=[team.head, team.reader])
    versions.send_back(shown, by=team.reader, reason="Madde eksik.")
    now = versions.edit(shown, by=team.officer, change_note="Tamam.", body=TEXT + "\n\nMadde.")
    now = versions.submit(now, by=team.officer, approvers=[team.head])

    with pytest.raises(StaleVersion):
        versions.agree(now, by=team.head, sha256=shown.sha256)

    assert not Approval.objects.filter(agreed_at__isnull=False).exists()
    assert versions.agree(now, by=team.head, sha256=now.sha256).state == S.APPROVED


def test_eight_people_can_be_named_on_the_form_as_in_the_rule() -> None:
    assert len(SubmitForm.base_fields) == versions.MOST_APPROVERS


def test_nobody_approves_their_own_draft_nor_unasked(team: Team, document: Document) -> None:
    version = versions.begin(document, by=team.officer, change_note="Bir.", body=TEXT)

    with pytest.raises(RuleBroken) as refused:
        versions.submit(version, by=team.lead, approvers=[team.officer])
    version = versions.submit(version, by=team.officer, approvers=[team.head])
    with pytest.raises(NotPermitted):
        versions.agree(version, by=team.lead, sha256=version.sha256)

    assert set(refused.value.fields) == {"approvers"}


def test_a_version_sent_back_is_approved_anew(team: Team, document: Document) -> None:
    version = approved(team, document)

    version = versions.send_back(version, by=team.head, reason="Madde eksik.")
    version = versions.edit(version, by=team.officer, change_note="Tamamlandı.", body=TEXT + "\n\nMadde.")
    version = versions.submit(version, by=team.officer, approvers=[team.head])

    assert (version.state, version.round) == (S.REVIEW, 2)
    with pytest.raises(WrongState):
        versions.publish(version, by=team.lead)


def test_what_was_submitted_does_not_change_any_more(team: Team, document: Document) -> None:
    version = approved(team, document)

    with pytest.raises(WrongState):
        versions.edit(version, by=team.officer, change_note="Sessizce.", body="Başka metin.")
    with pytest.raises(DatabaseError), transaction.atomic():
        Version.objects.filter(pk=version.pk).update(body="Başka metin.")
    with pytest.raises(DatabaseError), transaction.atomic():
        Version.objects.filter(pk=version.pk).delete()


def test_an_empty_version_is_not_submitted(team: Team, document: Document) -> None:
    version = versions.begin(document, by=team.officer, change_note="Bir.")

    with pytest.raises(RuleBroken):
        versions.submit(version, by=team.officer, approvers=[team.head])


def test_a_word_document_is_read_and_compared_but_kept_as_it_came(team: Team, document: Document) -> None:
    version = versions.begin(
        document,
        by=team.officer,
        change_note="Dosya.",
        upload=word_file(paragraph("1. Amaç") + paragraph("Parola şifrelenir.")),
    )

    assert version.upload is not None
    assert version.text == "1. Amaç\nParola şifrelenir."
    version = versions.submit(version, by=team.officer, approvers=[team.head])
    assert version.upload is not None
    assert version.sha256 == version.upload.sha256


def test_a_file_takes_the_place_of_the_text_in_force(team: Team, document: Document) -> None:
    in_force(team, document)
    upload = word_file(paragraph("1. Amaç"))

    version = versions.begin(document, by=team.officer, change_note="Dosya.", body=TEXT, upload=upload)

    assert (version.body, version.text) == ("", "1. Amaç")


def test_another_kind_of_file_is_refused(team: Team, document: Document) -> None:
    with pytest.raises(UnknownMedia):
        versions.begin(
            document, by=team.officer, change_note="Dosya.", upload=SimpleUploadedFile("a.txt", b"metin")
        )


def test_the_classification_stands_on_every_page_of_a_text(team: Team) -> None:
    document = entered(team, classification="restricted")
    version = in_force(team, document, "\n\n".join(f"Madde {n}. " + "kural " * 120 for n in range(40)))

    pages = words_on_every_page(printing.rendered(version))

    assert len(pages) > 3
    assert all(page.count("Hizmete özel") >= 2 for page in pages)


def test_the_classification_is_stamped_on_every_page_of_an_uploaded_pdf(team: Team) -> None:
    document = entered(team, classification="confidential")
    version = versions.begin(document, by=team.officer, change_note="Dosya.", upload=upload_pdf(4))

    pages = words_on_every_page(printing.rendered(version))

    assert len(pages) == version.page_count >= 4
    assert all(page.count("Gizli · Taslak") == 2 for page in pages)
    assert any("Parola kuralı" in page for page in pages)


def test_a_pdf_has_the_pages_of_its_file_however_long_they_are(team: Team, document: Document) -> None:
    leaf = "<p>" + "Parola kuralı. " * 400 + "</p>"
    style = CSS(string="@page { size: A2 } body { font-size: 6pt }")
    upload = SimpleUploadedFile("tek.pdf", HTML(string=leaf).write_pdf(stylesheets=[style]))

    version = versions.begin(document, by=team.officer, change_note="Dosya.", upload=upload)

    assert len(version.text) > texts.PAGE
    assert (version.page_count, len(pages_of(version))) == (1, 1)
    (leaf_again,) = words_on_every_page(printing.single_page(printing.rendered(version), 2))
    assert "Parola kuralı" in leaf_again


def test_the_paper_of_a_settled_version_is_made_once(team: Team, document: Document) -> None:
    version = in_force(team, document)
    first = printing.rendered(Version.objects.select_related("document", "upload").get(pk=version.pk))

    again = Version.objects.select_related("document", "upload", "paper").get(pk=version.pk)

    assert again.paper_id is not None
    assert printing.rendered(again) == first
