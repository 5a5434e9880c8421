"""The door every write beside the steps goes through: who may, under the breach's lock, with the step in the trail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.authority import works_in_unit
from accounts.models import User
from audit import events
from audit.context import because
from incidents.behalf import in_whose_right
from incidents.models import Breach
from processes.errors import NotFound, NotPermitted, RuleBroken, WrongState
from processes.services.sight import sees

events.name_acts(
    assess_breach=gettext_lazy("What is known of a breach changed"),
    take_over_merged=gettext_lazy("Taken over from a merged report"),
    task_add=gettext_lazy("Task added to a breach"),
    task_settle=gettext_lazy("Task of a breach settled"),
    task_reopen=gettext_lazy("Task of a breach opened again"),
    secure_evidence=gettext_lazy("Evidence secured"),
    hand_over_evidence=gettext_lazy("Evidence handed over"),
    verify_evidence=gettext_lazy("Evidence compared with its SHA-256"),
    record_notice=gettext_lazy("Notice recorded"),
    propose_silence=gettext_lazy("Not telling the Board proposed"),
    answer_silence=gettext_lazy("Proposal not to tell the Board answered"),
    hold_review=gettext_lazy("Review held"),
    add_review_action=gettext_lazy("Action of a review added"),
    finish_review_action=gettext_lazy("Action of a review carried out"),
    add_barrier=gettext_lazy("Barrier added"),
    verify_barrier=gettext_lazy("Barrier looked at"),
    record_sanction=gettext_lazy("Sanction recorded"),
    close_without_sanction=gettext_lazy("Closing does not wait for the sanction"),
    ask_for_sanction=gettext_lazy("Sanction asked for"),
    ask_for_phase=gettext_lazy("Notice marked incomplete"),
    end_phase=gettext_lazy("Nothing left to tell"),
    acknowledge_alert=gettext_lazy("Alert acknowledged"),
    pass_on_alert=gettext_lazy("Alert passed on to the next person"),
    plan_shift=gettext_lazy("Shift planned"),
    plan_shifts=gettext_lazy("Shifts planned by a week pattern"),
    cancel_shift=gettext_lazy("Shift taken off the rota"),
)


@contextmanager
def writing(
    breach: Breach,
    verb: str,
    *,
    by: User,
    reason: str = "",
    closed_too: bool = False,
    roles: Iterable[str] = (),
) -> Iterator[Breach]:
    """The breach under its lock, for a member of the unit who knows of it; a closed one only where that is meant.

    Who acts for somebody else is recorded with both names; `roles` are those the act is kept for, if it is.
    """
    if not sees(breach, by):
        raise NotFound(_("There is no case with the number %(number)s.") % {"number": breach.number})
    if not works_in_unit(by):
        raise NotPermitted(_("Only the unit's staff handle cases."))
    behalf = in_whose_right(by, roles, breach)
    with transaction.atomic(), because(step=verb, reason=reason, on_behalf_of=behalf, by=by):
        locked = Breach.objects.select_for_update(of=("self",)).defer("search").get(pk=breach.pk)
        if not locked.is_open and not closed_too:
            raise WrongState(_("The case is closed."))
        yield locked


def not_ahead(now: datetime, **moments: datetime | None) -> None:
    """Refuse moments that have not come yet; each name is that of its field."""
    fields = {
        name: [_("This moment has not come yet.")]
        for name, moment in moments.items()
        if moment is not None and moment > now
    }
    if fields:
        raise RuleBroken(_("A moment that has not come yet cannot be recorded."), fields=fields)


def written(text: str, field: str, sentence: str) -> str:
    """The text without its margins; refused when nothing is left."""
    text = text.strip()
    if not text:
        raise RuleBroken(sentence, fields={field: [sentence]})
    return text


def moment(now: datetime | None) -> datetime:
    """The moment given, or this one."""
    return now or timezone.now()
