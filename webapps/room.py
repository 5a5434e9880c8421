"""The room of 5.3.7 as the engine sees it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from processes.rooms import Room
from webapps import forms, queries, workflow
from webapps.models import AccessRequest, State


def context(request: AccessRequest, user: User) -> dict[str, Any]:
    """What the facts of a request print beside its own fields: its lines."""
    return {"lines": queries.lines_of(request)}


ROOM = Room(
    flow=workflow.FLOW,
    title=_("Web applications"),
    states=State,
    opening=forms.RequestForm,
    forms=forms.FORMS,
    facts_template="webapps/facts.html",
    reports_url="webapps-reports",
    blocks=dict.fromkeys(
        ("evaluate", "reject", "perform", "escalate", "inform", "enter"), "webapps/lines.html"
    ),
    related=("application",),
    enriched=queries.with_lines,
    tones={
        State.REQUESTED: "accent",
        State.EVALUATED: "accent",
        State.SUPPORT: "soon",
        State.SETTLED: "calm",
        State.CLOSED: "calm",
        State.HANDED_OVER: "calm",
        State.WITHDRAWN: "calm",
    },
    context=context,
)
