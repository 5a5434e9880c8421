"""What the tests that hold for every room stand on: one person for each role, and the way to any state."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Protocol, cast

import pytest

from accounts.models import User
from accounts.roles import UNIT_STAFF, Role
from processes.forms import OpeningForm, StepForm
from processes.models import Case
from processes.rooms import Room, all_rooms
from tests.accounts.people import institution, person
from tests.processes.sheets import load

NOBODY = "nobody"

Cast = Mapping[str, User]
Values = dict[str, Any]


class Recipe(Protocol):
    """What a room tells of itself in `tests/<room>/recipes.py`: right answers to its own forms."""

    def values(self, key: str, case: Case | None, people: Cast) -> Values:
        """What a person writes into the form of a step (or the opening form, without a case), as a browser sends it."""


ROOMS = all_rooms()
NUMBERS = [room.number for room in ROOMS]
STEPS = [(room, key) for room in ROOMS for key in room.forms]
STEP_IDS = [f"{room.number}-{key}" for room, key in STEPS]
STATES = [(room, str(state)) for room in ROOMS for state in room.states.values]
each_room = pytest.mark.parametrize("room", ROOMS, ids=NUMBERS)
each_step = pytest.mark.parametrize(("room", "key"), STEPS, ids=STEP_IDS)
STATE_IDS = [f"{room.number}-{state}" for room, state in STATES]


def assemble() -> Cast:
    """The catalogue in force, one person for each role, and one without any."""
    load()
    hospital = institution()
    people = {
        role: person(role, username=f"the_{role}", institution=None if role in UNIT_STAFF else hospital)
        for role in Role.values
    }
    return people | {NOBODY: person(username="the_nobody", institution=hospital)}


def recipe_of(room: Room) -> Recipe:
    """The right answers of a room."""
    module = import_module(f"tests.{room.flow.model._meta.app_label}.recipes")
    return cast(Recipe, module)


def registration(room: Room, people: Cast, values: Values | None = None) -> OpeningForm:
    """The form of a new case, rightly filled in by whoever may."""
    by = next(user for user in people.values() if room.flow.may_open(user))
    form = room.opening(values or recipe_of(room).values(room.flow.opening, None, people), by=by)
    assert form.is_valid(), form.errors.as_json()
    return form


def opened(room: Room, people: Cast, values: Values | None = None) -> Case:
    """A new case, registered by whoever may."""
    return registration(room, people, values).open()


def filled(room: Room, key: str, case: Case, people: Cast, by: User | None = None) -> StepForm:
    """The form of a step, rightly filled in."""
    values = recipe_of(room).values(key, case, people)
    form = room.forms[key](values, case=case, by=by or people[Role.UNIT_HEAD])
    assert form.is_valid(), f"{key}: {form.errors.as_json()}"
    return form


def taken(room: Room, key: str, case: Case, people: Cast) -> Case:
    """The case after a step, taken by somebody who may."""
    return filled(room, key, case, people, by=able(room, key, case, people)).take()


def able(room: Room, key: str, case: Case, people: Cast) -> User:
    """Somebody who may take this step now."""
    found = [user for user in people.values() if room.flow.refusal(key, case, user) is None]
    assert found, f"nobody may {key} in {case.state}: {room.flow.refusal(key, case, people[Role.UNIT_HEAD])}"
    return found[0]


def ways(room: Room) -> dict[str, list[str]]:
    """For every state that can be reached, the shortest row of steps from a new case to it."""
    moves = room.flow.moves
    begin = str(moves[room.flow.opening].target)
    found: dict[str, list[str]] = {begin: []}
    waiting = deque([begin])
    while waiting:
        here = waiting.popleft()
        for key, move in moves.items():
            if here in move.sources and str(move.target) not in found:
                found[str(move.target)] = [*found[here], key]
                waiting.append(str(move.target))
    return found


def case_in(room: Room, state: str, people: Cast) -> Case:
    """A case that came to a state by real steps."""
    case = opened(room, people)
    for key in ways(room)[state]:
        case = taken(room, key, case, people)
    assert case.state == state
    return case


def case_before(room: Room, key: str, people: Cast) -> Case:
    """A case in which a step may be taken next."""
    return case_in(room, str(room.flow.moves[key].sources[0]), people)
