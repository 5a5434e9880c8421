"""Eight people press the same button at once: one wins, numbers have no gaps, nothing is half done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction

from accounts.models import User
from audit.models import Entry
from audit.queries import entries_of
from processes.errors import DomainError
from processes.models import Case, CaseCounter
from processes.rooms import Room
from tests.engine.cast import (
    Cast,
    able,
    assemble,
    case_before,
    each_room,
    each_step,
    filled,
    opened,
    recipe_of,
)

TRIES = 8


@pytest.fixture
def people(transactional_db: None) -> Cast:
    with transaction.atomic():
        return assemble()


def at_once(act: Callable[[int], str]) -> Counter[str]:
    """How often each answer came when all tries begin together, each on its own connection."""
    together = Barrier(TRIES)

    def one(number: int) -> str:
        try:
            together.wait(20)
            return act(number)
        except DomainError as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(TRIES) as threads:
        return Counter(threads.map(one, range(TRIES)))


@each_step
def test_one_of_eight_wins(room: Room, key: str, people: Cast) -> None:
    case = case_before(room, key, people)
    by = able(room, key, case, people)
    form = filled(room, key, case, people, by=by)
    told = entries_of(case).count()

    def act(number: int) -> str:
        again = User.objects.get(pk=by.pk)
        same = type(case).objects.get(pk=case.pk)
        type(form).function(same, by=again, version=case.version, **form.cleaned_data)
        return "won"

    answers = at_once(act)

    after = type(case).objects.get(pk=case.pk)
    assert answers == {"won": 1, "stale-version": TRIES - 1}
    assert (after.version, entries_of(case).count()) == (case.version + 1, told + 1)
    assert after.runs.filter(ended_at__isnull=True).count() == (0 if after.closed_at else 1)


@each_room
def test_without_a_version_the_state_decides(room: Room, people: Cast) -> None:
    key = next(
        key for key, move in room.flow.moves.items() if move.sources and move.target not in move.sources
    )
    case = case_before(room, key, people)
    by = able(room, key, case, people)
    form = filled(room, key, case, people, by=by)

    def act(number: int) -> str:
        type(form).function(
            type(case).objects.get(pk=case.pk), by=User.objects.get(pk=by.pk), **form.cleaned_data
        )
        return "won"

    assert at_once(act) == {"won": 1, "wrong-state": TRIES - 1}


@each_room
def test_numbers_have_no_gaps_when_eight_open_at_once(room: Room, people: Cast) -> None:
    by = next(user for user in people.values() if room.flow.may_open(user))
    values = [recipe_of(room).values(room.flow.opening, None, people) for _try in range(TRIES)]

    def act(number: int) -> str:
        again = User.objects.get(pk=by.pk)
        with transaction.atomic():
            form = room.opening(values[number], by=again)
            assert form.is_valid()
            form.open()
            if number % 3 == 0:
                transaction.set_rollback(True)
                return "taken back"
        return "kept"

    assert at_once(act) == {"kept": 5, "taken back": 3}
    numbers = sorted(
        int(number.rpartition("/")[2]) for number in Case.objects.values_list("number", flat=True)
    )
    assert numbers == [1, 2, 3, 4, 5]
    assert CaseCounter.objects.get(subprocess__number=room.number).last == 5
    assert Entry.objects.filter(event="created", object_repr__startswith=f"{room.number}/").count() == 5


@each_room
def test_a_number_taken_back_is_given_again(room: Room, people: Cast) -> None:
    with transaction.atomic():
        lost = opened(room, people).number
        transaction.set_rollback(True)
    with transaction.atomic():
        kept = opened(room, people).number
    assert kept == lost
