"""Lives of the database: each begins with a note the sealer signs, and is an alarm until a named person answers for it.

A row alone excuses nothing, whoever wrote it: which entries a restore brought back counts only under the trail's key, which
the database administrator does not have.
"""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.utils.translation import gettext as _

from audit import keys, notes, trail
from audit.context import because
from audit.models import Acknowledgement, Epoch, Verification
from audit.notes import BadNote, EpochNote


class BadAnswer(ValueError):
    """The restore cannot be answered for yet; the text says why."""


def note_of(epoch: Epoch) -> EpochNote | None:
    """What was signed when it began; None when nothing was, or the row says something else."""
    try:
        note = notes.check_epoch(epoch.note, keys.known())
    except BadNote:
        return None
    said = (epoch.number, epoch.accepted_size, epoch.cluster, " ".join(epoch.reason.split()))
    return note if said == (note.number, note.accepted_size, note.cluster, note.reason) else None


def restores() -> list[Epoch]:
    """The epochs after the first: each of them says that the database was restored."""
    return list(Epoch.objects.filter(number__gt=1).order_by("number"))


def answered_restores() -> list[tuple[Epoch, Acknowledgement | None]]:
    """Every restore with the newest answer for it."""
    answers = {one.epoch: one for one in Acknowledgement.objects.select_related("by").order_by("id")}
    return [(epoch, answers.get(epoch.number)) for epoch in restores()]


def unanswered() -> list[Epoch]:
    """Restores nobody has answered for."""
    answered = set(Acknowledgement.objects.values_list("epoch", flat=True))
    return [epoch for epoch in restores() if epoch.number not in answered]


def unanswered_seals(last: Verification | None) -> int:
    """How many published seals the last verification excused beyond those somebody answered for."""
    if last is None or not last.explained:
        return 0
    answered = Acknowledgement.objects.order_by("-explained").values_list("explained", flat=True).first() or 0
    return max(0, len(last.explained) - answered)


def answer(number: int, reason: str, by: AbstractBaseUser) -> Acknowledgement:
    """A named person says what restore this was; in a transaction. What was lost must have been looked at before."""
    epoch = Epoch.objects.filter(number=number, number__gt=1).first()
    if epoch is None:
        raise BadAnswer(_("There is no such epoch."))
    if not reason.strip():
        raise BadAnswer(_("An answer for a restore needs its reason."))
    if note_of(epoch) is None:
        raise BadAnswer(_("This epoch was not signed by the sealer: nobody can answer for it."))
    last = Verification.objects.order_by("-id").first()
    if last is None or last.began_at < epoch.began_at:
        raise BadAnswer(_("The trail has not been verified since this epoch began: verify it first."))
    answered = Acknowledgement(
        epoch=number, explained=len(last.explained), reason=reason.strip(), by_id=by.pk
    )
    with because(step="answer_restore", by=by):
        answered.save(force_insert=True)
        trail.record(
            epoch, "acknowledged", {"epoch": number, "explained": answered.explained}, reason=answered.reason
        )
    return answered
