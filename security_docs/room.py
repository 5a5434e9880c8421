"""The room of 5.3.1 as the engine sees it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.authority import works_in_unit
from accounts.models import User
from processes.rooms import Room
from security_docs import forms, queries, workflow
from security_docs.models import Compliance, State


def context(compliance: Compliance, user: User) -> dict[str, Any]:
    """What a notified document shows beside its own fields: what its next step needs, its versions and announcements."""
    staff = works_in_unit(user)
    found: dict[str, Any] = {
        "announcements": list(compliance.announcements.all()) if staff else [],
        "versions": list(
            compliance.versions.select_related("document").defer("body", "extracted", "laid_out_text")
        )
        if staff
        else [],
        "may_edit": staff and compliance.is_open,
        "is_staff": staff,
    }
    if staff and compliance.state == State.NOTIFIED:
        found["clauses"] = list(compliance.clauses.select_related("owner"))
    if staff and compliance.state == State.EVALUATED:
        found["documents"] = queries.document_choices(user)
    if staff and compliance.state == State.PREPARED:
        found["announced"] = queries.announced(compliance)
    return found


ROOM = Room(
    flow=workflow.FLOW,
    title=_("Information security"),
    states=State,
    opening=forms.NotifiedForm,
    forms=forms.FORMS,
    facts_template="security_docs/facts.html",
    reports_url="security-reports",
    blocks={
        "evaluate": "security_docs/clauses.html",
        "prepare": "security_docs/prepare.html",
        "announce": "security_docs/announce.html",
    },
    tones={
        State.NOTIFIED: "accent",
        State.PREPARED: "calm",
        State.ANNOUNCED: "calm",
        State.WITHDRAWN: "calm",
    },
    context=context,
)
