"""The training register (Ek-5 5.4.1.6) as the unit enters it."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import works_in_unit
from accounts.models import Training, User
from audit.context import because
from processes.errors import NotPermitted, RuleBroken
from processes.gate import save


def enter(
    *, by: User, user: User, subject: str, held_on: date, valid_until: date, provider: str = ""
) -> Training:
    """Somebody was trained; it counts until the day it is to be repeated."""
    if not works_in_unit(by):
        raise NotPermitted(_("Only the unit's staff keep the training register."))
    if held_on > timezone.localdate():
        sentence = _("A training is entered once it was held.")
        raise RuleBroken(sentence, fields={"held_on": [sentence]})
    if Training.objects.filter(user=user, subject=subject.strip(), held_on=held_on).exists():
        sentence = _("This training of that day stands in the register already.")
        raise RuleBroken(sentence, fields={"subject": [sentence]})
    made = Training(
        user=user,
        subject=subject.strip(),
        provider=provider.strip(),
        held_on=held_on,
        valid_until=valid_until,
        entered_by=by,
    )
    with transaction.atomic(), because(step="training_enter", by=by):
        save(made)
    return made
