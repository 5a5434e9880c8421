"""What a floor above adds to the page of a case: its letters, its reports.

The engine cannot import the floors above it, so they offer a panel here once, in their `AppConfig.ready()`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from accounts.models import User
from processes.models import Case


@dataclass(frozen=True)
class Event:
    """One entry of a case's timeline. `kind` is what the timeline is filtered by, `tone` its colour."""

    at: datetime
    kind: str
    title: str | Promise
    text: str = ""
    by: User | None = None
    on_behalf_of: User | None = None
    url: str = ""
    icon: str = ""
    is_internal: bool = False


@dataclass(frozen=True)
class Panel:
    """A tab and a block of the case page.

    `context` reads what the template prints (few queries, whatever the number of rows); `events` tells from that
    what belongs into the timeline; `shown_to` decides for whom.
    """

    key: str
    title: str | Promise
    template: str
    context: Callable[[Case, User], dict[str, Any]]
    shown_to: Callable[[User], bool]
    events: Callable[[dict[str, Any]], Iterable[Event]] = lambda context: ()


@dataclass(frozen=True)
class Urgent:
    """A sentence above a person's work that must not wait; `tone` is late or soon, `url` leads to what it is about."""

    text: str | Promise
    url: str
    link: str | Promise
    tone: str = "late"


_panels: dict[str, Panel] = {}
_warners: list[Callable[[User], Iterable[Urgent]]] = []


def offer(panel: Panel) -> None:
    """Put a panel on the page of every case; called once per app at start."""
    _panels[panel.key] = panel


def panels_for(user: User) -> list[Panel]:
    """The panels this person sees."""
    return [panel for panel in _panels.values() if panel.shown_to(user)]


def urge_with(warner: Callable[[User], Iterable[Urgent]]) -> None:
    """Let a floor above put sentences on the page a working day begins on; called once at start.

    Asked at each visit: at most one query, and none for who is not concerned.
    """
    if warner not in _warners:
        _warners.append(warner)


def urgent_for(user: User) -> list[Urgent]:
    """The sentences for this person now."""
    return [urgent for warner in _warners for urgent in warner(user)]
