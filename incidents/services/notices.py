"""Telling the Board within 72 hours (KVKK m. 12/5), telling others, and the signed decision not to tell."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.authority import authority_for
from accounts.models import User
from accounts.queries import people_with_role
from accounts.roles import CONFIDENTIAL_STAFF, Role
from incidents import merged
from incidents.behalf import acting_for
from incidents.countdown import is_late
from incidents.models import Breach, Notice, NoticePhase, NoticeTo, PersonalData, Silence
from incidents.services.writing import moment, not_ahead, writing, written
from processes import inbox
from processes.errors import NotPermitted, RuleBroken, WrongState
from processes.gate import save

SIGNATORIES = frozenset({Role.UNIT_HEAD})
FURTHEST = timedelta(days=366)


def record(
    breach: Breach,
    *,
    by: User,
    summary: str,
    way: str,
    addressee: str = NoticeTo.BOARD,
    sent_at: datetime | None = None,
    reference: str = "",
    late_reason: str = "",
    missing: str = "",
    next_by: date | None = None,
    now: datetime | None = None,
) -> Notice:
    """A notice went out: the first one, or one that follows it up. A first one to the Board after 72 hours says why.

    With `missing`, what is still to be told, it is incomplete: the next phase is due on `next_by`. Any notice gives the
    phase that was due to the same addressee.
    """
    now = moment(now)
    missing = missing.strip()
    if missing or next_by:
        missing = written(missing, "missing", _("Write what is still to be told."))
        _to_come(next_by, now, "next_by")
    summary = written(summary, "summary", _("Write what was told."))
    way = written(way, "way", _("Write how it was sent."))
    if addressee not in NoticeTo.values:
        raise RuleBroken(_("Say who was told."), fields={"addressee": [_("Choose one.")]})
    sent_at = sent_at or now
    not_ahead(now, sent_at=sent_at)
    with writing(breach, "record_notice", by=by, reason=way, closed_too=True) as locked:
        if sent_at < locked.learned_at:
            sentence = _("Nobody can be told before the directorate itself learned of it.")
            raise RuleBroken(sentence, fields={"sent_at": [sentence]})
        to_board = addressee == NoticeTo.BOARD
        is_late_word = to_board and is_late(locked.learned_at, sent_at) and not is_board_told(locked)
        if is_late_word and not late_reason.strip():
            sentence = _("More than 72 hours have passed since it was learned of: write why.")
            raise RuleBroken(sentence, fields={"late_reason": [sentence]})
        notice = Notice(
            breach_id=locked.pk,
            addressee=addressee,
            position=locked.notices.filter(addressee=addressee).count() + 1,
            sent_at=sent_at,
            way=way,
            reference=reference.strip(),
            summary=summary,
            late_reason=late_reason.strip(),
            recorded_at=now,
            recorded_by=by,
            recorded_for=acting_for(),
        )
        save(notice)
        for given in locked.phases.open().filter(notice__addressee=addressee).select_for_update(of=("self",)):
            given.next_notice = notice
            _settle(given, by, now)
        if missing and next_by:
            _leave_open(notice, by, missing, next_by, now)
        if to_board:
            if locked.personal_data != PersonalData.YES:
                locked.personal_data = PersonalData.YES
            locked.kvkk_settled_at = locked.kvkk_settled_at or sent_at
            save(locked)
    return notice


def is_board_told(breach: Breach) -> bool:
    """The Board has had a notice of the breach, be it under the number of a report merged into it."""
    return merged.first_word_to_the_board(breach) is not None


def count_again(breach: Breach, *, by: User, now: datetime) -> bool:
    """New facts: a signed decision not to tell the Board no longer holds, and the 72 hours are counted again.

    Says whether they are; what the Board was told stays told. In the caller's transaction, which saves the breach.
    """
    if breach.kvkk_settled_at is None or is_board_told(breach):
        return False
    breach.kvkk_settled_at = None
    for signed in breach.silences.filter(is_approved=True, lapsed_at__isnull=True).select_for_update():
        signed.lapsed_at, signed.lapsed_by, signed.lapsed_for = now, by, acting_for()
        save(signed)
    return breach.personal_data != PersonalData.NO


def reopened(breach: Breach, *, by: User, now: datetime) -> None:
    """Whoever knows of breaches hears that one was reopened, and whether its 72 hours run again."""
    text = (
        gettext_noop(
            "%(number)s was reopened: the decision not to tell the Board no longer holds, the 72 hours run again."
        )
        if count_again(breach, by=by, now=now)
        else gettext_noop("%(number)s was reopened.")
    )
    inbox.tell([one for one in people_with_role(*CONFIDENTIAL_STAFF) if one != by], breach, text)


def leave_open(
    notice: Notice, *, by: User, missing: str, next_by: date, now: datetime | None = None
) -> NoticePhase:
    """A notice recorded as whole turned out not to be: what is still to be told, and by when."""
    now = moment(now)
    missing = written(missing, "missing", _("Write what is still to be told."))
    _to_come(next_by, now, "next_by")
    with writing(notice.breach, "ask_for_phase", by=by, reason=missing, closed_too=True) as locked:
        last = locked.notices.filter(addressee=notice.addressee).order_by("position").last()
        if last is None or last.pk != notice.pk:
            raise WrongState(_("Another notice followed this one: mark that one."))
        if NoticePhase.objects.filter(notice=notice).exists():
            raise WrongState(_("This notice was marked incomplete already."))
        return _leave_open(notice, by, missing, next_by, now)


def end_phase(phase: NoticePhase, *, by: User, reason: str, now: datetime | None = None) -> NoticePhase:
    """Nothing is left to tell after all, for a written reason."""
    reason = written(reason, "reason", _("Write why nothing is left to tell."))
    with writing(phase.breach, "end_phase", by=by, reason=reason, closed_too=True):
        phase = NoticePhase.objects.select_for_update().get(pk=phase.pk)
        if phase.settled_at is not None:
            raise WrongState(_("This phase was settled already."))
        phase.reason = reason
        _settle(phase, by, moment(now))
    return phase


def _to_come(day: date | None, now: datetime, field: str) -> None:
    """The day of a phase lies ahead, and within a year: further off is a slip of the pen."""
    today = timezone.localdate(now)
    if day is None or not today <= day <= today + FURTHEST:
        sentence = _("Choose the day of the next phase: today or within a year.")
        raise RuleBroken(sentence, fields={field: [sentence]})


def _leave_open(notice: Notice, by: User, missing: str, next_by: date, now: datetime) -> NoticePhase:
    phase = NoticePhase(
        notice=notice,
        breach_id=notice.breach_id,
        due_on=next_by,
        missing=missing,
        asked_at=now,
        asked_by=by,
        asked_for=acting_for(),
    )
    save(phase)
    return phase


def _settle(phase: NoticePhase, by: User, now: datetime) -> None:
    phase.settled_at, phase.settled_by, phase.settled_for = now, by, acting_for()
    save(phase)


def may_sign(proposal: Silence, user: User) -> bool:
    """The unit head, or who stands in for them; neither their own proposal nor that of who they stand in for."""
    authority = authority_for(user, SIGNATORIES)
    if authority is None or proposal.answered_at is not None:
        return False
    signing = {user, authority.on_behalf_of} - {None}
    return signing.isdisjoint({proposal.proposed_by, proposal.proposed_for})


def propose_silence(breach: Breach, *, by: User, reason: str, now: datetime | None = None) -> Silence:
    """Somebody thinks the Board need not be told, and why; the unit head is asked to sign."""
    reason = written(reason, "reason", _("Write why the Board is not told."))
    with writing(breach, "propose_silence", by=by, reason=reason) as locked:
        if is_board_told(locked):
            raise WrongState(_("The Board was told already."))
        proposal = Silence(breach_id=locked.pk, reason=reason, proposed_at=moment(now), proposed_by=by)
        proposal.proposed_for = acting_for()
        save(proposal)
        heads = [person for person in people_with_role(Role.UNIT_HEAD) if person != by]
        inbox.tell(
            heads, locked, gettext_noop("%(number)s: a decision not to tell the Board awaits your signature.")
        )
    return proposal


def answer_silence(
    proposal: Silence, *, by: User, is_approved: bool, answer: str = "", now: datetime | None = None
) -> Silence:
    """The unit head signs the decision not to tell, or sends it back with a reason; never their own proposal."""
    if authority_for(by, SIGNATORIES) is None:
        raise NotPermitted(_("Only the unit head signs a decision not to tell the Board."))
    if not is_approved:
        answer = written(answer, "answer", _("Write why the proposal is sent back."))
    with writing(
        proposal.breach, "answer_silence", by=by, reason=answer, closed_too=True, roles=SIGNATORIES
    ) as locked:
        proposal = Silence.objects.select_for_update().get(pk=proposal.pk)
        if proposal.answered_at is not None:
            raise WrongState(_("This proposal was answered already."))
        now = moment(now)
        proposal.answered_at, proposal.answered_by, proposal.answered_for = now, by, acting_for()
        proposal.is_approved, proposal.answer = is_approved, answer.strip()
        save(proposal)
        if is_approved:
            locked.kvkk_settled_at = locked.kvkk_settled_at or now
            save(locked)
        text = (
            gettext_noop("%(number)s: the decision not to tell the Board was signed.")
            if is_approved
            else gettext_noop("%(number)s: the decision not to tell the Board was sent back.")
        )
        inbox.tell([proposal.proposed_by], locked, text)
    return proposal
