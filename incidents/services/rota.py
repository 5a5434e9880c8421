"""The rota of those on call (Ek-5 5.1.1, 5.1.9)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.authority import roles_of
from accounts.models import User
from accounts.roles import CONFIDENTIAL_STAFF, Role
from audit.context import because
from incidents.models import Shift
from incidents.services.writing import moment
from processes import inbox
from processes.errors import NotPermitted, RuleBroken, WrongState
from processes.gate import save

PLANNERS = frozenset({Role.HIS_LEAD, Role.UNIT_HEAD})


def plan(
    *,
    by: User,
    officer: User,
    deputy: User,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime | None = None,
) -> Shift:
    """A window with its officer and deputy; both know of breaches, and no two windows overlap."""
    _may_plan(by)
    for name, person in (("officer", officer), ("deputy", deputy)):
        if not roles_of(person) & CONFIDENTIAL_STAFF:
            sentence = _("%(person)s does not know of breaches and cannot be on call.") % {
                "person": person.full_name
            }
            raise RuleBroken(sentence, fields={name: [sentence]})
    if ends_at <= moment(now):
        sentence = _("This window is over already.")
        raise RuleBroken(sentence, fields={"ends_at": [sentence]})
    with transaction.atomic(), because(step="plan_shift", by=by):
        shift = Shift(officer=officer, deputy=deputy, starts_at=starts_at, ends_at=ends_at, made_by=by)
        save(shift)
        people = [person for person in (officer, deputy) if person != by]
        inbox.tell(
            people, None, gettext_noop("You stand on the rota of those on call."), path="/breaches/rota/"
        )
    return shift


def cancel(shift: Shift, *, by: User, now: datetime | None = None) -> Shift:
    """Take a window off the rota; it stays on record."""
    _may_plan(by)
    with transaction.atomic(), because(step="cancel_shift", by=by):
        shift = Shift.objects.select_for_update(of=("self",)).get(pk=shift.pk)
        if shift.cancelled_at is not None:
            raise WrongState(_("This shift was taken off the rota already."))
        shift.cancelled_at, shift.cancelled_by = moment(now), by
        save(shift)
    return shift


def _may_plan(by: User) -> None:
    if not roles_of(by) & PLANNERS:
        raise NotPermitted(_("Only the lead and the unit head plan the rota."))
