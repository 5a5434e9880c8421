"""The people and the catalogue every test of 5.3.6 needs."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from accounts.models import User
from accounts.roles import Role
from helpdesk import workflow
from helpdesk.models import Ticket
from tests.accounts.people import institution, person
from tests.laying import laid
from tests.processes.sheets import load


@dataclass(frozen=True)
class Team:
    """One person of each kind."""

    lead: User
    officer: User
    applicant: User
    outsider: User


@laid
def team() -> Team:
    """The catalogue in force, and who plays."""
    load()
    hospital, other = institution(), institution()
    return Team(
        lead=person(Role.IT_LEAD, username="lead"),
        officer=person(Role.IT_OFFICER, username="officer"),
        applicant=person(Role.REQUESTING_STAFF, username="applicant", institution=hospital),
        outsider=person(Role.REQUESTING_STAFF, username="outsider", institution=other),
    )


@pytest.fixture
def ticket(team: Team) -> Ticket:
    """A request of the applicant, registered by telephone."""
    return workflow.report(
        by=team.officer, title="Ağ bağlantısı yok", applicant=team.applicant, channel="telephone"
    )


def walked(ticket: Ticket, team: Team, *, until: str) -> Ticket:
    """The request after the step `until`."""
    steps = {
        "assess": lambda t: workflow.assess(t, by=team.officer, finding="Kablo kopuk."),
        "plan": lambda t: workflow.plan(t, by=team.lead, way="Kablo değişecek."),
        "supply": lambda t: workflow.supply(t, by=team.officer, nothing_needed=True),
        "assign": lambda t: workflow.assign(t, by=team.lead, assignee=team.officer),
        "solve": lambda t: workflow.solve(t, by=team.officer, solution="Kablo değişti."),
        "inform": lambda t: workflow.inform(
            t, by=team.officer, answer_channel="telephone", answer_note="Arandı."
        ),
    }
    for name, step in steps.items():
        ticket = step(ticket)
        if name == until:
            break
    return ticket
