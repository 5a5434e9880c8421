"""Every state × step × person: allowed exactly when the catalogue's roles, the room's rules and the state say so."""

from __future__ import annotations

import pytest
from django.db import transaction

from accounts.models import User
from processes.confidential import is_hidden_from
from processes.errors import DomainError, NotFound, NotPermitted, RuleBroken, WrongState
from processes.models import Case, StepDefinition
from processes.rooms import Room
from tests.engine.cast import STATE_IDS, STATES, Cast, assemble, case_in, filled
from tests.laying import laid

each_state = pytest.mark.parametrize(("room", "state"), STATES, ids=STATE_IDS)

Outcome = type[DomainError] | str


people = laid(assemble)


def expected(room: Room, key: str, case: Case, by: User, role: str) -> Outcome:
    """What the rules say, read from the catalogue's rows and the room's table: refusal, or the new state."""
    if is_hidden_from(case, by):
        return NotFound
    move = room.flow.moves[key]
    official = StepDefinition.objects.filter(definition=case.definition_id, key=key).first()
    roles = set(official.roles if official else ()) | set(move.roles)
    if role not in roles or any(person(case, by) for person in move.persons):
        return NotPermitted
    if case.state not in move.sources:
        return WrongState
    if any(guard(case, by) for guard in move.guards):
        return RuleBroken
    return str(move.target)


def outcome(room: Room, key: str, case: Case, by: User, people: Cast) -> Outcome:
    """What happens when this person calls the room's written function; afterwards everything is as before."""
    form = filled(room, key, case, people)
    try:
        with transaction.atomic():
            done = type(form).function(case, by=by, **form.cleaned_data)
            transaction.set_rollback(True)
            return str(done.state)
    except DomainError as refusal:
        return type(refusal)


@each_state
def test_steps_are_allowed_exactly_to_those_who_may(room: Room, state: str, people: Cast) -> None:
    case = case_in(room, state, people)
    said = {
        (key, role): expected(room, key, case, by, role) for key in room.forms for role, by in people.items()
    }
    happened = {
        (key, role): outcome(room, key, case, by, people) for key in room.forms for role, by in people.items()
    }
    assert happened == said


@each_state
def test_what_is_offered_is_what_may_be_done(room: Room, state: str, people: Cast) -> None:
    case = case_in(room, state, people)
    for role, by in people.items():
        offered = {offer.key: offer.refusal is None for offer in room.flow.offered(case, by)}
        said = {
            key: isinstance(expected(room, key, case, by, role), str)
            for key, move in room.flow.moves.items()
            if state in move.sources
        }
        assert offered == said, role


@each_state
def test_a_refusal_changes_nothing(room: Room, state: str, people: Cast) -> None:
    case = case_in(room, state, people)
    nobody = people["nobody"]
    stored = type(case).objects.filter(pk=case.pk)
    before = stored.values().get()
    runs = list(case.runs.order_by("pk").values())
    for key in room.forms:
        form = filled(room, key, case, people)
        with pytest.raises(NotFound if case.is_confidential else NotPermitted):
            type(form).function(case, by=nobody, **form.cleaned_data)
    assert (stored.values().get(), list(case.runs.order_by("pk").values())) == (before, runs)
