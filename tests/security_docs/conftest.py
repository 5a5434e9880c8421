"""The people, the catalogue and a document every test of 5.3.1 needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from accounts.models import Institution, User
from accounts.roles import Role
from security_docs.models import Document, Version
from security_docs.services import documents, versions
from tests.accounts.people import institution, person
from tests.laying import laid
from tests.processes.sheets import load

TEXT = "1. Amaç\n\nBu prosedürün amacı parolaları korumaktır.\n\n2. Kurallar\n\nParola on iki karakterdir."


@dataclass(frozen=True)
class Team:
    """One person of each kind, and where the readers work."""

    lead: User
    officer: User
    head: User
    reader: User
    outsider: User
    hospital: Institution


@laid
def team() -> Team:
    """The catalogue in force, and who plays."""
    return assembled()


def assembled() -> Team:
    load()
    hospital = institution()
    return Team(
        lead=person(Role.HIS_LEAD, username="lead"),
        officer=person(Role.HIS_OFFICER, username="officer"),
        head=person(Role.UNIT_HEAD, username="head"),
        reader=person(Role.REQUESTING_STAFF, username="reader", institution=hospital),
        outsider=person(Role.REQUESTING_STAFF, username="outsider", institution=institution()),
        hospital=hospital,
    )


def entered(team: Team, number: str = "BG-PR-01", **values: Any) -> Document:
    """A document of the register."""
    given = {
        "title": "Parola prosedürü",
        "kind": "procedure",
        "classification": "internal",
        "owner": team.lead,
        "review_months": 12,
        **values,
    }
    return documents.enter(by=team.officer, number=number, **given)


def approved(team: Team, document: Document, body: str = TEXT, **values: Any) -> Version:
    """A version drafted by the officer and approved by the unit head."""
    version = versions.begin(document, by=team.officer, change_note="Yeni kural.", body=body, **values)
    version = versions.submit(version, by=team.officer, approvers=[team.head])
    return versions.agree(version, by=team.head, sha256=version.sha256)


def in_force(team: Team, document: Document, body: str = TEXT, **values: Any) -> Version:
    """The same, put in force by the lead."""
    return versions.publish(approved(team, document, body, **values), by=team.lead)


@pytest.fixture
def document(team: Team) -> Document:
    """A procedure the hospital's staff read."""
    made = entered(team)
    documents.add_readers(made, by=team.officer, kind="institution", institution=team.hospital)
    return made
