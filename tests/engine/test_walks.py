"""Long random ways through every flow: whatever people try, the invariants of a case hold."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from django.utils import timezone

from accounts.roles import Role
from audit.queries import entries_of
from processes.errors import DomainError
from processes.models import Case, StepRun
from processes.models.case import NO_CLOCK
from processes.rooms import Room
from processes.services import cases
from tests.engine.cast import Cast, assemble, each_room, filled, opened

ATTEMPTS = 60


def check(room: Room, case: Case, moves: int) -> None:
    """What must hold for a case after any number of moves."""
    running = StepRun.objects.filter(case=case, ended_at__isnull=True)
    is_closed = case.state in room.flow.closing
    assert case.version == 1 + moves
    assert entries_of(case).count() == 1 + moves
    assert running.count() == (0 if is_closed else 1)
    assert (case.closed_at is not None, case.closed_by_id is not None, case.step_id is None) == (
        is_closed,
    ) * 3
    assert case.queue_at == (NO_CLOCK if case.is_waiting else case.due_at or NO_CLOCK)
    if not is_closed:
        assert case.step_id == running.get().step_id
    for run in StepRun.objects.filter(case=case):
        assert (run.ended_at is None) == (run.ended_by_id is None) == (run.outcome == "")
        assert run.ended_at is None or run.ended_at >= run.entered_at


@each_room
@pytest.mark.parametrize("seed", range(6))
def test_invariants_hold_on_any_way(room: Room, seed: int, db: None) -> None:
    people: Cast = assemble()
    chance = Random(seed)
    case, moves = opened(room, people), 0
    for _attempt in range(ATTEMPTS):
        by = chance.choice(list(people.values()))
        key = chance.choice([*room.forms, "pause", "resume"])
        try:
            if key == "pause":
                case = cases.pause(case, by=by, reason="Parça bekleniyor.")
            elif key == "resume":
                case = cases.resume(case, by=by)
            else:
                form = filled(room, key, case, people)
                case = type(form).function(case, by=by, **form.cleaned_data)
        except DomainError:
            case = type(case).objects.get(pk=case.pk)
        else:
            moves += 1
        check(room, type(case).objects.get(pk=case.pk), moves)
    assert moves > 0


@each_room
def test_a_pause_moves_the_due_time_by_the_working_days_waited(room: Room, db: None) -> None:
    people = assemble()
    case = opened(room, people)
    run = case.runs.get(ended_at__isnull=True)
    assert case.due_at is not None
    due = case.due_at
    began = run.entered_at
    staff = people[Role.UNIT_HEAD]

    waiting = cases.pause(case, by=staff, reason="Parça bekleniyor.", now=began + timedelta(minutes=1))
    assert (waiting.queue_at, waiting.is_waiting) == (NO_CLOCK, True)
    after = cases.resume(case, by=staff, now=began + timedelta(days=14, minutes=1))

    assert after.due_at is not None
    assert due + timedelta(days=13) <= after.due_at <= due + timedelta(days=15)
    assert (after.queue_at, after.waiting_reason, after.waiting_since) == (after.due_at, "", None)
    (pause,) = case.runs.get(ended_at__isnull=True).pauses
    assert (pause["reason"], pause["by"], pause["until"] is not None) == ("Parça bekleniyor.", staff.pk, True)


@each_room
def test_a_step_ends_the_pause(room: Room, db: None) -> None:
    people = assemble()
    case = opened(room, people)
    cases.pause(case, by=people[Role.UNIT_HEAD], reason="Parça bekleniyor.")
    key = next(key for key, move in room.flow.moves.items() if case.state in move.sources)
    form = filled(room, key, case, people)
    by = next(user for user in people.values() if room.flow.refusal(key, case, user) is None)
    done = type(form).function(case, by=by, **form.cleaned_data)
    assert (done.waiting_since, done.waiting_reason) == (None, "")
    assert all(pause["until"] for run in done.runs.all() for pause in run.pauses)


@each_room
def test_the_queue_puts_the_most_urgent_first_and_the_waiting_last(room: Room, db: None) -> None:
    people = assemble()
    staff = people[Role.UNIT_HEAD]
    first, second, waits = opened(room, people), opened(room, people), opened(room, people)
    now = timezone.now()
    for case, hours in ((first, 1), (second, 2)):
        Case.objects.filter(pk=case.pk).update(
            due_at=now + timedelta(hours=hours), queue_at=now + timedelta(hours=hours)
        )
    cases.pause(waits, by=staff, reason="Parça bekleniyor.")
    queue = Case.objects.visible_to(staff).open().order_by("queue_at", "id")
    assert list(queue.values_list("pk", flat=True)) == [first.pk, second.pk, waits.pk]
