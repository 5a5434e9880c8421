"""The way of our own letters: drafted, approved by a second person, handed to EBYS, registered there or returned."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.models import User
from accounts.queries import people_with_role
from accounts.roles import UNIT_STAFF, Role
from ebys import events
from ebys.indexing import index_outgoing
from ebys.models import OutgoingLetter
from ebys.models.outgoing import OutgoingState as S
from processes import inbox
from processes.errors import RuleBroken
from processes.gate import Gate, Move, reason_given

APPROVERS = frozenset({Role.HIS_LEAD, Role.IT_LEAD, Role.UNIT_HEAD})


def somebody_else(letter: OutgoingLetter, by: User) -> str | None:
    """Nobody approves what they drafted or last changed."""
    if by.pk in (letter.drafted_by_id, letter.edited_by_id):
        return _("A letter is approved by somebody who neither drafted nor last changed it.")
    return None


def is_addressed(letter: OutgoingLetter, by: User) -> str | None:
    """It has somebody to act on it or to know of it."""
    return None if letter.recipients.exists() else _("The letter has no addressee yet.")


def has_a_text(letter: OutgoingLetter, by: User) -> str | None:
    """It says something, and no blank of the template is left."""
    if not letter.body.strip():
        return _("The letter has no text yet.")
    if "…" in letter.body or "…" in letter.subject:
        return _("The letter still has blanks (…) to be filled in.")
    return None


class OutgoingGate(Gate[OutgoingLetter]):
    """The moves of our own letters."""

    def lockable(self) -> models.QuerySet[OutgoingLetter]:
        """The row without its search vector, which no move but the registration changes."""
        return (
            OutgoingLetter.objects.select_for_update(of=("self",))
            .defer("search")
            .select_related("case", "drafted_by")
        )


OUTGOING = OutgoingGate(
    "outgoing letters",
    OutgoingLetter,
    {
        "approve": Move(
            gettext_lazy("Approve"),
            sources=(S.DRAFT,),
            target=S.APPROVED,
            roles=APPROVERS,
            persons=(somebody_else,),
            guards=(is_addressed, has_a_text),
        ),
        "discard": Move(gettext_lazy("Discard"), sources=(S.DRAFT,), target=S.DISCARDED, roles=UNIT_STAFF),
        "take_back": Move(
            gettext_lazy("Back to draft"), sources=(S.APPROVED,), target=S.DRAFT, roles=UNIT_STAFF
        ),
        "hand_over": Move(
            gettext_lazy("Handed to EBYS"), sources=(S.APPROVED,), target=S.HANDED, roles=UNIT_STAFF
        ),
        "register": Move(
            gettext_lazy("Record number and date"),
            sources=(S.APPROVED, S.HANDED),
            target=S.REGISTERED,
            roles=UNIT_STAFF,
        ),
        "reject": Move(
            gettext_lazy("Record the return"), sources=(S.HANDED,), target=S.RETURNED, roles=UNIT_STAFF
        ),
        "revise": Move(gettext_lazy("Revise"), sources=(S.RETURNED,), target=S.DRAFT, roles=UNIT_STAFF),
    },
)


def approve(letter: OutgoingLetter, *, by: User, version: int | None = None) -> OutgoingLetter:
    """A second person has read it: EBYS may collect it for signature."""
    with OUTGOING.move("approve", letter, by=by, version=version) as letter:
        letter.approved_at, letter.approved_by = timezone.now(), by
        _tell_drafter(letter, by, gettext_noop("The letter you drafted on %(number)s was approved."))
    events.tell(events.READY, letter, by)
    return letter


def discard(letter: OutgoingLetter, *, by: User, reason: str, version: int | None = None) -> OutgoingLetter:
    """The draft is no longer needed."""
    with OUTGOING.move("discard", letter, by=by, reason=reason_given(reason), version=version) as letter:
        pass
    return letter


def take_back(letter: OutgoingLetter, *, by: User, reason: str, version: int | None = None) -> OutgoingLetter:
    """Something has to be changed before EBYS has it: the approval falls away."""
    with OUTGOING.move("take_back", letter, by=by, reason=reason_given(reason), version=version) as letter:
        letter.approved_at = letter.approved_by = None
        _tell_drafter(letter, by, gettext_noop("The letter on %(number)s went back to draft."))
    events.tell(events.WITHDRAWN, letter, by)
    return letter


def hand_over(letter: OutgoingLetter, *, by: User, version: int | None = None) -> OutgoingLetter:
    """EBYS has collected the letter, or somebody carried it there by hand."""
    with OUTGOING.move("hand_over", letter, by=by, version=version) as letter:
        letter.handed_at, letter.handed_by = timezone.now(), by
    events.tell(events.HANDED, letter, by)
    return letter


def register(
    letter: OutgoingLetter, *, by: User, number: str, dated: date, version: int | None = None
) -> OutgoingLetter:
    """It was signed in EBYS: the number and date given there are recorded, and those who wait for them are told."""
    number = number.strip()
    if not number:
        sentence = _("Write the number EBYS gave.")
        raise RuleBroken(sentence, fields={"number": [sentence]})
    now = timezone.now()
    if dated > timezone.localdate(now):
        sentence = _("The date of a letter does not lie in the future.")
        raise RuleBroken(sentence, fields={"dated": [sentence]})
    with OUTGOING.move("register", letter, by=by, version=version) as letter:
        if letter.handed_at is None:
            letter.handed_at, letter.handed_by = now, by
        letter.official_number, letter.dated = number, dated
        letter.registered_at, letter.registered_by = now, by
        index_outgoing(letter)
        _tell_drafter(letter, by, gettext_noop("The letter on %(number)s was signed and registered."))
    events.tell(events.REGISTERED, letter, by)
    return letter


def reject(letter: OutgoingLetter, *, by: User, reason: str, version: int | None = None) -> OutgoingLetter:
    """EBYS or a signatory sent it back with a reason."""
    reason = reason_given(reason)
    with OUTGOING.move("reject", letter, by=by, reason=reason, version=version) as letter:
        letter.returned_at, letter.returned_by, letter.return_reason = timezone.now(), by, reason
        _tell_drafter(letter, by, gettext_noop("The letter on %(number)s was returned by EBYS."))
    events.tell(events.RETURNED, letter, by)
    return letter


def revise(letter: OutgoingLetter, *, by: User, version: int | None = None) -> OutgoingLetter:
    """A returned letter is opened for changes; the trail keeps who approved and returned it."""
    with OUTGOING.move("revise", letter, by=by, version=version) as letter:
        letter.approved_at = letter.approved_by = None
        letter.handed_at = letter.handed_by = None
        letter.returned_at = letter.returned_by = None
    return letter


def approvers_of(letter: OutgoingLetter) -> list[User]:
    """Those who may approve this letter."""
    return [person for person in people_with_role(*APPROVERS) if somebody_else(letter, person) is None]


def _tell_drafter(letter: OutgoingLetter, by: User, text: str) -> None:
    if letter.drafted_by != by:
        inbox.tell([letter.drafted_by], letter.case, text, path=letter.get_absolute_url())
