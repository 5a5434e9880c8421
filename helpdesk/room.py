"""The room of 5.3.6 as the engine sees it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.authority import works_in_unit
from accounts.models import User
from helpdesk import forms, workflow
from helpdesk.models import State, SupplyItem, Ticket
from helpdesk.services.supplies import EDITABLE_IN
from processes.rooms import Room


def context(ticket: Ticket, user: User) -> dict[str, Any]:
    """What the facts of a request print beside its own fields: the supply list, once there can be one."""
    supplies: list[SupplyItem] = [] if ticket.state == State.REPORTED else list(ticket.supplies.all())
    may_edit = works_in_unit(user) and ticket.state in EDITABLE_IN
    return {
        "supplies": supplies,
        "may_edit_supplies": may_edit,
        "supply_form": forms.SupplyItemForm() if may_edit else None,
    }


ROOM = Room(
    flow=workflow.FLOW,
    title=_("Infrastructure"),
    states=State,
    opening=forms.ReportForm,
    forms=forms.FORMS,
    facts_template="helpdesk/facts.html",
    reports_url="helpdesk-reports",
    blocks={"plan": "helpdesk/supplies.html", "supply": "helpdesk/supplies.html"},
    related=("category", "asset"),
    tones={
        State.REPORTED: "accent",
        State.SOLVED: "calm",
        State.CLOSED: "calm",
        State.MERGED: "calm",
        State.HANDED_OVER: "calm",
        State.WITHDRAWN: "calm",
    },
    context=context,
)
