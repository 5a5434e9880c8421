"""The rooms that have moved in: what the engine must know of each to show and serve its cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import User
from processes.errors import NotFound
from processes.forms import OpeningForm, StepForm
from processes.models import Case
from processes.workflow import Workflow


@dataclass(frozen=True)
class Room:
    """One sub-process as the engine sees it.

    `forms` holds a form for every step and move; page, bulk action and API all take the step through it.
    `opening` is the form a new case is registered with. `facts_template` prints the room's own facts.
    `related` names the relations its facts print, fetched together with the case.
    """

    flow: Workflow[Any]
    title: str | Promise
    opening: type[OpeningForm]
    forms: Mapping[str, type[StepForm]]
    facts_template: str
    reports_url: str = ""
    related: tuple[str, ...] = ()
    context: Callable[[Any, User], dict[str, Any]] = field(default=lambda case, user: {})

    @property
    def number(self) -> str:
        """The official number of the sub-process."""
        return self.flow.number


_rooms: dict[str, Room] = {}


def register(room: Room) -> None:
    """Let a room in; called once from its AppConfig.ready()."""
    _rooms[room.number] = room


def all_rooms() -> list[Room]:
    """Every room, in the order of the official numbers."""
    return [_rooms[number] for number in sorted(_rooms)]


def room_for(number: str) -> Room:
    """The room of a sub-process number."""
    if number not in _rooms:
        raise NotFound(_("Sub-process %(number)s is not kept in this system yet.") % {"number": number})
    return _rooms[number]


def has_room(number: str) -> bool:
    """That sub-process is worked on in this system."""
    return number in _rooms


def room_of(case: Case) -> Room:
    """The room a case belongs to, told from its number."""
    return room_for(case.number.partition("/")[0])
