"""The rooms that have moved in: what the engine must know of each to show and serve its cases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import User
from processes.errors import NotFound, RuleBroken
from processes.forms import OpeningForm, StepForm
from processes.models import Case
from processes.panels import Event
from processes.workflow import Workflow


@dataclass(frozen=True)
class Room:
    """One sub-process as the engine sees it.

    `opening` is the form a new case is registered with; `forms` holds one for every step and move, and page, bulk
    action and API all take the step through it; `blocks` are templates shown above the form of a step.
    `facts_template` prints the room's own facts from `context`; `related` names the relations it needs and
    `enriched` adds what else one query can bring, both fetched together with the case.
    `followed_at` is the page on which who registered a confidential case, and must not learn more, follows its status.
    `events` are what the room adds to the timeline of a case, under the name `events_title` of their filter.
    `refused_text` says why a note must not be written on its cases (a secret given away, for instance).
    `states` are the states of the flow, `tones` their colours (`components/badge.html`).
    """

    flow: Workflow[Any]
    title: str | Promise
    states: type[models.TextChoices]
    opening: type[OpeningForm]
    forms: Mapping[str, type[StepForm]]
    facts_template: str
    reports_url: str = ""
    blocks: Mapping[str, str] = field(default_factory=dict)
    related: tuple[str, ...] = ()
    enriched: Callable[[QuerySet[Any]], QuerySet[Any]] = field(default=lambda cases: cases)
    tones: Mapping[str, str] = field(default_factory=dict)
    context: Callable[[Any, User], dict[str, Any]] = field(default=lambda case, user: {})
    events: Callable[[Any, User], Iterable[Event]] = field(default=lambda case, user: ())
    events_title: str | Promise = ""
    followed_at: Callable[[Any, User], str] = field(default=lambda case, user: "")
    refused_text: Callable[[str], str | Promise | None] = field(default=lambda text: None)

    @property
    def number(self) -> str:
        """The official number of the sub-process."""
        return self.flow.number

    def state_label(self, state: str) -> str:
        """A state of this room in the reader's language."""
        return str(self.states(state).label)


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
    return room_for(case.official_number)


def refuse_text(case: Case, **fields: str) -> None:
    """Refuse what must not be written on a case of its room, in whichever box it stands."""
    refused = room_of(case).refused_text
    wrong = {name: [str(why)] for name, text in fields.items() if (why := refused(text))}
    if wrong:
        raise RuleBroken(next(iter(wrong.values()))[0], fields=wrong)


def state_label(case: Case) -> str:
    """The state of a case in the reader's language, told without reading the room's own record."""
    return label_of(case.official_number, case.state)


def state_tone(case: Case) -> str:
    """The colour a case's state is shown in; empty for the ordinary one."""
    return tone_of(case.official_number, case.state)


def label_of(number: str, state: str) -> str:
    """A state of a sub-process in the reader's language."""
    return _rooms[number].state_label(state) if number in _rooms else state


def tone_of(number: str, state: str) -> str:
    """The colour of that state; empty for the ordinary one."""
    return _rooms[number].tones.get(state, "") if number in _rooms else ""
