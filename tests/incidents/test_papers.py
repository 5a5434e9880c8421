"""The list of evidence and the signed decision on paper."""

from __future__ import annotations

import io
from secrets import token_bytes

import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from incidents import papers
from incidents.models import Breach, Silence
from incidents.services import evidence, notices
from processes import files as store
from processes.models import StoredFile
from tests.accounts.people import signed_in_client
from tests.incidents.test_api import program_of
from tests.incidents.walking import Team, report, stand_in_for
from tests.processes.records import pdf


def words(content: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return " ".join("\n".join(page.extract_text() for page in pages).split())


@pytest.fixture
def proved(team: Team, breach: Breach) -> Breach:
    """A file and a thing, the thing handed over by a deputy of the lead."""
    content = pdf() + token_bytes(16)  # kept under its own hash, so that a test may spoil it for no other
    upload = SimpleUploadedFile("k.pdf", content)
    evidence.secure(breach, by=team.officer, title="Oturum kaydı", place="Kasa", upload=upload)
    disk = evidence.secure(breach, by=team.officer, title="Disk", place="Depo")
    evidence.hand_over(
        disk, by=stand_in_for(team.lead), giver="Görevli", receiver="Emniyet", reason="Savcılık istedi"
    )
    return breach


def test_the_list_names_hashes_hands_and_both_names(team: Team, proved: Breach) -> None:
    told = words(papers.evidence_list(proved))
    digest = proved.evidence.get(position=1).sha256
    handover = proved.evidence.get(position=2).chain.get()

    assert digest in told.replace(" ", "")
    assert "saklanan dosyanın SHA-256 değeri budur" in told
    assert "GİZLİ" in told
    assert all(word in told for word in (proved.number, "Emniyet", "Savcılık istedi", "Disk"))
    assert f"{handover.recorded_by.full_name} ({team.lead.full_name} adına)" in told


def test_a_changed_file_is_told_on_the_list(team: Team, proved: Breach) -> None:
    kept = StoredFile.objects.get(sha256=proved.evidence.get(position=1).sha256)
    path = store.path_of(kept.sha256)
    path.chmod(0o600)
    path.write_bytes(b"x" * kept.size)

    told = words(papers.evidence_list(proved))

    path.unlink()
    assert "artık bu değil" in told


def decided(breach: Breach, team: Team, is_approved: bool) -> Silence:
    proposal = notices.propose_silence(breach, by=team.lead, reason="Bellek şifreliydi.")
    return notices.answer_silence(
        proposal, by=stand_in_for(team.head), is_approved=is_approved, answer="Uygundur."
    )


def test_the_signed_decision_has_its_reason_and_signatories_on_paper(team: Team, breach: Breach) -> None:
    signed = decided(breach, team, is_approved=True)

    answer = signed_in_client(team.officer).get(f"{breach.get_dossier_url()}decision-{signed.pk}.pdf")

    told = words(answer.content)
    assert answer["Content-Type"] == "application/pdf"
    assert "attachment" in answer["Content-Disposition"]
    assert all(word in told for word in ("Bellek şifreliydi.", "Uygundur.", team.lead.full_name, "GİZLİ"))
    assert signed.answered_by is not None
    assert f"{signed.answered_by.full_name} ({team.head.full_name} adına)" in told


def test_a_decision_sent_back_has_no_paper(team: Team, breach: Breach) -> None:
    sent_back = decided(breach, team, is_approved=False)

    assert (
        signed_in_client(team.officer)
        .get(f"{breach.get_dossier_url()}decision-{sent_back.pk}.pdf")
        .status_code
        == 404
    )


def test_a_decision_is_not_had_through_another_breach(team: Team, breach: Breach) -> None:
    signed = decided(breach, team, is_approved=True)
    other = report(team)

    assert (
        signed_in_client(team.officer).get(f"{other.get_dossier_url()}decision-{signed.pk}.pdf").status_code
        == 404
    )


def test_papers_are_for_who_knows_of_the_breach(team: Team, proved: Breach) -> None:
    signed = decided(proved, team, is_approved=True)
    pages = [f"{proved.get_dossier_url()}{name}" for name in ("evidence.pdf", f"decision-{signed.pk}.pdf")]
    addresses = [
        f"breaches/{proved.number}/{name}" for name in ("evidence/list/", f"silences/{signed.pk}/paper/")
    ]

    assert [signed_in_client(team.lead).get(page).status_code for page in pages] == [200, 200]
    assert [signed_in_client(team.it_officer).get(page).status_code for page in pages] == [404, 404]
    assert [signed_in_client(team.reporter).get(page).status_code for page in pages] == [403, 403]
    assert [Client().get(page).status_code for page in pages] == [302, 302]
    assert [program_of(team.lead).get(one).status_code for one in addresses] == [200, 200]
    assert [program_of(team.it_officer).get(one).status_code for one in addresses] == [404, 404]
