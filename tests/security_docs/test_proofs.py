"""The proof of reading as PDF: whole however long, in the background when long, enclosed in a letter by one click."""

from __future__ import annotations

import io
from typing import Any

import pytest
from pypdf import PdfReader

from accounts.models import User
from ebys.models import LetterTemplate, OutgoingLetter
from ebys.reference import load_templates
from ebys.services.drafting import RecipientEntry, draft_for
from ebys.workflow import outgoing
from processes import files, outbox
from processes.models import InboxItem
from security_docs import proofs, workflow
from security_docs.models import Document, ProofPaper, Version
from tests.accounts.people import person, signed_in_client
from tests.security_docs.conftest import Team, in_force


@pytest.fixture
def version(team: Team, document: Document) -> Version:
    """A version six people of a hospital were asked to read."""
    for place in range(5):
        person("requesting_staff", username=f"okur{place}", institution=team.hospital)
    return in_force(team, document)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of more than two people is long, and set two rows at a time."""
    monkeypatch.setattr(proofs, "AT_ONCE", 2)
    monkeypatch.setattr(proofs, "PORTION", 2)


@pytest.fixture
def letter(team: Team) -> OutgoingLetter:
    """A draft on a notified document."""
    load_templates()
    case = workflow.notified(by=team.officer, title="Uyum dokümanı")
    template = LetterTemplate.objects.get(subprocess__number="5.3.1", step_key="announce")
    return draft_for(
        case,
        template,
        by=team.officer,
        recipients=[RecipientEntry(team.hospital)],
        body="Prosedür yürürlüktedir.\n\nGereğini",
        signatory_name="Dr. Deneme",
        signatory_title="Müdür",
    )


def pages(paper: ProofPaper) -> list[str]:
    assert paper.file is not None
    with files.open(paper.file) as content:
        return [page.extract_text() for page in PdfReader(io.BytesIO(content.read())).pages]


def test_a_short_list_is_made_at_once_and_enclosed(
    team: Team, version: Version, letter: OutgoingLetter
) -> None:
    client = signed_in_client(team.officer)

    answer = client.post(f"/documents/{version.document_id}/v1/proof/pdf/", {"letter": letter.pk})

    paper = ProofPaper.objects.get()
    annex = letter.annexes.get()
    assert answer["Location"] == paper.get_absolute_url()
    assert (paper.is_made, paper.total, annex.extent, annex.file) == (True, 6, "1 Sayfa", paper.file)
    assert all(one.full_name in pages(paper)[0] for one in User.objects.filter(institution=team.hospital))
    assert version.sha256 in pages(paper)[0].replace("\n", "")
    assert not InboxItem.objects.filter(user=team.officer, path=paper.get_absolute_url()).exists()


def test_a_long_list_is_made_by_the_worker_whole_with_pages_numbered_through(
    team: Team, version: Version, letter: OutgoingLetter, short: None
) -> None:
    client = signed_in_client(team.officer)
    client.post(f"/documents/{version.document_id}/v1/proof/pdf/", {"letter": letter.pk})
    paper = ProofPaper.objects.get()
    waiting = client.get(paper.get_absolute_url()).content.decode()
    part = client.get(paper.get_absolute_url(), headers={"HX-Request": "true"})
    early = client.get(f"{paper.get_absolute_url()}pdf/")

    outbox.send_due()

    paper.refresh_from_db()
    found = pages(paper)
    text = "\n".join(found)
    assert ("hx-get" in waiting, "<html" in part.content.decode(), early.status_code) == (True, False, 404)
    assert (paper.written, paper.total, paper.pages, len(found)) == (6, 6, 3, 3)
    assert all(text.count(one.full_name) == 1 for one in User.objects.filter(institution=team.hospital))
    assert [page.rstrip().split()[-1] for page in found] == ["1", "2", "3"]
    assert all(page.count("Kurum içi") == 2 for page in found)
    assert "6 satır, listenin tamamı" in found[-1]
    assert letter.annexes.get().extent == "3 Sayfa"
    assert InboxItem.objects.filter(user=team.officer, path=paper.get_absolute_url()).count() == 1
    done = client.get(paper.get_absolute_url(), headers={"HX-Request": "true"})
    assert done["HX-Refresh"] == "true"
    assert client.get(f"{paper.get_absolute_url()}pdf/").content[:4] == b"%PDF"


def test_made_twice_it_is_made_once(
    team: Team, version: Version, letter: OutgoingLetter, short: None
) -> None:
    paper = proofs.ask(version, by=team.officer, letter=letter)
    stale = ProofPaper.objects.select_related(*proofs.RELATED).get(pk=paper.pk)
    proofs.make(ProofPaper.objects.select_related(*proofs.RELATED).get(pk=paper.pk))

    proofs.make(stale)

    assert letter.annexes.count() == 1


def test_a_letter_approved_meanwhile_keeps_its_annexes_and_the_list_is_there_all_the_same(
    team: Team, version: Version, letter: OutgoingLetter, short: None
) -> None:
    paper = proofs.ask(version, by=team.officer, letter=letter)
    outgoing.approve(letter, by=team.head)

    outbox.send_due()

    paper.refresh_from_db()
    page = signed_in_client(team.officer).get(paper.get_absolute_url()).content.decode()
    assert (paper.is_made, letter.annexes.count(), bool(paper.refusal)) == (True, 0, True)
    assert paper.refusal in page


def test_one_institution_and_those_who_signed_make_their_own_list(team: Team, version: Version) -> None:
    client = signed_in_client(team.officer)
    path = f"/documents/{version.document_id}/v1/proof/pdf/"

    nobody = client.post(path, {"standing": "signed"})
    elsewhere = client.post(path, {"institution": team.lead.institution_id})
    here = client.post(path, {"institution": team.hospital.pk, "standing": "open"})

    assert [one.status_code for one in (nobody, elsewhere, here)] == [422, 422, 302]
    assert ProofPaper.objects.get().total == 6


@pytest.mark.parametrize(
    "sent", [{"standing": "x"}, {"letter": "999999"}, {"letter": "x"}, {"institution": "Bilinmeyen"}]
)
def test_nonsense_is_refused_in_words(team: Team, version: Version, sent: dict[str, Any]) -> None:
    client = signed_in_client(team.officer)

    assert client.post(f"/documents/{version.document_id}/v1/proof/pdf/", sent).status_code == 422


def test_a_list_longer_than_a_pdf_holds_says_so(
    team: Team, version: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proofs, "MOST", 3)
    client = signed_in_client(team.officer)

    answer = client.post(f"/documents/{version.document_id}/v1/proof/pdf/", {})

    assert (answer.status_code, ProofPaper.objects.count()) == (422, 0)


def test_the_list_is_for_the_unit_alone(team: Team, version: Version) -> None:
    paper = proofs.ask(version, by=team.officer)
    client = signed_in_client(team.reader)

    for path in (paper.get_absolute_url(), f"{paper.get_absolute_url()}pdf/"):
        assert client.get(path).status_code == 403
    assert client.post(f"/documents/{version.document_id}/v1/proof/pdf/").status_code == 403
