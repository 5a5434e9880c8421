"""The answer letter of a request closes it once EBYS has given it a number and date (5.3.6.6)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import User
from ebys.models import OutgoingLetter
from helpdesk import workflow
from helpdesk.models import AnswerChannel, State, Ticket


def close_when_answered(letter: OutgoingLetter, by: User) -> None:
    """Take `inform` in the drafter's name, when the letter was drafted for that step and the trouble is solved.

    In every other case nothing happens here: whoever works on the request closes it by hand.
    """
    if letter.template is None or letter.template.step_key != "inform":
        return
    ticket = Ticket.objects.light().filter(pk=letter.case_id, state=State.SOLVED).first()
    drafter = letter.drafted_by
    if ticket is None or workflow.FLOW.refusal("inform", ticket, drafter) is not None:
        return
    note = _("Answered by letter %(number)s.") % {"number": letter.official_number}
    workflow.inform(ticket, by=drafter, answer_channel=AnswerChannel.LETTER, answer_note=note)
