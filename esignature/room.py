"""The room of 5.3.3 as the engine sees it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.authority import works_in_unit
from accounts.models import User
from esignature import forms, queries, workflow
from esignature.access import keeps_register
from esignature.models import Request, State
from esignature.queries import ANSWERED
from esignature.secrecy import refused
from processes.rooms import Room


def context(request: Request, user: User) -> dict[str, Any]:
    """What the facts print beside the request's own fields: what is still missing, and the certificate that came of it."""
    certificate = getattr(request, "certificate", None)
    waits = request.state in ANSWERED and certificate is None
    return {
        "missing": queries.missing_checks(request) if request.is_open else [],
        "certificate": certificate,
        "is_staff": works_in_unit(user),
        "may_produce": waits and keeps_register(user),
    }


ROOM = Room(
    flow=workflow.FLOW,
    title=_("E-signatures"),
    states=State,
    opening=forms.ReceiveForm,
    forms=forms.FORMS,
    facts_template="esignature/facts.html",
    reports_url="esignature-reports",
    related=("holder__institution", "batch", "checked_by", "certificate"),
    tones={
        State.RECEIVED: "accent",
        State.POSTED: "calm",
        State.ONLINE: "calm",
        State.CONCLUDED: "calm",
        State.RETURNED: "soon",
        State.WITHDRAWN: "calm",
    },
    context=context,
    refused_text=refused,
)
