"""The check of Ek-5 5.6.5 finds open accounts of leavers and accounts left behind by movers, and nothing before."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.models import Employee
from accounts.roles import Role
from accounts.services import people, staff
from processes import clauses
from processes.keepers import staff as keeper
from tests.accounts.people import employee, institution, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker() -> Employee:
    """Somebody with an account, known to the register."""
    place = institution()
    return employee(place, user=person(Role.REQUESTING_STAFF, institution=place))


def test_nothing_is_found_while_accounts_and_register_agree(worker: Employee) -> None:
    officer = person(Role.IT_OFFICER)
    staff.move(worker, by=officer, institution=institution())
    assert keeper.leavers_and_movers() == []
    staff.leave(worker, by=officer)
    assert keeper.leavers_and_movers() == []


def test_an_account_opened_again_for_a_leaver_is_found(worker: Employee) -> None:
    assert worker.user is not None
    staff.leave(worker, by=person(Role.IT_OFFICER))
    worker.user.refresh_from_db()
    people.reopen(worker.user, by=person(Role.UNIT_HEAD), reason="Yanlışlıkla")
    assert len(keeper.leavers_and_movers()) == 1


def test_a_leaver_recorded_past_the_service_is_found(worker: Employee) -> None:
    Employee.objects.filter(pk=worker.pk).update(left_on=timezone.localdate())
    assert len(keeper.leavers_and_movers()) == 1


def test_an_account_at_another_institution_is_found(worker: Employee) -> None:
    Employee.objects.filter(pk=worker.pk).update(institution=institution())
    assert len(keeper.leavers_and_movers()) == 1


def test_the_clause_names_this_keeper() -> None:
    (clause,) = (one for one in clauses.all_clauses() if one.number == "5.6.5")
    assert keeper.APP in {keeping.app for keeping in clauses.keepings(clause)}
