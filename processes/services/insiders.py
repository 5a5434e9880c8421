"""Letting somebody into one confidential case, and ending it; both with a reason, both told to the person."""

from __future__ import annotations

from contextlib import AbstractContextManager

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.authority import authority_for, works_in_unit
from accounts.models import User
from accounts.roles import CONFIDENTIAL_STAFF
from audit import events, trail
from audit.context import because
from processes import inbox, rooms
from processes.confidential import is_hidden_from, require_known
from processes.errors import NotPermitted, RuleBroken
from processes.gate import principal, save
from processes.models import Case, CaseInsider
from processes.plaintext import one_line

LONGEST = 300

events.name_acts(
    admit=gettext_lazy("Let into a confidential case"),
    end_sight=gettext_lazy("Sight of a confidential case ended"),
)
events.name_events(
    person_admitted=gettext_lazy("Let somebody in"),
    sight_ended=gettext_lazy("Ended somebody's sight"),
)


def insiders_of(case: Case) -> QuerySet[CaseInsider]:
    """Who was let into the case and still knows of it, the first one first."""
    return CaseInsider.objects.in_force().filter(case_id=case.pk).select_related("person", "added_by")


def may_admit(case: Case, user: User) -> bool:
    """Whether this person decides who else knows of the case: the roles that know of all of them."""
    return case.is_confidential and authority_for(user, CONFIDENTIAL_STAFF) is not None


def admit(case: Case, person: User, *, by: User, reason: str) -> CaseInsider:
    """Let a person into a confidential case. Whoever reported it follows its status and is not let in."""
    reason = _reasoned(case, by, reason)
    if not person.is_active:
        raise _refused("person", _("%(person)s has no open account.") % {"person": person.full_name})
    if person.pk == case.applicant_id and not works_in_unit(person):
        raise _refused("person", _("Who reported the case follows its status and is not let into it."))
    with transaction.atomic(), _because("admit", by, reason):
        _lock(case)
        if not is_hidden_from(case, person):
            sentence = _("%(person)s knows of this case already.") % {"person": person.full_name}
            raise _refused("person", sentence)
        admission = CaseInsider(case_id=case.pk, person=person, added_by=by, reason=reason)
        save(admission)
        trail.record(case, "person_admitted", {"person": person.username})
        inbox.tell([person], case, gettext_noop("You were let into the confidential case %(number)s."))
    return admission


def remove(case: Case, person: User, *, by: User, reason: str) -> CaseInsider:
    """End a person's sight of a confidential case; it leaves their desk and what they were told of it is shown no more."""
    reason = _reasoned(case, by, reason)
    with transaction.atomic(), _because("end_sight", by, reason):
        locked = _lock(case)
        admission = CaseInsider.objects.in_force().filter(case_id=case.pk, person=person).first()
        if admission is None:
            sentence = _("%(person)s was not let into this case by name.") % {"person": person.full_name}
            raise _refused("person", sentence)
        admission.removed_at, admission.removed_by, admission.removal_reason = timezone.now(), by, reason
        save(admission)
        trail.record(case, "sight_ended", {"person": person.username})
        if locked.is_open and locked.assignee_id == person.pk and is_hidden_from(locked, person):
            with rooms.room_of(locked).flow.locked("assign_to", locked, by=by, reason=reason) as open_case:
                open_case.assignee = None
        inbox.tell([person], None, gettext_noop("Your sight of a confidential case has ended."))
    return admission


def _reasoned(case: Case, by: User, reason: str) -> str:
    """The reason as it is kept, from somebody who may decide."""
    require_known(case, by)
    if not case.is_confidential:
        raise RuleBroken(_("This case is not confidential: whoever may see cases sees it."))
    if not may_admit(case, by):
        raise NotPermitted(_("Only those who know of every confidential case decide who else does."))
    reason = one_line(reason)
    if not reason or len(reason) > LONGEST:
        sentence = _("Write the reason in at most %(count)d characters.") % {"count": LONGEST}
        raise _refused("reason", sentence)
    return reason


def _because(step: str, by: User, reason: str) -> AbstractContextManager[None]:
    authority = authority_for(by, CONFIDENTIAL_STAFF)
    return because(step=step, reason=reason, on_behalf_of=principal(authority), by=by)


def _lock(case: Case) -> Case:
    """Two people deciding about the same person at once do it one after the other."""
    case.__dict__.pop("_hidden_from", None)
    return Case.objects.select_for_update(of=("self",)).light().get(pk=case.pk)


def _refused(field: str, sentence: str) -> RuleBroken:
    return RuleBroken(sentence, fields={field: [sentence]})
