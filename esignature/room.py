"""The room of 5.3.3 as the engine sees it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from esignature import forms, queries, workflow
from esignature.models import Request, State
from processes.rooms import Room


def context(request: Request, user: User) -> dict[str, Any]:
    """What the facts print beside the request's own fields: what of the form is still missing."""
    return {"missing": queries.missing_checks(request) if request.is_open else []}


ROOM = Room(
    flow=workflow.FLOW,
    title=_("E-signatures"),
    states=State,
    opening=forms.ReceiveForm,
    forms=forms.FORMS,
    facts_template="esignature/facts.html",
    related=("holder__institution", "batch", "checked_by"),
    tones={
        State.RECEIVED: "accent",
        State.POSTED: "calm",
        State.ONLINE: "calm",
        State.RETURNED: "soon",
        State.WITHDRAWN: "calm",
    },
    context=context,
)
