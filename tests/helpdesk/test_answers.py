"""The answer letter closes the request."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.roles import Role
from ebys.models import LetterTemplate, OutgoingLetter
from ebys.reference import load_templates
from ebys.services.drafting import draft_for
from ebys.workflow import outgoing
from helpdesk.models import AnswerChannel, State, Ticket
from tests.accounts.people import person
from tests.helpdesk.conftest import Team, walked


def registered(ticket: Ticket, team: Team, step_key: str) -> OutgoingLetter:
    """A letter of the request, drafted by the officer, approved, handed over and registered by EBYS."""
    load_templates()
    template = LetterTemplate.objects.filter(subprocess__number="5.3.6", step_key=step_key).first()
    letter = draft_for(
        ticket, template, by=team.officer, signatory_name="Dr. Deneme", signatory_title="Müdür"
    )
    letter = outgoing.approve(letter, by=person(Role.UNIT_HEAD))
    clerk = person(Role.HIS_LEAD)
    letter = outgoing.hand_over(letter, by=clerk)
    return outgoing.register(letter, by=clerk, number="E-1-705-9", dated=timezone.localdate())


def test_a_registered_answer_closes_the_request_in_the_drafters_name(team: Team, ticket: Ticket) -> None:
    ticket = walked(ticket, team, until="solve")

    registered(ticket, team, "inform")

    ticket.refresh_from_db()
    assert (ticket.state, ticket.answer_channel) == (State.CLOSED, AnswerChannel.LETTER)
    assert "E-1-705-9" in ticket.answer_note
    assert ticket.closed_by == team.officer


@pytest.mark.parametrize(("until", "step_key"), [("assign", "inform"), ("solve", "assess")])
def test_an_early_or_another_letter_closes_nothing(
    team: Team, ticket: Ticket, until: str, step_key: str
) -> None:
    ticket = walked(ticket, team, until=until)

    registered(ticket, team, step_key)

    ticket.refresh_from_db()
    assert ticket.is_open
