"""The pages of 5.3.1: who sees what, what a form does, and constant numbers of queries."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.services import staff
from audit.queries import entries_of
from security_docs import workflow
from security_docs.models import (
    Document,
    PaperList,
    Reading,
    Version,
    VersionState,
)
from security_docs.services import documents, versions
from tests.accounts.people import person, signed_in_client
from tests.processes.records import pdf
from tests.security_docs.conftest import TEXT, Team, approved, entered, in_force

LONG = "\n\n".join(f"Madde {n}. " + "kural " * 200 for n in range(1, 5))


def words(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_a_reader_turns_every_page_and_signs_without_a_script(team: Team, document: Document) -> None:
    version = in_force(team, document, LONG)
    client = signed_in_client(team.reader, REMOTE_ADDR="10.20.30.40")
    reading = Reading.objects.get(user=team.reader)
    page = f"/readings/{reading.pk}/1/"

    early = client.post(f"/readings/{reading.pk}/sign/", {"sha256": version.sha256, "is_read": "on"})
    for _turn in range(version.page_count):
        answer = client.post(page)
        assert answer.status_code == 302
        page = answer["Location"]
    assert page.endswith("/sign/")
    signed = client.post(page, {"sha256": version.sha256, "is_read": "on"})

    assert (early.status_code, signed.status_code) == (422, 302)
    reading.refresh_from_db()
    assert (reading.signed_hash, reading.signed_address) == (version.sha256, "10.20.30.40")
    assert entries_of(reading)[0].step == "reading_sign"


def test_signing_without_the_tick_is_refused(team: Team, document: Document) -> None:
    version = in_force(team, document)
    client = signed_in_client(team.reader)
    reading = Reading.objects.get(user=team.reader)
    client.post(f"/readings/{reading.pk}/1/")

    answer = client.post(f"/readings/{reading.pk}/sign/", {"sha256": version.sha256})

    assert answer.status_code == 422
    assert "işaretle" in answer.content.decode()


def test_somebody_elses_reading_does_not_exist(team: Team, document: Document) -> None:
    in_force(team, document)
    reading = Reading.objects.get(user=team.reader)

    for path in (f"/readings/{reading.pk}/1/", f"/readings/{reading.pk}/sign/"):
        assert signed_in_client(team.outsider).get(path).status_code == 404
        assert signed_in_client(team.lead).get(path).status_code == 404


def test_the_register_shows_others_only_what_is_meant_for_them(team: Team, document: Document) -> None:
    draft_only = entered(team, "BG-PR-02", title="Taslak")
    restricted = entered(team, "BG-PR-03", title="Özel", classification="restricted")
    confidential = entered(team, "BG-PR-04", title="Sır", classification="confidential")
    for one in (document, restricted, confidential):
        in_force(team, one)
    officer = person("it_officer")

    def seen(user: Any) -> set[str]:
        text = signed_in_client(user).get("/documents/").content.decode()
        return {one.number for one in (document, draft_only, restricted, confidential) if one.number in text}

    assert seen(team.outsider) == {"BG-PR-01"}
    assert seen(officer) == {"BG-PR-01", "BG-PR-02", "BG-PR-03"}
    assert seen(team.officer) == {"BG-PR-01", "BG-PR-02", "BG-PR-03", "BG-PR-04"}
    for path in ("/reports/5.3.1/", "/announcements/new/"):
        assert "Sır" not in signed_in_client(officer).get(path).content.decode()
        assert "BG-PR-04" not in signed_in_client(officer).get(path).content.decode()
        assert "BG-PR-04" in signed_in_client(team.lead).get(path).content.decode()
    outside = signed_in_client(team.outsider)
    assert outside.get(f"/documents/{restricted.pk}/").status_code == 404
    assert outside.get(f"/documents/{restricted.pk}/v1/pdf/").status_code == 404


def test_a_named_approver_outside_the_unit_approves_on_the_page(team: Team, document: Document) -> None:
    version = versions.begin(document, by=team.officer, change_note="Bir.", body=TEXT)
    version = versions.submit(version, by=team.officer, approvers=[team.outsider])
    client = signed_in_client(team.outsider)

    page = client.get(f"/documents/{document.pk}/v1/")
    sent = {"note": "Uygundur.", "sha256": version.sha256}
    answer = client.post(f"/documents/{document.pk}/v1/move/agree/", sent)

    assert page.status_code == 200
    assert answer.status_code == 302
    version.refresh_from_db()
    assert version.state == VersionState.APPROVED


@pytest.mark.parametrize("verb", ["submit", "publish", "retire", "discard", "send_back", "agree"])
def test_outsiders_move_nothing(team: Team, document: Document, verb: str) -> None:
    version = approved(team, document)

    answer = signed_in_client(team.outsider).post(
        f"/documents/{document.pk}/v1/move/{verb}/", {"reason": "x", "note": "x", "first": team.head.pk}
    )

    assert answer.status_code in (403, 404)
    version.refresh_from_db()
    assert version.state == VersionState.APPROVED


def test_a_version_is_written_submitted_and_published_on_the_pages(team: Team, document: Document) -> None:
    officer, head, lead = map(signed_in_client, (team.officer, team.head, team.lead))
    base = f"/documents/{document.pk}/"

    answers = [
        officer.post(f"{base}new-version/", {"change_note": "İlk sürüm.", "body": TEXT}),
        officer.post(f"{base}v1/edit/", {"change_note": "Düzeltildi.", "body": TEXT + "\n\nEk."}),
        officer.post(f"{base}v1/move/submit/", {"first": team.head.pk}),
        head.post(
            f"{base}v1/move/agree/",
            {"note": "", "sha256": hashlib.sha256((TEXT + "\n\nEk.").encode()).hexdigest()},
        ),
        lead.post(f"{base}v1/move/publish/", {"read_by": ""}),
    ]

    assert [answer.status_code for answer in answers] == [302] * 5
    assert Version.objects.get().state == VersionState.PUBLISHED


def test_the_page_of_an_approval_shows_what_is_approved_and_an_older_text_is_refused(
    team: Team, document: Document
) -> None:
    version = versions.begin(document, by=team.officer, change_note="Bir.", body=TEXT)
    shown = versions.submit(version, by=team.officer, approvers=[team.outsider])
    client, path = signed_in_client(team.outsider), f"/documents/{document.pk}/v1/move/agree/"
    link = f"{path}?content={shown.sha256}"
    before = client.get(link).content.decode()
    linked = f'href="{link}"' in client.get(f"/documents/{document.pk}/v1/").content.decode()
    versions.send_back(shown, by=team.lead, reason="Madde eksik.")
    now = versions.edit(
        shown, by=team.officer, change_note="Tamam.", body=TEXT + "\n\nGizlice eklenen madde."
    )
    now = versions.submit(now, by=team.officer, approvers=[team.outsider])

    warned = client.get(link).content.decode()
    stale = client.post(path, {"note": "Uygundur.", "sha256": shown.sha256})
    without = client.post(path, {"note": "Uygundur."})
    text = stale.content.decode()
    done = client.post(path, {"note": "Uygundur.", "sha256": now.sha256})

    assert (linked, "parolaları korumaktır" in before, shown.sha256 in before) == (True, True, True)
    assert "Gizlice eklenen madde" not in before
    assert ("Metin, siz açtıktan sonra değişti" in before, "Metin, siz açtıktan sonra değişti" in warned) == (
        False,
        True,
    )
    assert (stale.status_code, without.status_code, done.status_code) == (412, 422, 302)
    assert "Gizlice eklenen madde" in text
    assert f'name="sha256" value="{now.sha256}"' in text
    assert ">Uygundur.</textarea>" in text.replace("\n", "")


def test_two_drafters_do_not_write_over_each_other_and_lose_nothing(team: Team, document: Document) -> None:
    version = versions.begin(document, by=team.officer, change_note="Bir.", body=TEXT)
    one, two = signed_in_client(team.officer), signed_in_client(team.lead)
    path = f"/documents/{document.pk}/v1/edit/"
    seen = f'name="seen" value="{version.version}"'
    assert seen in one.get(path).content.decode()
    first = one.post(path, {"seen": version.version, "change_note": "Bir.", "body": TEXT + "\n\nBirinci."})

    second = two.post(path, {"seen": version.version, "change_note": "İki.", "body": TEXT + "\n\nİkinci."})

    text = second.content.decode()
    version.refresh_from_db()
    assert (first.status_code, second.status_code) == (302, 412)
    assert version.body.endswith("Birinci.")
    assert "<del>Birinci</del>" in text
    assert "İkinci." in text
    assert f'name="seen" value="{version.version}"' in text
    assert two.post(path, {"seen": version.version, "change_note": "İki.", "body": TEXT}).status_code == 302


def test_further_approvers_are_named_on_the_form(team: Team, document: Document) -> None:
    versions.begin(document, by=team.officer, change_note="Bir.", body=TEXT)
    people = [person("it_officer").pk for _one in range(8)]
    names = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
    client, path = signed_in_client(team.officer), f"/documents/{document.pk}/v1/move/submit/"

    page = client.get(path).content.decode()
    answer = client.post(path, dict(zip(names, people, strict=True)))

    assert all(f'name="{name}"' in page for name in names)
    assert answer.status_code == 302
    assert Version.objects.get().approvals.count() == 8


def test_an_uploaded_file_is_kept_and_given_back_as_it_came(team: Team, document: Document) -> None:
    client, content = signed_in_client(team.officer), pdf()
    client.post(
        f"/documents/{document.pk}/new-version/",
        {"change_note": "Dosya.", "upload": SimpleUploadedFile("prosedur.pdf", content)},
    )

    answer: Any = client.get(f"/documents/{document.pk}/v1/file/")

    assert b"".join(answer) == content
    stamped = client.get(f"/documents/{document.pk}/v1/pdf/")
    assert "Kurum içi" in words(stamped.content)


def test_two_versions_stand_side_by_side(team: Team, document: Document) -> None:
    in_force(team, document)
    in_force(team, document, TEXT.replace("on iki", "on dört") + "\n\nYeni madde.")

    page = signed_in_client(team.officer).get(f"/documents/{document.pk}/v2/compare/1/").content.decode()

    assert "<del>iki</del>" in page
    assert "<ins>dört</ins>" in page
    assert "<ins>Yeni madde.</ins>" in page


def test_the_proof_names_who_when_and_which_content(team: Team, document: Document) -> None:
    version = in_force(team, document)
    reader = signed_in_client(team.reader)
    reading = Reading.objects.get(user=team.reader)
    reader.post(f"/readings/{reading.pk}/1/")
    reader.post(f"/readings/{reading.pk}/sign/", {"sha256": version.sha256, "is_read": "on"})
    client, base = signed_in_client(team.lead), f"/documents/{document.pk}/v1/proof/"

    page = client.get(base)
    book: Any = client.get(f"{base}?export=xlsx")
    made = client.post(f"{base}pdf/", {})
    paper = client.get(f"{made['Location']}pdf/")

    assert team.reader.full_name in page.content.decode()
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(book))).active
    assert sheet["A2"].value == team.reader.full_name
    assert sheet["F2"].value is not None
    assert sheet["H2"].value == version.sha256[:16]
    assert version.sha256 in words(paper.content).replace("\n", "")


def test_the_signed_paper_list_counts_for_the_ticked_names_only(team: Team, document: Document) -> None:
    for name in ("Fatma", "Hasan"):
        staff.register(by=team.lead, first_name=name, last_name="Kaya", institution=team.hospital)
    in_force(team, document)
    client = signed_in_client(team.officer)
    client.post(f"/documents/{document.pk}/v1/paper/", {"institution": team.hospital.pk})
    paper = PaperList.objects.get()

    printed = client.get(f"/documents/paper/{paper.pk}/pdf/")
    refused = client.post(f"/documents/paper/{paper.pk}/", {"signed_on": "2026-01-01"})
    answer = client.post(
        f"/documents/paper/{paper.pk}/",
        {
            "signed_on": f"{timezone.localtime(paper.printed_at):%Y-%m-%d}",
            "scan": SimpleUploadedFile("liste.pdf", pdf()),
            "ticked": [paper.names[0]],
        },
    )

    assert "Fatma Kaya" in words(printed.content)
    assert (refused.status_code, answer.status_code) == (422, 302)
    signed = Reading.objects.filter(signed_at__isnull=False)
    assert [(one.pk, one.paper_id) for one in signed] == [(paper.names[0], paper.pk)]
    assert entries_of(signed[0])[0].event == "signed_on_paper"


def test_a_notified_document_is_evaluated_on_the_page(team: Team) -> None:
    case = workflow.notified(
        by=team.officer, title="Uyum dokümanı", clauses=[("4.1", "Parola."), ("4.2", "Yedek.")]
    )
    client, base = signed_in_client(team.lead), f"/cases/{case.number}/"
    first, second = case.clauses.order_by("pk")

    early = client.post(f"{base}steps/evaluate/", {"finding": "Tamam.", "version": case.version})
    for clause, values in (
        (first, {"verdict": "applies"}),
        (
            second,
            {
                "verdict": "partly",
                "reason": "İki tesiste var.",
                "gap": "Üçüncü tesis",
                "owner": team.officer.pk,
                "due_on": "2027-01-31",
            },
        ),
    ):
        assert client.post(f"{base}clauses/{clause.pk}/", values).status_code == 302
    case.refresh_from_db()
    done = client.post(f"{base}steps/evaluate/", {"finding": "Tamam.", "version": case.version})

    assert (early.status_code, done.status_code) == (422, 302)
    assert "Üçüncü tesis" in client.get("/documents/gaps/").content.decode()
    assert client.get(f"{base}clauses/").status_code == 200


def test_a_partly_applying_clause_needs_its_reason_and_a_gap_its_owner(team: Team) -> None:
    case = workflow.notified(by=team.officer, title="Uyum dokümanı", clauses=[("4.1", "Parola.")])
    clause = case.clauses.get()
    client = signed_in_client(team.lead)
    path = f"/cases/{case.number}/clauses/{clause.pk}/"

    answers = [
        client.post(path, {"verdict": "not"}),
        client.post(path, {"verdict": "applies", "gap": "Eksik."}),
        client.post(path, {"verdict": "not", "reason": "Bizde yok.", "gap": "Eksik."}),
    ]

    assert [answer.status_code for answer in answers] == [422] * 3
    clause.refresh_from_db()
    assert clause.verdict == ""


@pytest.mark.parametrize("rows", [1, 30])
def test_the_register_and_its_page_ask_a_fixed_number_of_questions(
    team: Team, django_assert_num_queries: Any, rows: int
) -> None:
    for number in range(rows):
        made = entered(team, f"BG-{number}")
        if number == 0:
            first = made
            documents.add_readers(made, by=team.officer, kind="everybody")
            in_force(team, made)
    client = signed_in_client(team.lead)
    for path in ("/documents/", f"/documents/{first.pk}/"):
        client.get(path)

    with django_assert_num_queries(8):
        client.get("/documents/")
    with django_assert_num_queries(12):
        client.get(f"/documents/{first.pk}/")
    assert reverse("security-documents") == "/documents/"
