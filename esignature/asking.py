"""Requests opened for many people at once: shown first, each with what would refuse it, then opened for all of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Employee, User
from esignature import workflow
from esignature.models import Reason, Request
from esignature.queries import Ask, refusals
from processes import inbox
from processes.errors import NotPermitted, RuleBroken, WrongState
from processes.models import Channel

MOST = 200
TOLD = {
    Reason.RENEWAL: gettext_noop(
        "A renewal was begun for you: %(number)s. Hand in the form or renew online."
    ),
    Reason.FIRST: gettext_noop("A request was begun for you: %(number)s. Hand in the signed form."),
}


@dataclass(frozen=True)
class Verdict:
    """What would become of one of them: opened, or left out for this reason."""

    ask: Ask
    refusal: str = ""


def looked_at(asks: Sequence[Ask], *, by: User) -> list[Verdict]:
    """What would be opened and what left out, those left out first; nothing is written."""
    if not workflow.FLOW.may_open(by):
        raise NotPermitted(_("Your role does not register requests of this sub-process."))
    if len(asks) > MOST:
        raise RuleBroken(_("Choose at most %(count)d people at once. Nothing was changed.") % {"count": MOST})
    verdicts = [Verdict(ask, why or "") for ask, why in zip(asks, refusals(asks), strict=True)]
    return sorted(verdicts, key=lambda one: not one.refusal)


def open_all(asks: Sequence[Ask], *, by: User, channel: str = Channel.PORTAL) -> list[Request]:
    """Open a request for each and tell the holders; when one of them cannot be opened any more, none is."""
    with transaction.atomic():
        holders = sorted({ask.holder.pk for ask in asks})
        list(
            Employee.objects.select_for_update(of=("self",))
            .filter(pk__in=holders)
            .order_by("pk")
            .values_list("pk")
        )
        refused = [one for one in looked_at(asks, by=by) if one.refusal]
        if refused or not asks:
            raise WrongState(_("Something has changed since you looked. Nothing was opened; look again."))
        opened = [
            workflow.receive_form(by=by, holder=ask.holder, kind=ask.kind, reason=ask.reason, channel=channel)
            for ask in asks
        ]
        for reason, text in TOLD.items():
            told = [one for one in opened if (one.reason == Reason.RENEWAL) == (reason == Reason.RENEWAL)]
            inbox.tell_each(
                [(one.applicant, one) for one in told if one.applicant and one.applicant != by], text
            )
    return opened
