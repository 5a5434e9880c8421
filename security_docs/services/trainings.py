"""The training register (Ek-5 5.4.1.6) as the unit enters it: of people with an account and of staff without one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.authority import works_in_unit
from accounts.models import Employee, Training, User
from audit import events, trail
from audit.context import because
from processes.errors import NotPermitted, RuleBroken
from processes.gate import save

events.name_acts(
    training_enter=gettext_lazy("Training entered"), trainings_take_in=gettext_lazy("Trainings taken in")
)


@dataclass(frozen=True)
class Held:
    """A training as it was held: what, by whom, when, and until when it counts."""

    subject: str
    held_on: date
    valid_until: date
    provider: str = ""

    def refusal(self, today: date) -> RuleBroken | None:
        """Why it cannot stand in the register, beside the field it is about."""
        if self.held_on > today:
            sentence = _("A training is entered once it was held.")
            return RuleBroken(sentence, fields={"held_on": [sentence]})
        if self.valid_until <= self.held_on:
            sentence = _("It is repeated after it was held.")
            return RuleBroken(sentence, fields={"valid_until": [sentence]})
        return None


def told_of(employee: Employee) -> dict[str, User | Employee]:
    """Under whom a training of somebody on the staff is kept: the account where there is one, so that all stand together."""
    return {"user": employee.user} if employee.user is not None else {"employee": employee}


def stands(person: User | Employee) -> Q:
    """The entries of a person, whether made with an account or before there was one."""
    if isinstance(person, User):
        return Q(user=person) | Q(employee__user=person)
    return Q(employee=person) | (Q(user=person.user_id) if person.user_id else Q(pk__in=()))


def left_before(employee: Employee, day: date) -> bool:
    """The person had left by then."""
    return employee.left_on is not None and employee.left_on < day


def enter(
    *,
    by: User,
    subject: str,
    held_on: date,
    valid_until: date,
    provider: str = "",
    user: User | None = None,
    employee: Employee | None = None,
) -> Training:
    """Somebody was trained; it counts until the day it is to be repeated. One of `user` and `employee` is given."""
    only_unit(by)
    person = user or employee
    if person is None or (user is not None and employee is not None):
        sentence = _("Choose one person: from the staff register, or by the account.")
        raise RuleBroken(sentence, fields={"employee": [sentence]})
    held = Held(subject.strip(), held_on, valid_until, provider.strip())
    if refusal := held.refusal(timezone.localdate()):
        raise refusal
    if employee is not None and left_before(employee, held_on):
        sentence = _("%(name)s had left by that day.") % {"name": employee.full_name}
        raise RuleBroken(sentence, fields={"employee": [sentence]})
    if Training.objects.filter(stands(person), subject=held.subject, held_on=held_on).exists():
        sentence = _("This training of that day stands in the register already.")
        raise RuleBroken(sentence, fields={"subject": [sentence]})
    whose = told_of(employee) if employee is not None else {"user": person}
    made = Training(**whose, **vars(held), entered_by=by)
    with transaction.atomic(), because(step="training_enter", by=by):
        save(made)
    return made


def take_in(attended: Sequence[tuple[Employee, Held]], *, by: User) -> list[Training]:
    """Many at once, each already found fit: who attended what; inside the caller's transaction."""
    only_unit(by)
    fresh = [Training(**told_of(employee), **vars(held), entered_by=by) for employee, held in attended]
    with transaction.atomic(), because(step="trainings_take_in", by=by):
        Training.objects.bulk_create(fresh, batch_size=2_000)
        trail.record_many(fresh, "created")
    return fresh


def only_unit(by: User) -> None:
    """The register is kept by the unit's staff."""
    if not works_in_unit(by):
        raise NotPermitted(_("Only the unit's staff keep the training register."))
