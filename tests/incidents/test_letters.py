"""The letters of a breach: printed, packed so that our own reader takes them, and what their registration settles."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import User
from ebys import eyp, printing
from ebys.models import LetterTemplate, OutgoingLetter, Security
from ebys.reference import load_templates
from ebys.services.drafting import RecipientEntry, draft_for
from ebys.workflow import outgoing
from incidents.letter_templates import TEXTS
from incidents.models import AnswerChannel, Breach, State
from incidents.services import checklists
from tests.accounts.people import institution
from tests.incidents.walking import Team, report, walked


def drafted(breach: Breach, by: User, step_key: str) -> OutgoingLetter:
    load_templates()
    template = LetterTemplate.objects.get(subprocess__number="5.3.2", step_key=step_key)
    return draft_for(
        breach,
        template,
        by=by,
        recipients=[RecipientEntry(institution())],
        signatory_name="Dr. Deneme",
        signatory_title="Müdür",
    )


def registered(letter: OutgoingLetter, team: Team) -> OutgoingLetter:
    letter = outgoing.approve(letter, by=team.head)
    letter = outgoing.hand_over(letter, by=team.lead)
    return outgoing.register(letter, by=team.lead, number="E-1-708-9", dated=timezone.localdate())


@pytest.mark.parametrize("step_key", [text.step_key for text in TEXTS])
def test_every_letter_is_printed_and_packed_so_that_it_is_read_back(
    team: Team, breach: Breach, step_key: str
) -> None:
    letter = drafted(walked(breach, team, until="contain"), team.officer, step_key)
    letter = outgoing.approve(letter, by=team.head)

    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(printing.pdf_of(letter))).pages)
    package = eyp.read(io.BytesIO(printing.package_of(letter)))

    assert letter.subject in " ".join(text.split())
    assert (package.subject, package.is_draft, package.security.value) == (
        letter.subject,
        True,
        letter.security,
    )
    assert "{" not in letter.body
    expected = Security.NONE if step_key == "inform" else Security.SECRET
    assert letter.security == expected


def test_the_disciplinary_letter_takes_its_step(team: Team, breach: Breach) -> None:
    decided = walked(breach, team, until="decide")

    registered(drafted(decided, team.lead, "refer"), team)

    decided = Breach.objects.get(pk=breach.pk)
    assert (decided.state, decided.referral_number) == (State.SETTLED, "E-1-708-9")


def test_the_word_to_the_reporter_closes_the_breach(team: Team, breach: Breach) -> None:
    prevented = walked(breach, team, until="prevent", decision="neither")

    registered(drafted(prevented, team.officer, "inform"), team)

    closed = Breach.objects.get(pk=breach.pk)
    assert (closed.state, closed.answer_channel) == (State.CLOSED, AnswerChannel.LETTER)
    assert "E-1-708-9" in closed.answer_note


def test_the_letter_to_the_court_settles_its_task(team: Team, breach: Breach) -> None:
    decided = walked(breach, team, until="decide", decision="judicial")

    registered(drafted(decided, team.officer, "judicial"), team)

    assert checklists.court_task(decided) is None
    assert "E-1-708-9" in decided.tasks.get(awaits="").note


def test_the_letter_to_the_board_stops_the_clock(team: Team, breach: Breach) -> None:
    registered(drafted(breach, team.officer, "notify_board"), team)

    told = Breach.objects.get(pk=breach.pk)
    assert told.kvkk_settled_at is not None
    assert told.notices.get().reference == "E-1-708-9"


def test_a_late_letter_to_the_board_is_recorded_as_late(team: Team) -> None:
    long_ago = timezone.now() - timedelta(days=5)
    breach = report(team, learned_at=long_ago, reported_at=long_ago)

    registered(drafted(breach, team.officer, "notify_board"), team)

    assert breach.notices.get().late_reason
