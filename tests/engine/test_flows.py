"""Every room's flow agrees with the catalogue in force, and with its own forms and states."""

from __future__ import annotations

import sys
from inspect import getdoc, signature
from typing import Any

from django.apps import apps
from django.db import models

from processes import catalogue
from processes.models import Case
from processes.rooms import Room
from tests.engine.cast import ROOMS, each_room, each_step, ways
from tests.processes.sheets import load


def target_of(field: Any) -> type[models.Model]:
    """The model a relation points at."""
    found: type[models.Model] = field.related_model
    return found


def sheet_of(room: Room) -> catalogue.Sheet:
    load()
    return catalogue.sheet(catalogue.approved(room.number).pk)


@each_room
def test_every_official_step_is_a_move(room: Room, db: None) -> None:
    assert {step.key for step in sheet_of(room).steps} <= set(room.flow.moves)


@each_room
def test_official_steps_stand_in_the_flow_in_their_official_order(room: Room, db: None) -> None:
    official = [step.key for step in sheet_of(room).steps]
    assert [key for key in room.flow.moves if key in official] == official


@each_room
def test_a_move_that_is_no_official_step_says_who_may_make_it(room: Room, db: None) -> None:
    official = {step.key for step in sheet_of(room).steps}
    assert [key for key, move in room.flow.moves.items() if key not in official and not move.roles] == []


@each_room
def test_every_move_but_the_opening_has_a_form(room: Room) -> None:
    assert set(room.forms) == set(room.flow.moves) - {room.flow.opening}


@each_step
def test_a_form_asks_for_what_its_written_function_takes(room: Room, key: str) -> None:
    function = room.forms[key].function
    keywords = {
        name
        for name, parameter in signature(function).parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY and name not in {"by", "version", "now"}
    }
    assert function.__name__ == key
    assert getattr(sys.modules[function.__module__], key) is function
    assert set(room.forms[key].base_fields) <= keywords
    assert getdoc(function), "say what the step means in the office"


@each_room
def test_sources_and_targets_are_states_of_the_room(room: Room) -> None:
    known = set(room.states.values)
    for key, move in room.flow.moves.items():
        assert {*map(str, move.sources), str(move.target)} <= known, key
    assert set(map(str, room.flow.closing)) <= known


@each_room
def test_every_state_can_be_reached(room: Room) -> None:
    assert set(ways(room)) == set(room.states.values)


@each_room
def test_an_open_case_always_waits_for_an_official_step(room: Room, db: None) -> None:
    case = room.flow.model(definition_id=sheet_of(room).definition_id)
    open_states = [state for state in room.states.values if state not in room.flow.closing]
    assert [state for state in open_states if room.flow.waits_for(case, state) is None] == []


@each_room
def test_every_state_has_a_name_in_the_readers_language(room: Room) -> None:
    assert [state for state in room.states.values if room.state_label(state) in {"", state}] == []


def test_no_room_points_at_another() -> None:
    rooms = {room.flow.model._meta.app_label for room in ROOMS}
    crossing = [
        f"{field.model._meta.label}.{field.name} → {target_of(field)._meta.label}"
        for label in rooms
        for model in apps.get_app_config(label).get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField)
        and target_of(field)._meta.app_label in rooms - {label}
    ]
    assert crossing == []


def test_lower_floors_do_not_point_at_rooms() -> None:
    rooms = {room.flow.model._meta.app_label for room in ROOMS}
    crossing = [
        f"{field.model._meta.label}.{field.name}"
        for label in ("audit", "accounts", "processes", "ebys")
        for model in apps.get_app_config(label).get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField)
        and target_of(field)._meta.app_label in rooms
    ]
    assert crossing == []


@each_room
def test_a_rooms_record_is_a_case(room: Room) -> None:
    assert issubclass(room.flow.model, Case)
    assert room.flow.number == room.number
