"""The room of 5.3.2 as the engine sees it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from incidents import forms, workflow
from incidents.models import Breach, State
from processes.rooms import Room


def context(breach: Breach, user: User) -> dict[str, Any]:
    """What the facts of a breach print beside its own fields."""
    return {}


ROOM = Room(
    flow=workflow.FLOW,
    title=_("Information-security breaches"),
    states=State,
    opening=forms.ReportForm,
    forms=forms.FORMS,
    facts_template="incidents/facts.html",
    related=("category",),
    tones={
        State.REPORTED: "late",
        State.DECIDED: "soon",
        State.SETTLED: "soon",
        State.CONTAINED: "accent",
        State.PREVENTED: "accent",
        State.CLOSED: "calm",
        State.DISMISSED: "calm",
        State.MERGED: "calm",
    },
    context=context,
)
