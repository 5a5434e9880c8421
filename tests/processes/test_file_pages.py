"""Files through the browser: brought, refused, opened, and only by who may see them."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from audit.queries import entries_of
from processes.models import Document
from processes.services import files as case_files
from processes.views import records
from tests.accounts.people import signed_in_client
from tests.processes.records import Desk, docx, pdf, png, upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"
    return settings.MEDIA_ROOT


def address(around: Desk) -> str:
    return f"/cases/{around.ticket.number}/files/"


def content_of(response) -> bytes:
    return b"".join(response.streaming_content)


def test_several_files_are_added_at_once(around):
    client = signed_in_client(around.officer)
    sent = {"uploads": [upload(pdf()), upload(png(), "ekran.png")], "kind": "evidence", "internal": "on"}
    response = client.post(address(around), sent)
    assert (response.status_code, response["Location"]) == (
        302,
        f"{around.ticket.get_absolute_url()}?tab=files",
    )
    added = Document.objects.values_list("title", "kind", "is_internal")
    assert list(added) == [("rapor.pdf", "evidence", True), ("ekran.png", "evidence", True)]


def test_each_file_is_told_what_became_of_it(around):
    around.applicant.language = "en"
    around.applicant.save(update_fields=["language"])
    client = signed_in_client(around.applicant)
    sent = {"uploads": [upload(pdf()), upload(b"MZ" + b"\0" * 99, "<b>oyun.exe")], "kind": "attachment"}
    response = client.post(address(around), sent)
    page = response.content.decode()
    assert response.status_code == 415
    assert "Added." in page
    assert "&lt;b&gt;oyun.exe" in page
    assert [document.title for document in Document.objects.all()] == ["rapor.pdf"]
    assert [entry.changes for entry in entries_of(around.ticket) if entry.event == "refused"] == [
        {"code": "unknown-media"}
    ]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"kind": "attachment"}, 422),
        ({"kind": "secret", "files": [("rapor.pdf", pdf())]}, 422),
        ({"kind": "letter", "files": [("rapor.pdf", pdf())]}, 422),
        ({"kind": "attachment", "files": [("rapor.pdf", b"")]}, 422),
        ({"kind": "attachment", "files": [("rapor.pdf", pdf(action="Launch"))]}, 422),
        ({"kind": "attachment", "files": [("a.svg", b"<svg onload='x()'/>")]}, 415),
        ({"kind": "attachment", "files": [("a.png", png(30_000, 30_000))]}, 413),
        ({"kind": "attachment", "files": [(f"{n}.pdf", pdf(text=str(n))) for n in range(21)]}, 422),
        ({"kind": "attachment", "files": [(f"{n}.pdf", b"x") for n in range(101)]}, 413),
    ],
)
def test_what_cannot_be_taken_in_is_refused_by_its_status(around, sent, status):
    files = [upload(content, name) for name, content in sent.get("files", [])]
    response = signed_in_client(around.officer).post(address(around), sent | {"uploads": files})
    assert response.status_code == status
    assert not Document.objects.exists()


def test_an_oversized_request_is_refused_before_it_is_read(around):
    client = signed_in_client(around.officer)
    response = client.generic(
        "POST",
        address(around),
        b"",
        "multipart/form-data; boundary=x",
        CONTENT_LENGTH=records.LARGEST_REQUEST + 1,
    )
    assert response.status_code == 413


def test_the_forms_token_is_still_asked_for(around):
    client = signed_in_client(around.officer, enforce_csrf_checks=True)
    response = client.post(address(around), {"uploads": [upload(pdf())], "kind": "attachment"})
    assert response.status_code == 403
    assert not Document.objects.exists()


def test_a_file_is_saved_to_disk_with_its_name_and_can_run_nothing(around):
    document = case_files.attach(around.ticket, around.officer, upload(docx(), "Ağ şeması.docx"))
    response = signed_in_client(around.applicant).get(f"/files/{document.pk}/1/?show")
    assert content_of(response) == docx()
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''A%C4%9F%20%C5%9Femas%C4%B1.docx"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == records.SHUT
    assert response["Cache-Control"] == "private, no-store"
    entries = [(entry.event, entry.actor_id, entry.changes) for entry in entries_of(document)]
    assert ("downloaded", around.applicant.pk, {"revision": 1}) in entries


def test_a_harmless_picture_and_pdf_are_shown_when_asked(around):
    for content, name, media_type in ((png(), "a.png", "image/png"), (pdf(), "a.pdf", "application/pdf")):
        document = case_files.attach(around.ticket, around.officer, upload(content, name))
        response = signed_in_client(around.officer).get(f"/files/{document.pk}/1/?show")
        assert content_of(response) == content
        assert (response["Content-Type"], response["Content-Disposition"]) == (
            media_type,
            f'inline; filename="{name}"',
        )
        shut = records.SHUT_PDF if name == "a.pdf" else records.SHUT
        assert response["Content-Security-Policy"] == shut


def test_a_download_that_breaks_off_is_no_reason_for_range(around):
    document = case_files.attach(around.ticket, around.officer, upload(pdf()))
    response = signed_in_client(around.officer).get(
        f"/files/{document.pk}/1/", headers={"range": "bytes=0-1,2-3,-99999999999999999999"}
    )
    assert (response.status_code, content_of(response)) == (200, pdf())


def test_internal_and_foreign_files_are_not_found(around):
    internal = case_files.attach(around.ticket, around.officer, upload(pdf()), internal=True)
    own = case_files.attach(around.ticket, around.officer, upload(png(), "a.png"))
    applicant, stranger = signed_in_client(around.applicant), signed_in_client(around.stranger)
    for client, document in ((applicant, internal), (stranger, internal), (stranger, own)):
        for path in ("1/", "revise/", "withdraw/"):
            assert client.get(f"/files/{document.pk}/{path}").status_code == 404, path
    assert applicant.get(f"/files/{own.pk}/2/").status_code == 404
    assert Client().get(f"/files/{own.pk}/1/").status_code in (302, 401, 403)


def test_the_applicant_cannot_change_the_units_file(around):
    document = case_files.attach(around.ticket, around.officer, upload(pdf()))
    client = signed_in_client(around.applicant)
    assert client.post(f"/files/{document.pk}/withdraw/", {"reason": "x"}).status_code == 403
    assert client.post(f"/files/{document.pk}/revise/", {"file": upload(pdf(text="2"))}).status_code == 403


def test_a_newer_version_is_added_and_the_earlier_stays_open(around):
    document = case_files.attach(around.ticket, around.applicant, upload(pdf()))
    client = signed_in_client(around.applicant)
    response = client.post(f"/files/{document.pk}/revise/", {"file": upload(pdf(text="2"), "yeni.pdf")})
    assert response.status_code == 302
    assert content_of(client.get(f"/files/{document.pk}/1/")) == pdf()
    assert content_of(client.get(f"/files/{document.pk}/2/")) == pdf(text="2")
    response = client.post(f"/files/{document.pk}/revise/", {"file": upload(png(), "yeni.pdf")})
    assert response.status_code == 415


def test_a_withdrawn_file_stays_listed_and_opens_to_the_head_only(around):
    document = case_files.attach(around.ticket, around.officer, upload(pdf()), title="Eski rapor")
    client = signed_in_client(around.officer)
    assert client.post(f"/files/{document.pk}/withdraw/", {"reason": ""}).status_code == 422
    assert client.post(f"/files/{document.pk}/withdraw/", {"reason": "Yanlış ek."}).status_code == 302
    assert client.post(f"/files/{document.pk}/withdraw/", {"reason": "Yine."}).status_code == 409
    assert client.get(f"/files/{document.pk}/1/").status_code == 403
    assert signed_in_client(around.head).get(f"/files/{document.pk}/1/").status_code == 200


def test_bytes_missing_from_the_store_are_said_to_be_missing(around, store):
    document = case_files.attach(around.ticket, around.officer, upload(pdf()))
    for path in store.rglob("*"):
        if path.is_file():
            path.unlink()
    response = signed_in_client(around.officer).get(f"/files/{document.pk}/1/")
    assert response.status_code == 503


def test_the_pages_are_shown_with_their_limits(around):
    document = case_files.attach(around.ticket, around.officer, upload(pdf()))
    client = signed_in_client(around.officer)
    for path in (address(around), f"/files/{document.pk}/revise/", f"/files/{document.pk}/withdraw/"):
        response = client.get(path)
        assert response.status_code == 200
        assert around.ticket.number in response.content.decode()
