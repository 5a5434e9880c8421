"""What others want to know of letters. A listener runs in the transaction of the change it hears of.

A room may wait for the answer's number (`on_registered`), the webhooks for everything another system was promised.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accounts.models import User
from ebys.models import OutgoingLetter

Listener = Callable[[Any, User], None]

DRAFTED = "letter.drafted"
RECEIVED = "letter.received"
ROUTED = "letter.routed"
FILED = "letter.filed"
READY = "letter.ready"
WITHDRAWN = "letter.withdrawn"
HANDED = "letter.handed"
REGISTERED = "letter.registered"
RETURNED = "letter.returned"

_listeners: dict[str, list[Listener]] = {}


def listen(event: str, listener: Listener) -> None:
    """Let `listener(letter, by)` run whenever this happens; called once per app at start."""
    known = _listeners.setdefault(event, [])
    if listener not in known:
        known.append(listener)


def forget(event: str, listener: Listener) -> None:
    """Stop telling this listener."""
    _listeners.get(event, []).remove(listener)


def on_drafted(listener: Callable[[OutgoingLetter, User], None]) -> None:
    """Let `listener(letter, by)` run when a letter was begun, to enclose what goes with it."""
    listen(DRAFTED, listener)


def on_registered(listener: Callable[[OutgoingLetter, User], None]) -> None:
    """Let `listener(letter, by)` run when EBYS has given a letter its number and date."""
    listen(REGISTERED, listener)


def tell(event: str, letter: Any, by: User) -> None:
    """It happened: everybody who listens hears of it, in the order they came."""
    for listener in _listeners.get(event, []):
        listener(letter, by)
