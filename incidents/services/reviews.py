"""The look back after an emergency and its actions (Ek-5 5.1.5), and whether barriers hold."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from accounts.queries import people_with_role
from accounts.roles import Role
from incidents.behalf import acting_for
from incidents.models import Barrier, Breach, Review, ReviewAction
from incidents.services.writing import moment, writing, written
from processes import inbox
from processes.confidential import is_hidden_from
from processes.errors import RuleBroken, WrongState
from processes.gate import save
from processes.services import insiders

WITHIN = timedelta(days=30)


def ask_for(breach: Breach, now: datetime | None = None) -> None:
    """An emergency that is closed has to be looked back at within thirty days; in the caller's transaction."""
    if breach.is_emergency and not Review.objects.filter(breach=breach.pk).exists():
        save(Review(breach_id=breach.pk, due_on=timezone.localdate(now) + WITHIN))


def entrust(breach: Breach, owner: User, by: User, text: str) -> None:
    """Somebody answers for a part of it from now on: let into the case if they did not know of it, and told."""
    if is_hidden_from(breach, owner):
        insiders.admit(breach, owner, by=by, reason=_("Answers for a measure of this breach."))
    if owner != by:
        inbox.tell([owner], breach, text)


def hold(
    review: Review,
    *,
    by: User,
    held_on: date,
    participants: str,
    course: str,
    lessons: str,
    now: datetime | None = None,
) -> Review:
    """The review was held on a day; what has to change is written down."""
    lessons = written(lessons, "lessons", _("Write what has to change; “nothing” is an answer too."))
    if held_on > timezone.localdate(now):
        sentence = _("This day has not come yet.")
        raise RuleBroken(sentence, fields={"held_on": [sentence]})
    with writing(review.breach, "hold_review", by=by, reason=lessons, closed_too=True) as locked:
        review = Review.objects.select_for_update().get(breach=locked)
        if review.held_on is not None:
            raise WrongState(_("The review was held already."))
        review.held_on, review.held_by, review.held_for = held_on, by, acting_for()
        review.participants, review.course, review.lessons = participants.strip(), course.strip(), lessons
        save(review)
    return review


def add_action(review: Review, *, by: User, text: str, owner: User, due_on: date) -> ReviewAction:
    """Something the review decided; its owner is told."""
    text = written(text, "text", _("Write what has to be done."))
    with writing(review.breach, "add_review_action", by=by, reason=text, closed_too=True) as locked:
        action = ReviewAction(review=review, text=text, owner=owner, due_on=due_on)
        save(action)
        entrust(locked, owner, by, gettext_noop("You answer for an action of the review of %(number)s."))
    return action


def finish_action(
    action: ReviewAction, *, by: User, result: str, now: datetime | None = None
) -> ReviewAction:
    """The action was carried out with this result."""
    result = written(result, "result", _("Write what came of it."))
    with writing(action.review.breach, "finish_review_action", by=by, reason=result, closed_too=True):
        action = ReviewAction.objects.select_for_update().get(pk=action.pk)
        if action.done_at is not None:
            raise WrongState(_("This action was carried out already."))
        action.done_at, action.done_by, action.done_for = moment(now), by, acting_for()
        action.result = result
        save(action)
    return action


def verify_barrier(
    barrier: Barrier, *, by: User, holds: bool, finding: str, now: datetime | None = None
) -> Barrier:
    """Somebody looked whether the barrier holds; when it does not, the leads are told."""
    finding = written(finding, "finding", _("Write what was found."))
    with writing(barrier.breach, "verify_barrier", by=by, reason=finding, closed_too=True):
        barrier = Barrier.objects.select_for_update().get(pk=barrier.pk)
        if barrier.verified_at is not None:
            raise WrongState(_("This barrier was verified already."))
        barrier.verified_at, barrier.verified_by = moment(now), by
        barrier.verified_for = acting_for()
        barrier.holds, barrier.finding = holds, finding
        save(barrier)
        if not holds:
            leads = [person for person in people_with_role(Role.HIS_LEAD) if person != by]
            text = gettext_noop("%(number)s: a barrier does not hold. Put up a better one.")
            inbox.tell(leads, barrier.breach, text, path=f"{barrier.breach.get_dossier_url()}#follow-ups")
    return barrier


def add_barrier(breach: Breach, *, by: User, text: str, owner: User, verify_on: date) -> Barrier:
    """A further barrier, or a better one where the first did not hold."""
    text = written(text, "text", _("Write what the barrier is."))
    with writing(breach, "add_barrier", by=by, reason=text, closed_too=True) as locked:
        barrier = Barrier(breach_id=locked.pk, text=text, owner=owner, verify_on=verify_on)
        save(barrier)
        entrust(locked, owner, by, gettext_noop("You answer for a barrier of %(number)s."))
    return barrier
