"""Who knows of a confidential case: the named roles, those let in by name, and nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from accounts.roles import CONFIDENTIAL_STAFF, UNIT_STAFF, Role
from helpdesk import workflow
from helpdesk.models import Ticket
from processes.models import Case, CaseInsider
from processes.services.sight import sees
from tests.accounts.people import person
from tests.engine.cast import Cast, assemble


@pytest.fixture
def cast(db: None) -> Cast:
    return assemble()


def secret(cast: Cast) -> Ticket:
    """A request of the requesting staff member that its room keeps confidential."""
    ticket = workflow.report(
        by=cast[Role.HIS_OFFICER], title="Gizlenen olay", applicant=cast[Role.REQUESTING_STAFF]
    )
    Case.objects.filter(pk=ticket.pk).update(is_confidential=True)
    return Ticket.objects.get(pk=ticket.pk)


def let_in(case: Case, someone: User, by: User) -> CaseInsider:
    return CaseInsider.objects.create(case_id=case.pk, person=someone, added_by=by, reason="İnceliyor")


def knowing(case: Case, people: dict[str, User]) -> set[str]:
    return {name for name, someone in people.items() if sees(case, someone)}


def test_only_the_named_roles_know_of_a_confidential_case(cast: Cast) -> None:
    open_one = workflow.report(
        by=cast[Role.IT_OFFICER], title="Yazıcı arızası", applicant=cast[Role.REQUESTING_STAFF]
    )
    asking = {Role.REQUESTING_STAFF, Role.REQUESTING_UNIT_HEAD}
    assert knowing(open_one, dict(cast)) == UNIT_STAFF | asking
    assert knowing(secret(cast), dict(cast)) == CONFIDENTIAL_STAFF


@pytest.mark.parametrize("who", [Role.IT_OFFICER, Role.REQUESTING_UNIT_HEAD, Role.MINISTRY_UNIT_HEAD])
def test_a_person_let_in_knows_of_that_case_and_of_no_other(cast: Cast, who: str) -> None:
    one, other = secret(cast), secret(cast)
    let_in(one, cast[who], by=cast[Role.HIS_LEAD])
    assert [case.pk for case in Case.objects.visible_to(cast[who])] == [one.pk]
    assert not sees(other, cast[who])
    assert set(Case.objects.hidden_from(cast[who])) == {Case.objects.get(pk=other.pk)}


def test_a_sight_that_ended_is_none(cast: Cast) -> None:
    case = secret(cast)
    admission = let_in(case, cast[Role.IT_LEAD], by=cast[Role.HIS_LEAD])
    assert sees(case, cast[Role.IT_LEAD])
    CaseInsider.objects.filter(pk=admission.pk).update(
        removed_at=case.opened_at, removed_by=cast[Role.HIS_LEAD], removal_reason="Bitti"
    )
    assert not sees(case, cast[Role.IT_LEAD])


def plan(rows: Any) -> str:
    sql, values = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sql}", values)
        return "\n".join(line for (line,) in cursor.fetchall())


def test_the_open_queue_is_still_read_from_its_index_and_the_admissions_once(cast: Cast) -> None:
    """One small question beforehand (InitPlan), and a condition on the row: no question per row, no list of keys."""
    secret(cast)
    rows = Case.objects.visible_to(cast[Role.IT_OFFICER]).open().order_by("queue_at", "pk")[:25]
    told = plan(rows)
    assert "case_open_queue" in told
    assert "InitPlan" in told
    assert "SubPlan" not in told
    outsider = person(Role.REQUESTING_STAFF, username="outsider")
    told = plan(Case.objects.visible_to(outsider).order_by("-opened_at", "-pk")[:25])
    assert "Seq Scan on processes_case " not in told
