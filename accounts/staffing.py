"""What other floors do when somebody leaves the staff or moves: they are called inside the change's own transaction.

A room says once, in its `AppConfig.ready()`, what happens to what it keeps for the person: open a case, end a right.
What a listener raises takes the whole change back.
"""

from __future__ import annotations

from collections.abc import Callable

from accounts.models import Employee, Institution, Unit, User

OnLeft = Callable[[Employee, User], None]
OnMoved = Callable[[Employee, Institution, Unit | None, User], None]

_left: list[OnLeft] = []
_moved: list[OnMoved] = []


def on_left(listener: OnLeft) -> OnLeft:
    """Call `listener(employee, by)` whenever somebody leaves; asking twice changes nothing."""
    if listener not in _left:
        _left.append(listener)
    return listener


def on_moved(listener: OnMoved) -> OnMoved:
    """Call `listener(employee, old_institution, old_unit, by)` whenever somebody changes institution or unit."""
    if listener not in _moved:
        _moved.append(listener)
    return listener


def tell_left(employee: Employee, by: User) -> None:
    """Everybody who asked hears that this person left."""
    for listener in _left:
        listener(employee, by)


def tell_moved(employee: Employee, old_institution: Institution, old_unit: Unit | None, by: User) -> None:
    """Everybody who asked hears that this person works elsewhere now."""
    for listener in _moved:
        listener(employee, old_institution, old_unit, by)
