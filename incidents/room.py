"""The room of 5.3.2 as the engine sees it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.authority import works_in_unit
from accounts.models import User
from incidents import forms, happened, queries, workflow
from incidents.models import Breach, State
from processes.queries import with_insiders
from processes.rooms import Room


def followed_at(breach: Breach, user: User) -> str:
    """Who reports follows the status on their own page; the breach itself is not for them."""
    return reverse("breach-mine")


def enriched(breaches: QuerySet[Breach]) -> QuerySet[Breach]:
    """What the page of a breach shows beside its fields, in the query that reads the breach."""
    told = happened.with_happenings(queries.with_phase(queries.with_tasks(breaches)))
    return with_insiders(told)


def context(breach: Breach, user: User) -> dict[str, Any]:
    """What the facts of a breach print beside its own fields."""
    return {"tasks": queries.tasks_told(breach), "opens_dossier": works_in_unit(user)}


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
    blocks={
        "contain": "incidents/open_tasks.html",
        "prevent": "incidents/open_tasks.html",
        "inform": "incidents/open_tasks.html",
    },
    reports_url="breach-reports",
    enriched=enriched,
    context=context,
    followed_at=followed_at,
    events=happened.events,
    events_title=_("Acts on the dossier"),
)
