"""The supply list of a request (5.3.6.4)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import User
from helpdesk.models import State, SupplyItem, SupplyState, Ticket
from processes.errors import WrongState
from processes.gate import save
from processes.services.cases import handled

EDITABLE_IN = (State.ASSESSED, State.PLANNED)


def add(ticket: Ticket, *, by: User, name: str, quantity: int = 1, source: str = "") -> SupplyItem:
    """Write down something the solution needs."""
    with handled(ticket, "supply_add", by=by) as (locked, _run):
        _editable(locked.state)
        item = SupplyItem(ticket_id=locked.pk, name=name, quantity=quantity, source=source)
        save(item)
    return item


def mark(item: SupplyItem, *, by: User, state: str) -> SupplyItem:
    """Say where a needed thing stands: ordered, received or no longer needed."""
    with handled(item.ticket, "supply_mark", by=by) as (locked, _run):
        _editable(locked.state)
        item.state = SupplyState(state)
        save(item)
    return item


def _editable(state: str) -> None:
    if state not in EDITABLE_IN:
        raise WrongState(_("The supply list is open from the assessment until the supply is concluded."))
