"""What can be done to any case beside its official steps: wait, go on, assign, link, merge, hand over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.authority import roles_of
from accounts.models import User
from accounts.queries import people_with_role
from accounts.roles import UNIT_STAFF
from audit.context import because
from processes import catalogue, clock, inbox, rooms
from processes.confidential import is_hidden_from, named, require_known
from processes.errors import NotFound, NotPermitted, RuleBroken, WrongState
from processes.models import Case, CaseLink, CaseLinkKind, StepRun
from processes.models.case import NO_CLOCK


@contextmanager
def handled(
    case: Case, verb: str, *, by: User, reason: str = "", version: int | None = None
) -> Iterator[tuple[Case, StepRun]]:
    """An open case and its running step, locked for a change by a member of the unit."""
    require_known(case, by)
    if not roles_of(by) & UNIT_STAFF:
        raise NotPermitted(_("Only the unit's staff handle cases."))
    flow = rooms.room_of(case).flow
    with flow.locked(verb, case, by=by, reason=reason, version=version) as locked:
        if not locked.is_open:
            raise WrongState(_("The case is closed."))
        yield locked, StepRun.objects.select_related("step").get(case=locked, ended_at__isnull=True)


def pause(
    case: Case, *, by: User, reason: str, version: int | None = None, now: datetime | None = None
) -> Case:
    """Let the case wait for somebody outside the unit: the clock stops until it goes on."""
    now = now or timezone.now()
    if not reason.strip():
        raise RuleBroken(
            _("Write what the case waits for."), fields={"reason": [_("Write what the case waits for.")]}
        )
    with handled(case, "pause", by=by, reason=reason, version=version) as (locked, run):
        if locked.is_waiting:
            raise WrongState(_("The case is already waiting."))
        clock.begin_pause(run, reason=reason, by_id=by.pk, now=now)
        run.save(update_fields=("pauses",))
        locked.waiting_since, locked.waiting_reason, locked.queue_at = now, reason, NO_CLOCK
    return locked


def resume(case: Case, *, by: User, version: int | None = None, now: datetime | None = None) -> Case:
    """Let the clock go on; the due date moves by the working days the case waited."""
    now = now or timezone.now()
    with handled(case, "resume", by=by, version=version) as (locked, run):
        if not locked.is_waiting:
            raise WrongState(_("The case is not waiting."))
        clock.end_pause(locked, run, now)
        run.due_at = clock.due(run.entered_at, run.step.planned_days, run.pauses)
        run.save(update_fields=("pauses", "due_at"))
        locked.due_at, locked.queue_at = run.due_at, run.due_at or NO_CLOCK
    return locked


def assign(case: Case, *, by: User, to: User | None, version: int | None = None) -> Case:
    """Put the case on somebody's desk, or back on the unit's when `to` is empty."""
    if to is not None and not roles_of(to) & UNIT_STAFF:
        raise RuleBroken(_("%(person)s does not work in the unit.") % {"person": to.get_full_name()})
    with handled(case, "assign_to", by=by, version=version) as (locked, _run):
        locked.assignee = to
        if to is not None and to != by:
            inbox.tell([to], locked, gettext_noop("%(number)s was assigned to you."))
    return locked


def link(source: Case, target: Case, *, by: User, kind: str = CaseLinkKind.RELATED) -> CaseLink:
    """Say that two cases belong together; who must not learn of one of them does not see the link."""
    require_known(source, by)
    require_known(target, by)
    if not roles_of(by) & UNIT_STAFF:
        raise NotPermitted(_("Only the unit's staff link cases."))
    if source.pk == target.pk:
        raise RuleBroken(_("A case cannot be linked to itself."))
    return _joined(source, target, by=by, kind=kind)


def _joined(source: Case, target: Case, *, by: User, kind: str) -> CaseLink:
    with transaction.atomic(), because(step="link", by=by):
        try:
            with transaction.atomic():
                return CaseLink.objects.create(source=source, target=target, kind=kind, made_by=by)
        except IntegrityError as error:
            raise RuleBroken(_("These two cases are already linked this way.")) from error


def merge(case: Case, into: Case, *, by: User) -> str:
    """Two cases are about the same thing: the other goes on, linked. The caller ends this one with the sentence returned."""
    if into.pk == case.pk:
        raise RuleBroken(
            _("A case cannot be merged into itself."), fields={"into": [_("Choose another case.")]}
        )
    if not into.is_open:
        sentence = _("%(number)s is closed.") % {"number": into.number}
        raise RuleBroken(sentence, fields={"into": [_("Choose an open case.")]})
    link(case, into, by=by, kind=CaseLinkKind.DUPLICATE)
    return _("Merged into %(number)s.") % {"number": named(into, case)}


def hand_over(case: Case, to: str, *, by: User, description: str = "") -> str:
    """Let another sub-process take a case up: opened there and linked, when that sub-process is kept in this system.

    Otherwise those who take its first step are told, and nothing is opened. The caller ends the case with the sentence
    returned. A confidential case is not handed over: its words would be read by those who take the other
    sub-process's steps. What is handed over may become confidential there, and who gave it need not learn of it.
    """
    if to == case.official_number:
        raise RuleBroken(
            _("The case is in this sub-process already."), fields={"to": [_("Choose another sub-process.")]}
        )
    if case.is_confidential:
        raise RuleBroken(
            _(
                "A confidential case is not handed over. Register a request of the other sub-process without its "
                "content, and link the two."
            )
        )
    first = next(iter(catalogue.sheet(catalogue.approved(to).pk).steps), None)
    receivers = [person for person in people_with_role(*(first.roles if first else ())) if person != by]
    if not rooms.has_room(to):
        inbox.tell(receivers, case, gettext_noop("%(number)s was handed over to sub-process %(to)s."), to=to)
        return _("Handed over to sub-process %(number)s.") % {"number": to}
    successor: Case = rooms.room_for(to).opening.function(
        by=by,
        title=case.title,
        description=description,
        channel=case.channel,
        applicant=case.applicant,
        applicant_name=case.applicant_name,
        applicant_contact=case.applicant_contact,
        applicant_institution=case.applicant_institution,
    )
    _joined(case, successor, by=by, kind=CaseLinkKind.HANDED_OVER)
    inbox.tell(
        receivers,
        successor,
        gettext_noop("%(number)s was handed over to you from %(origin)s."),
        origin=case.number,
    )
    if successor.is_confidential:
        return _("Handed over to sub-process %(number)s.") % {"number": to}
    return _("Handed over as %(number)s.") % {"number": successor.number}


def unlink(joined: CaseLink, *, by: User) -> None:
    """Take a link back."""
    if is_hidden_from(joined.source, by) or is_hidden_from(joined.target, by):
        raise NotFound(_("This link does not exist any more."))
    if not roles_of(by) & UNIT_STAFF:
        raise NotPermitted(_("Only the unit's staff link cases."))
    with transaction.atomic(), because(step="unlink", by=by):
        joined.delete()
