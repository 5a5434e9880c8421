"""The people and the catalogue every test of 5.3.2 needs."""

from __future__ import annotations

import pytest

from accounts.roles import Role
from incidents.models import Breach
from tests.accounts.people import institution, person
from tests.incidents.walking import Team, report
from tests.laying import laid
from tests.processes.sheets import load
from tests.processes.test_pages import counted

__all__ = ["counted"]


@laid
def team() -> Team:
    """The catalogue in force, and who plays."""
    load()
    hospital = institution()
    return Team(
        head=person(Role.UNIT_HEAD, email="birim@mudurluk.example"),
        lead=person(Role.HIS_LEAD, email="sorumlu@mudurluk.example"),
        officer=person(Role.HIS_OFFICER, email="gorevli@mudurluk.example"),
        it_officer=person(Role.IT_OFFICER),
        reporter=person(Role.REQUESTING_STAFF, institution=hospital),
        outsider=person(Role.REQUESTING_STAFF, institution=institution()),
    )


@pytest.fixture
def breach(team: Team) -> Breach:
    """A breach reported by telephone, personal data involved."""
    return report(team)
