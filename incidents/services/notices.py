"""Telling the Board within 72 hours (KVKK m. 12/5), telling others, and the signed decision not to tell."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.authority import roles_of
from accounts.models import User
from accounts.queries import people_with_role
from accounts.roles import Role
from incidents.countdown import is_late
from incidents.models import Breach, Notice, NoticeTo, PersonalData, Silence
from incidents.services.writing import moment, not_ahead, writing, written
from processes import inbox
from processes.errors import NotPermitted, RuleBroken, WrongState
from processes.gate import save


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
    now: datetime | None = None,
) -> Notice:
    """A notice went out: the first one, or one that follows it up. A first one to the Board after 72 hours says why."""
    now = moment(now)
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
        earlier = locked.notices.filter(addressee=addressee)
        place = earlier.count() + 1
        to_board = addressee == NoticeTo.BOARD
        if to_board and place == 1 and is_late(locked.learned_at, sent_at) and not late_reason.strip():
            sentence = _("More than 72 hours have passed since it was learned of: write why.")
            raise RuleBroken(sentence, fields={"late_reason": [sentence]})
        notice = Notice(
            breach_id=locked.pk,
            addressee=addressee,
            position=place,
            sent_at=sent_at,
            way=way,
            reference=reference.strip(),
            summary=summary,
            late_reason=late_reason.strip(),
            recorded_at=now,
            recorded_by=by,
        )
        save(notice)
        if to_board:
            if locked.personal_data != PersonalData.YES:
                locked.personal_data = PersonalData.YES
            locked.kvkk_settled_at = locked.kvkk_settled_at or sent_at
            save(locked)
    return notice


def propose_silence(breach: Breach, *, by: User, reason: str, now: datetime | None = None) -> Silence:
    """Somebody thinks the Board need not be told, and why; the unit head is asked to sign."""
    reason = written(reason, "reason", _("Write why the Board is not told."))
    with writing(breach, "propose_silence", by=by, reason=reason) as locked:
        if locked.notices.filter(addressee=NoticeTo.BOARD).exists():
            raise WrongState(_("The Board was told already."))
        proposal = Silence(breach_id=locked.pk, reason=reason, proposed_at=moment(now), proposed_by=by)
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
    if Role.UNIT_HEAD not in roles_of(by):
        raise NotPermitted(_("Only the unit head signs a decision not to tell the Board."))
    if not is_approved:
        answer = written(answer, "answer", _("Write why the proposal is sent back."))
    with writing(proposal.breach, "answer_silence", by=by, reason=answer, closed_too=True) as locked:
        proposal = Silence.objects.select_for_update().get(pk=proposal.pk)
        if proposal.answered_at is not None:
            raise WrongState(_("This proposal was answered already."))
        now = moment(now)
        proposal.answered_at, proposal.answered_by = now, by
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
