"""The people, the catalogue and the letters every test of 5.3.3 needs."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Employee, Institution, User
from accounts.roles import Role
from ebys.reference import load_templates
from tests.accounts.people import employee, institution, person
from tests.laying import laid
from tests.processes.sheets import load


@dataclass(frozen=True)
class Team:
    """One person of each kind."""

    lead: User
    officer: User
    approver: User
    holder: Employee
    hospital: Institution
    kamusm: Institution

    @property
    def applicant(self) -> User:
        """The holder's account."""
        assert self.holder.user is not None
        return self.holder.user


@laid
def team() -> Team:
    """The catalogue in force, the templates, and who plays."""
    load()
    load_templates()
    hospital = institution()
    account = person(Role.REQUESTING_STAFF, username="applicant", institution=hospital)
    return Team(
        lead=person(Role.IT_LEAD, username="lead"),
        officer=person(Role.IT_OFFICER, username="officer"),
        approver=person(Role.HIS_LEAD, username="approver"),
        holder=employee(hospital, user=account, email="holder@ornek.example"),
        hospital=hospital,
        kamusm=institution("ministry", name="Örnek Sertifikasyon Merkezi"),
    )
