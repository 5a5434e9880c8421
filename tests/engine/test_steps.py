"""What every step leaves behind: the new state, one entry in the trail, a run, a clock; or nothing at all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Delegation
from audit.queries import entries_of
from processes import catalogue
from processes.errors import StaleVersion
from processes.models.case import NO_CLOCK
from processes.rooms import Room
from tests.accounts.people import person
from tests.engine.cast import (
    Cast,
    able,
    assemble,
    case_before,
    each_room,
    each_step,
    filled,
    opened,
    registration,
)
from tests.laying import laid

BUDGET = 14
BUDGETS = {
    ("5.3.2", "merge"): 2 * BUDGET
}  # two breaches are changed, and what the one takes over of the other
HOUSEKEEPING = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


people = laid(assemble)


def questions(queries: CaptureQueriesContext) -> list[str]:
    """The statements that ask or write; keeping savepoints is not counted."""
    return [query["sql"] for query in queries if not query["sql"].startswith(HOUSEKEEPING)]


@each_step
def test_a_step_is_told_once_with_step_person_and_reason(room: Room, key: str, people: Cast) -> None:
    case = case_before(room, key, people)
    by = able(room, key, case, people)
    form = filled(room, key, case, people, by=by)
    before = entries_of(case).count()

    done = form.take()

    entry, *_older = entries_of(done)
    assert entries_of(done).count() == before + 1
    assert (entry.event, entry.step, entry.actor, entry.on_behalf_of) == ("changed", key, by, None)
    assert entry.changes is not None
    assert entry.changes["version"] == [case.version, case.version + 1]
    if case.state != done.state:
        assert entry.changes["state"] == [case.state, done.state]
    written = [value for value in form.cleaned_data.values() if isinstance(value, str)]
    assert entry.reason in {"", *written}


@each_room
def test_an_opening_is_told_once(room: Room, people: Cast) -> None:
    case = opened(room, people)
    entry = entries_of(case).get()
    assert (entry.event, entry.step, entry.actor, entry.object_repr) == (
        "created",
        room.flow.opening,
        case.opened_by,
        case.number,
    )


@each_step
def test_a_step_taken_back_leaves_nothing(room: Room, key: str, people: Cast) -> None:
    case = case_before(room, key, people)
    form = filled(room, key, case, people, by=able(room, key, case, people))
    stored = type(case).objects.filter(pk=case.pk)
    before = (stored.values().get(), entries_of(case).count(), list(case.runs.order_by("pk").values()))
    with transaction.atomic():
        form.take()
        transaction.set_rollback(True)
    assert (
        stored.values().get(),
        entries_of(case).count(),
        list(case.runs.order_by("pk").values()),
    ) == before


@each_step
def test_a_step_on_an_old_version_is_refused(room: Room, key: str, people: Cast) -> None:
    case = case_before(room, key, people)
    form = filled(room, key, case, people, by=able(room, key, case, people))
    with pytest.raises(StaleVersion):
        form.take(version=case.version - 1)


@each_step
def test_a_step_stays_within_its_budget(room: Room, key: str, people: Cast) -> None:
    case = case_before(room, key, people)
    form = filled(room, key, case, people, by=able(room, key, case, people))
    with CaptureQueriesContext(connection) as queries:
        form.take()
    asked = questions(queries)
    assert len(asked) <= BUDGETS.get((room.flow.number, key), BUDGET), "\n".join(asked)


@each_room
def test_an_opening_stays_within_its_budget(room: Room, people: Cast) -> None:
    opened(room, people)
    form = registration(room, people)
    with CaptureQueriesContext(connection) as queries:
        form.open()
    asked = questions(queries)
    assert len(asked) <= BUDGET, "\n".join(asked)


@each_step
def test_who_closed_when_and_what_is_awaited_agree(room: Room, key: str, people: Cast) -> None:
    case = case_before(room, key, people)
    by = able(room, key, case, people)
    began = timezone.now()

    done = filled(room, key, case, people, by=by).take()

    done = type(done).objects.get(pk=done.pk)
    running = list(done.runs.filter(ended_at__isnull=True))
    if done.state in room.flow.closing:
        assert (running, done.step_id, done.due_at, done.queue_at) == ([], None, None, NO_CLOCK)
        assert done.closed_by is not None
        assert done.closed_at is not None
        if case.closed_at is None:
            assert done.closed_by == by
            assert began <= done.closed_at <= timezone.now()
    else:
        (run,) = running
        assert (done.closed_at, done.closed_by) == (None, None)
        assert (run.step_id, run.due_at) == (done.step_id, done.due_at)
        assert done.queue_at == (done.due_at or NO_CLOCK)


@each_step
def test_an_official_step_ends_its_run(room: Room, key: str, people: Cast) -> None:
    case = case_before(room, key, people)
    by = able(room, key, case, people)
    official = catalogue.sheet(case.definition_id).step(key)
    before = case.runs.filter(step=official, ended_at__isnull=False).count() if official else 0

    done = filled(room, key, case, people, by=by).take()

    if official is None:
        assert not done.runs.filter(step__key=key).exists()
    else:
        ended = done.runs.filter(step=official, ended_at__isnull=False).order_by("pk")
        assert ended.count() == before + 1
        last = ended.last()
        assert last is not None
        assert (last.ended_by, last.outcome in {"done", "skipped"}) == (by, True)


@each_step
def test_a_deputy_and_the_principal_are_both_told(room: Room, key: str, people: Cast) -> None:
    case = case_before(room, key, people)
    principal = able(room, key, case, people)
    deputy = person(username="the_deputy", institution=principal.institution)
    today = timezone.localdate()
    with transaction.atomic():
        Delegation.objects.create(
            from_user=principal,
            to_user=deputy,
            valid_from=today,
            valid_until=today + timedelta(days=1),
            reason="Yıllık izin",
            given_by=principal,
        )
    if any(objection(case, deputy) for objection in room.flow.moves[key].persons):
        assert room.flow.refusal(key, case, deputy) is not None
        return

    done = filled(room, key, case, people, by=deputy).take()

    entry, *_older = entries_of(done)
    assert (entry.actor, entry.on_behalf_of) == (deputy, principal)
    if catalogue.sheet(case.definition_id).step(key) is not None:
        run = done.runs.filter(step__key=key, ended_at__isnull=False).order_by("pk").last()
        assert run is not None
        assert (run.ended_by, run.on_behalf_of) == (deputy, principal)
