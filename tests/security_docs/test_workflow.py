"""The rules of 5.3.1 beyond what holds for every flow: clauses, what was prepared, announced both ways."""

from __future__ import annotations

import io

import pytest
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import User
from ebys import eyp, printing
from ebys.models import OutgoingLetter
from ebys.queries import outgoing_for
from ebys.reference import load_templates
from ebys.workflow import outgoing
from processes.errors import NotPermitted, RuleBroken, WrongState
from security_docs import queries, workflow
from security_docs.models import Compliance, Document, State, Verdict
from security_docs.services import announcements, documents, evaluations, letters, versions
from tests.accounts.people import person
from tests.security_docs.conftest import TEXT, Team, approved, in_force


@pytest.fixture
def notified(team: Team) -> Compliance:
    return workflow.notified(
        by=team.officer,
        title="Parola politikası uyum dokümanı",
        clauses=[("4.1", "Parola."), ("4.2", "Yedek.")],
    )


def evaluated(case: Compliance, team: Team) -> Compliance:
    for clause in case.clauses.all():
        evaluations.judge(clause, by=team.lead, verdict=Verdict.APPLIES)
    return workflow.evaluate(case, by=team.lead, finding="Prosedür değişecek.")


def prepared(case: Compliance, team: Team) -> Compliance:
    case = evaluated(case, team)
    return workflow.prepare(case, by=team.lead, preparation="Karşılıyor.", no_change=True)


def letter_of(case: Compliance, team: Team, *, by: User, with_document: bool = False) -> OutgoingLetter:
    load_templates()
    letter = letters.draft_announcement(
        case, by=by, institutions=[team.hospital], with_document=with_document
    )
    OutgoingLetter.objects.filter(pk=letter.pk).update(
        signatory_name="Dr. Deneme", body="Duyurulur.\n\nGereğini"
    )
    return OutgoingLetter.objects.get(pk=letter.pk)


def registered(letter: OutgoingLetter, team: Team) -> None:
    approved_one = outgoing.approve(letter, by=team.head)
    handed = outgoing.hand_over(approved_one, by=team.officer)
    outgoing.register(handed, by=team.officer, number=f"E-1-708-{letter.pk}", dated=timezone.localdate())


def on_the_page(case: Compliance, team: Team) -> None:
    page = announcements.draft(by=team.officer, title="Duyuru", text="Yürürlükte.", compliance=case)
    announcements.publish(page, by=team.lead)


def test_an_evaluation_waits_for_every_clause(team: Team, notified: Compliance) -> None:
    evaluations.judge(notified.clauses.get(number="4.1"), by=team.lead, verdict=Verdict.APPLIES)

    with pytest.raises(RuleBroken, match=r"4\.2"):
        workflow.evaluate(notified, by=team.lead, finding="Erken.")

    assert evaluated(notified, team).state == State.EVALUATED


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("4.1 Parola.\n4.2) Yedek.", ["4.1", "4.2"]),
        ("Madde 3 - Kayıt\ntutulur.", ["3"]),
        ("A.5.1: Politika\nEK1 Form", ["A.5.1", "EK1"]),
        ("", []),
    ],
)
def test_clauses_are_read_line_by_line(text: str, found: list[str]) -> None:
    assert [number for number, _words in evaluations.read_lines(text)] == found


@pytest.mark.parametrize("text", ["Numarasız satır", "4.1 Bir.\n4.1 İki."])
def test_lines_that_are_no_clauses_are_told(text: str) -> None:
    with pytest.raises(RuleBroken):
        evaluations.read_lines(text)


def test_preparing_needs_an_approved_version_or_the_word_that_none_is(
    team: Team, notified: Compliance, document: Document
) -> None:
    case = evaluated(notified, team)

    with pytest.raises(RuleBroken):
        workflow.prepare(case, by=team.lead, preparation="Hazır.")
    draft = versions.begin(document, by=team.officer, change_note="Uyum.", body=TEXT, compliance=case)
    with pytest.raises(RuleBroken, match="BG-PR-01 v1"):
        workflow.prepare(case, by=team.lead, preparation="Hazır.", no_change=True)
    versions.discard(draft, by=team.lead, reason="Baştan.")
    approved(team, document, compliance=case)
    with pytest.raises(RuleBroken):
        workflow.prepare(case, by=team.lead, preparation="Hazır.", no_change=True)

    assert workflow.prepare(case, by=team.lead, preparation="Hazır.").state == State.PREPARED


def test_announcing_is_refused_until_both_exist_and_says_which_is_missing(
    team: Team, notified: Compliance
) -> None:
    case = prepared(notified, team)
    clerk = person("his_officer")

    with pytest.raises(RuleBroken, match="web sayfasında da"):
        workflow.announce(case, by=team.lead)
    letter = letter_of(case, team, by=clerk)
    registered(letter, team)
    with pytest.raises(RuleBroken, match="henüz duyuru yok"):
        workflow.announce(case, by=team.lead)
    on_the_page(case, team)

    assert workflow.announce(case, by=team.lead).state == State.ANNOUNCED


def test_the_web_page_alone_is_no_announcement(team: Team, notified: Compliance) -> None:
    case = prepared(notified, team)
    on_the_page(case, team)

    with pytest.raises(RuleBroken, match="EBYS"):
        workflow.announce(case, by=team.lead)


def test_the_registered_letter_closes_the_record_when_the_page_is_there(
    team: Team, notified: Compliance
) -> None:
    case = prepared(notified, team)
    on_the_page(case, team)

    registered(letter_of(case, team, by=team.lead), team)

    case.refresh_from_db()
    assert (case.state, case.closed_by) == (State.ANNOUNCED, team.lead)
    assert "E-1-708-" in case.outcome


def test_the_letter_carries_the_document_as_pdf_and_as_package(
    team: Team, notified: Compliance, document: Document
) -> None:
    case = evaluated(notified, team)
    in_force(team, document, compliance=case)
    case = workflow.prepare(case, by=team.lead, preparation="Hazır.")

    letter = letter_of(case, team, by=team.lead, with_document=True)

    whole = outgoing_for(team.lead, letter.pk)
    (annex,) = whole.annexes.all()
    assert annex.title.startswith("BG-PR-01")
    assert PdfReader(io.BytesIO(printing.pdf_of(whole))).pages
    package = eyp.read(io.BytesIO(printing.package_of(whole)))
    assert package.is_draft
    assert len(package.attachments) == 1


def test_clauses_stay_as_they_were_judged_until_it_is_evaluated_again(
    team: Team, notified: Compliance
) -> None:
    case = evaluated(notified, team)
    clause = case.clauses.get(number="4.1")

    with pytest.raises(WrongState):
        evaluations.judge(clause, by=team.officer, verdict=Verdict.NOT, reason="Sonradan.")
    with pytest.raises(WrongState):
        evaluations.add(case, by=team.officer, text="4.3 Kayıt.")
    workflow.evaluate_again(case, by=team.lead, reason="Yeni görüş.")

    assert (
        evaluations.judge(clause, by=team.officer, verdict=Verdict.NOT, reason="Yok.").verdict == Verdict.NOT
    )


def test_only_the_lead_changes_the_classification_of_what_is_in_force(team: Team, document: Document) -> None:
    assert documents.change(document, by=team.officer, classification="confidential").pk == document.pk
    in_force(team, document)

    with pytest.raises(NotPermitted):
        documents.change(document, by=team.officer, classification="public")
    assert documents.change(document, by=team.lead, classification="public").classification == "public"


def test_a_record_closes_only_when_what_was_prepared_is_in_force(
    team: Team, notified: Compliance, document: Document
) -> None:
    case = evaluated(notified, team)
    version = approved(team, document, compliance=case)
    case = workflow.prepare(case, by=team.lead, preparation="Hazır.")
    on_the_page(case, team)
    with pytest.raises(RuleBroken, match="BG-PR-01 v1"):
        letter_of(case, team, by=team.lead, with_document=True)
    registered(letter_of(case, team, by=person("his_officer")), team)

    with pytest.raises(RuleBroken, match="BG-PR-01 v1"):
        workflow.announce(case, by=team.lead)
    version = versions.publish(version, by=team.lead)
    assert [one.pk for one in queries.prepared_versions(case)] == [version.pk]

    assert workflow.announce(case, by=team.lead).state == State.ANNOUNCED


def test_a_record_whose_version_was_discarded_is_not_announced(
    team: Team, notified: Compliance, document: Document
) -> None:
    case = evaluated(notified, team)
    version = approved(team, document, compliance=case)
    case = workflow.prepare(case, by=team.lead, preparation="Hazır.")
    versions.discard(version, by=team.lead, reason="Vazgeçildi.")

    with pytest.raises(RuleBroken, match="yürürlükte değil"):
        workflow.announce(case, by=team.lead)


def test_a_draft_or_replaced_version_is_not_announced(team: Team, document: Document) -> None:
    first = in_force(team, document)
    page = announcements.draft(by=team.officer, title="Duyuru", text="Metin.", document_version=first)
    in_force(team, document, TEXT + "\n\nYeni.")

    with pytest.raises(RuleBroken, match="BG-PR-01 v1"):
        announcements.publish(page, by=team.lead)


def test_only_the_lead_publishes_and_nobody_outside_writes(team: Team) -> None:
    page = announcements.draft(by=team.officer, title="Duyuru", text="Metin.")

    with pytest.raises(NotPermitted):
        announcements.publish(page, by=team.officer)
    with pytest.raises(NotPermitted):
        announcements.draft(by=team.outsider, title="Sahte", text="Metin.")


def test_what_is_on_the_page_is_not_rewritten(team: Team) -> None:
    page = announcements.draft(by=team.officer, title="Duyuru", text="Metin.")
    page = announcements.publish(page, by=team.lead)

    with pytest.raises(WrongState):
        announcements.rewrite(page, by=team.officer, title="Başka", text="Metin.")
