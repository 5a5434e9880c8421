"""The people, the application and the catalogue every test of 5.3.7 needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import Employee, Institution, User
from accounts.roles import Role
from tests.accounts.people import employee, institution, person
from tests.laying import laid
from tests.processes.sheets import load
from tests.webapps.recipes import registered
from webapps import workflow
from webapps.lines import Entry
from webapps.models import AccessRequest, Application, AppRole, Operation, RequestLine


@dataclass(frozen=True)
class Team:
    """One person of each kind, their place, an application and its two roles; `checked` has a condition."""

    lead: User
    officer: User
    head: User
    outsider: User
    hospital: Institution
    other: Institution
    application: Application
    checked: AppRole
    plain: AppRole

    def staff(self, **values: Any) -> Employee:
        """Somebody on the staff of the hospital."""
        return employee(self.hospital, **values)

    def ask(self, *entries: Entry, now: datetime | None = None) -> AccessRequest:
        """A request of the unit head."""
        return workflow.request(
            by=self.head, title="Yetki talebi", applicant=self.head, lines=entries, now=now
        )

    def entry(
        self, who: Employee, operation: str = Operation.AUTHORISE, role: AppRole | None = None
    ) -> Entry:
        """One line: the plain role unless said otherwise."""
        wanted = None if operation == Operation.DEACTIVATE else role or self.plain
        return Entry(self.application, who, operation, wanted)

    def grant(
        self, *people: Employee, role: AppRole | None = None, now: datetime | None = None
    ) -> AccessRequest:
        """Everybody gets the role by a request walked to its end."""
        asked = self.ask(*(self.entry(who, role=role) for who in people), now=now)
        return self.carried_out(asked, now=now)

    def carried_out(self, asked: AccessRequest, now: datetime | None = None) -> AccessRequest:
        """A request whose users all fulfil the conditions and are done."""
        asked = workflow.evaluate(asked, by=self.lead, all_met=True, now=now)
        asked = workflow.perform(asked, by=self.lead, done=keys(asked), evidence="Ekran görüntüsü", now=now)
        return workflow.inform(
            asked, by=self.lead, answer_channel="portal", answer_note="Bildirildi.", now=now
        )


def keys(asked: AccessRequest) -> list[str]:
    """The keys of all lines."""
    return [str(key) for key in RequestLine.objects.filter(request=asked.pk).values_list("pk", flat=True)]


@laid
def team() -> Team:
    """The catalogue in force, the application, and who plays."""
    load()
    hospital, other = institution(), institution()
    application = registered()
    return Team(
        lead=person(Role.IT_LEAD, username="lead"),
        officer=person(Role.IT_OFFICER, username="officer"),
        head=person(Role.REQUESTING_UNIT_HEAD, username="head", institution=hospital),
        outsider=person(Role.REQUESTING_UNIT_HEAD, username="outsider", institution=other),
        hospital=hospital,
        other=other,
        application=application,
        checked=application.roles.get(code="KONTROL"),
        plain=application.roles.get(code="RAPOR"),
    )
