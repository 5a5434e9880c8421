"""Several people sign the same edition in the same moment: one signature counts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from accounts.models import User
from accounts.roles import Role
from processes import approval
from processes.errors import DomainError
from processes.models import Definition
from processes.services import definitions
from tests.accounts.people import person
from tests.processes.sheets import load

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_of_eight_approvals_wins_and_the_others_are_refused():
    with transaction.atomic():
        draft = definitions.copy(load("5.3.6")["5.3.6"], by=person(Role.HIS_LEAD), note="Süre değişti.")
        approval.check(draft, by=person(Role.IT_LEAD))
        heads = [person(Role.UNIT_HEAD) for _place in range(8)]

    def sign(head: User) -> str:
        try:
            approval.approve(draft, by=head)
        except DomainError as refusal:
            return refusal.code
        finally:
            connection.close()
        return "approved"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(sign, heads))

    assert sorted(outcomes) == ["approved", *["wrong-state"] * 7]
    assert set(Definition.objects.values_list("edition", "state")) == {(1, "retired"), (2, "approved")}
