"""The room of 5.3.1 as the engine sees it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.authority import works_in_unit
from accounts.models import User
from processes.rooms import Room
from security_docs import forms, workflow
from security_docs.models import Compliance, State
from security_docs.services.evaluations import OPEN_IN


def context(compliance: Compliance, user: User) -> dict[str, Any]:
    """What the facts of a notified document print beside its own fields: its clauses, versions and announcements."""
    staff = works_in_unit(user)
    return {
        "clauses": list(compliance.clauses.select_related("owner")) if staff else [],
        "versions": list(compliance.versions.select_related("document")) if staff else [],
        "announcements": list(compliance.announcements.all()),
        "may_edit": staff and compliance.state in OPEN_IN,
    }


ROOM = Room(
    flow=workflow.FLOW,
    title=_("Information security"),
    states=State,
    opening=forms.NotifiedForm,
    forms=forms.FORMS,
    facts_template="security_docs/facts.html",
    tones={
        State.NOTIFIED: "accent",
        State.PREPARED: "calm",
        State.ANNOUNCED: "calm",
        State.WITHDRAWN: "calm",
    },
    context=context,
)
