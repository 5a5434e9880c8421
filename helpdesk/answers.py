"""The answer letter of a request closes it once EBYS has given it a number and date (5.3.6.6)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import User
from ebys.answers import step_when_registered
from ebys.models import OutgoingLetter
from helpdesk import workflow
from helpdesk.models import AnswerChannel, Ticket


def listen() -> None:
    """Wait for the numbers of answer letters; called once when the room moves in."""
    step_when_registered(workflow.FLOW, "inform", answered)


def answered(ticket: Ticket, letter: OutgoingLetter, drafter: User) -> None:
    """The applicant was told by that letter."""
    note = _("Answered by letter %(number)s.") % {"number": letter.official_number}
    workflow.inform(ticket, by=drafter, answer_channel=AnswerChannel.LETTER, answer_note=note)
