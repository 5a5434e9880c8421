"""Two clerks at once: a form stands on one list, a holder has one request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from accounts.models import Employee, User
from accounts.roles import Role
from esignature import batches, workflow
from esignature.models import Batch, Request
from processes.errors import DomainError
from tests.accounts.people import employee, institution, person
from tests.esignature.making import received
from tests.processes.sheets import load

TRIES = 4


def at_once(act: Callable[[], object]) -> Counter[str]:
    """How often each answer came when all tries begin together, each on its own connection."""
    together = Barrier(TRIES)

    def one(_number: int) -> str:
        try:
            together.wait(20)
            with transaction.atomic():
                act()
            return "done"
        except DomainError as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(TRIES) as threads:
        return Counter(threads.map(one, range(TRIES)))


@pytest.mark.django_db(transaction=True)
def test_forms_are_collected_once() -> None:
    load()
    with transaction.atomic():
        lead, place = person(Role.IT_LEAD), institution()
        forms = [received(lead, employee(place)).pk for _form in range(2)]

    answers = at_once(lambda: batches.collect(forms, by=User.objects.get(pk=lead.pk), recipient=place))

    assert answers == {"done": 1, "wrong-state": TRIES - 1}
    assert Batch.objects.get().requests.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_holder_has_one_request() -> None:
    load()
    with transaction.atomic():
        lead, holder = person(Role.IT_LEAD), employee()

    def act() -> None:
        workflow.receive_form(by=User.objects.get(pk=lead.pk), holder=Employee.objects.get(pk=holder.pk))

    assert at_once(act) == {"done": 1, "rule-broken": TRIES - 1}
    assert Request.objects.filter(holder=holder).count() == 1
