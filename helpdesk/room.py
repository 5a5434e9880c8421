"""The room of 5.3.6 as the engine sees it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.authority import works_in_unit
from accounts.models import User
from helpdesk import forms, queries, workflow
from helpdesk.models import State, Ticket
from helpdesk.services.supplies import EDITABLE_IN
from processes.rooms import Room


def context(ticket: Ticket, user: User) -> dict[str, Any]:
    """What the facts of a request print beside its own fields: the supply list."""
    may_edit = works_in_unit(user) and ticket.state in EDITABLE_IN
    return {
        "supplies": queries.supply_lines(ticket),
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
    enriched=queries.with_supplies,
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
