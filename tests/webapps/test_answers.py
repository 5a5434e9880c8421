"""The answer letter names every user with the result, and closes the request."""

from __future__ import annotations

from io import BytesIO

from django.utils import timezone

from accounts.roles import Role
from ebys import eyp
from ebys.models import LetterTemplate, OutgoingLetter
from ebys.reference import load_templates
from ebys.services.drafting import draft_for
from ebys.workflow import outgoing
from tests.accounts.people import person, signed_in_client
from tests.webapps.conftest import Team, keys
from webapps import workflow
from webapps.models import AccessRequest, AnswerChannel, State


def settled(team: Team) -> AccessRequest:
    """A letter with one user rejected and two carried out."""
    asked = team.ask(
        team.entry(team.staff(), role=team.checked), team.entry(team.staff()), team.entry(team.staff())
    )
    asked = workflow.reject(workflow.evaluate(asked, by=team.lead), by=team.lead)
    return workflow.perform(asked, by=team.lead, done=keys(asked)[1:], evidence="Kayıt 12")


def drafted(asked: AccessRequest, team: Team) -> OutgoingLetter:
    """The answer letter as the lead drafts it."""
    load_templates()
    template = LetterTemplate.objects.get(subprocess__number="5.3.7", step_key="inform")
    return draft_for(
        asked, template, by=team.lead, signatory_name="Dr. Deneme", signatory_title="İl Sağlık Müdürü"
    )


def test_the_letter_has_a_line_for_every_user(team: Team) -> None:
    asked = settled(team)

    letter = drafted(asked, team)

    for line in asked.lines.select_related("employee"):
        assert line.employee is not None
        assert letter.body.count(line.employee.full_name) == 1
    assert "yapılamamıştır: Eğitim belgesi sunulmamıştır." in letter.body
    assert letter.body.count("gerçekleştirildi") == 2
    assert "{" not in letter.body


def test_its_number_closes_the_request_in_the_drafters_name(team: Team) -> None:
    asked = settled(team)
    letter = outgoing.approve(drafted(asked, team), by=person(Role.UNIT_HEAD))
    clerk = person(Role.HIS_LEAD)
    letter = outgoing.hand_over(letter, by=clerk)

    outgoing.register(letter, by=clerk, number="E-1-708.03-9", dated=timezone.localdate())

    asked.refresh_from_db()
    assert (asked.state, asked.answer_channel, asked.closed_by) == (
        State.CLOSED,
        AnswerChannel.LETTER,
        team.lead,
    )
    assert "E-1-708.03-9" in asked.answer_note


def test_the_letter_is_printed_and_packed_and_read_back(team: Team) -> None:
    letter = outgoing.approve(drafted(settled(team), team), by=person(Role.UNIT_HEAD))
    client = signed_in_client(team.lead)

    printed = client.get(f"/letters/outgoing/{letter.pk}/pdf/")
    packed = client.get(f"/letters/outgoing/{letter.pk}/eyp/")
    package = eyp.read(BytesIO(b"".join(packed) if packed.streaming else packed.content))

    assert (b"".join(printed) if printed.streaming else printed.content).startswith(b"%PDF")
    assert package.subject == letter.subject
