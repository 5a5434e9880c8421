"""Every room finds the cases that wait for one of its steps longer than planned."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from processes import clauses
from processes.lateness import late
from processes.models import Case
from processes.rooms import Room, all_rooms
from tests.engine.cast import Cast, assemble, opened
from tests.laying import laid

ALIKE = [room for room in all_rooms() if room.number != "5.3.2"]  # breaches have checks of their own


people = laid(assemble)


@pytest.mark.parametrize("room", ALIKE, ids=lambda room: room.number)
def test_a_case_that_waits_too_long_is_found_until_its_clock_stops(room: Room, people: Cast) -> None:
    case = opened(room, people)
    assert case.step is not None
    number, now = case.step.number, timezone.now()
    kept = [
        keeping.check
        for clause in clauses.all_clauses()
        if clause.number == number
        for keeping in clauses.keepings(clause)
    ]
    rows = Case.objects.filter(pk=case.pk)

    rows.update(due_at=now + timedelta(hours=1))
    assert late(number)() == []
    rows.update(due_at=now - timedelta(hours=1), opened_at=now - timedelta(hours=2))
    assert len(late(number)()) == 1
    assert [found for check in kept if check for found in check() if found == late(number)()[0]]
    rows.update(waiting_since=now, waiting_reason="Parça bekleniyor")
    assert late(number)() == []
