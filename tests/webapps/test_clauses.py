"""Each clause this room keeps has a check that can fail."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import Employee
from processes.models import Case
from tests.webapps.conftest import Team, keys
from webapps import clauses, reconciling, reviewing, workflow
from webapps.models import (
    AccessRequest,
    Application,
    Authority,
    Campaign,
    ConditionCheck,
    Reconciliation,
    RequestLine,
    Standing,
)

PAST = timedelta(days=30)


def overdue(asked: AccessRequest) -> None:
    """Its step should have been taken a month ago."""
    Case.objects.filter(pk=asked.pk).update(due_at=timezone.now() - PAST)


def test_everything_is_kept_by_a_room_in_order(team: Team) -> None:
    team.grant(team.staff())
    reconciling.compare(
        team.application,
        BytesIO(f"Sicil No;Rol\n{Employee.objects.latest('pk').registry_no};RAPOR\n".encode()),
        "liste.csv",
        by=team.lead,
    )

    checks = [check for _number, _key, check in clauses.STEPS] + [check for _n, _h, check in clauses.ANNEX]
    assert [finding for check in checks for finding in check()] == []


@pytest.mark.parametrize(
    ("until", "check"),
    [
        ("requested", clauses.evaluated),
        ("evaluated", clauses.rejected),
        ("accepted", clauses.performed),
        ("support", clauses.escalated),
        ("settled", clauses.informed),
    ],
)
def test_a_step_that_is_late_is_a_finding(team: Team, until: str, check: object) -> None:
    asked = team.ask(team.entry(team.staff(), role=team.checked), team.entry(team.staff()))
    second = keys(asked)[1]
    for name, step in (
        ("evaluated", lambda one: workflow.evaluate(one, by=team.lead)),
        ("accepted", lambda one: workflow.reject(one, by=team.lead)),
        ("support", lambda one: workflow.perform(one, by=team.lead, ticket="YD-1")),
        ("settled", lambda one: workflow.escalate(one, by=team.lead, solved=[second], answer="Tamam.")),
    ):
        if asked.state == until:
            break
        asked = step(asked)
        assert asked.state == name
    assert check() == []  # type: ignore[operator]  # one of the checks
    overdue(asked)

    assert len(check()) == 1  # type: ignore[operator]  # one of the checks


def test_a_letter_whose_users_are_not_entered_is_a_finding(team: Team) -> None:
    asked = team.ask()
    assert clauses.requested() == []
    overdue(asked)

    assert len(clauses.requested()) == 1


def test_somebody_accepted_against_an_answer_is_a_finding(team: Team) -> None:
    team.grant(team.staff(), role=team.checked)
    assert clauses.evaluated() == []
    ConditionCheck.objects.update(is_met=False)

    assert len(clauses.evaluated()) == 1


def test_a_role_carried_out_that_is_not_in_the_register_is_a_finding(team: Team) -> None:
    team.grant(team.staff())
    assert clauses.performed() == []
    assert RequestLine.objects.get().standing == Standing.DONE
    with transaction.atomic():
        Authority.objects.all().delete()

    assert len(clauses.performed()) == 1


def test_an_application_without_roles_or_conditions_is_a_finding(team: Team) -> None:
    assert clauses.unowned() == []
    with transaction.atomic():
        Application.objects.create(name="Boş", code="BOS", owner="Birim", support_channel="Destek")

    assert len(clauses.unowned()) == 2


def test_an_application_not_reviewed_for_a_year_is_a_finding(team: Team) -> None:
    team.grant(team.staff(), now=timezone.now() - timedelta(days=400))
    assert len(clauses.reviewed()) == 1

    campaign = reviewing.begin(
        by=team.lead,
        title="Gözden geçirme",
        applications=[team.application],
        deadline=timezone.localdate(),
        reviewer=team.lead,
    )
    assert clauses.reviewed() == []
    Campaign.objects.filter(pk=campaign.pk).update(deadline=timezone.localdate() - PAST)

    assert len(clauses.reviewed()) == 1


def test_access_of_a_leaver_or_mover_without_a_request_is_a_finding(team: Team) -> None:
    left, moved = team.staff(), team.staff()
    team.grant(left, moved)
    assert clauses.current() == []
    Employee.objects.filter(pk=left.pk).update(left_on=timezone.localdate())
    Employee.objects.filter(pk=moved.pk).update(institution=team.other)

    assert len(clauses.current()) == 2


def test_a_list_not_compared_and_a_difference_left_open_are_findings(team: Team) -> None:
    team.grant(team.staff())
    assert len(clauses.compared()) == 1
    reconciling.compare(team.application, BytesIO(b"Sicil No;Rol\nX1;RAPOR\n"), "liste.csv", by=team.lead)
    assert clauses.compared() == []
    Reconciliation.objects.update(made_at=timezone.now() - timedelta(days=31))

    assert len(clauses.compared()) == 1
