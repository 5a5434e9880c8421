"""The answer letter of a request: one line for every user, and the request closes when EBYS has numbered it (5.3.7.6)."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from ebys import words
from ebys.answers import step_when_registered
from ebys.models import OutgoingLetter
from processes.models import Case
from webapps import queries, workflow
from webapps.models import AccessRequest, AnswerChannel, Standing

PARAGRAPHS = "\n\n"


def listen() -> None:
    """Offer the placeholders and wait for the numbers of answer letters; called once when the room moves in."""
    words.offer(
        workflow.FLOW.number,
        {
            "kullanicilar": gettext_lazy("one line for every user with the result"),
            "reddedilenler": gettext_lazy("one line for every user rejected, with the reason"),
        },
        words_of,
    )
    step_when_registered(workflow.FLOW, "inform", answered)


def words_of(case: Case) -> Mapping[str, str]:
    """What the placeholders stand for on this request. Letters are Turkish, whoever drafts them."""
    lines = queries.lines_of(case)
    with translation.override("tr"):
        return {
            "kullanicilar": queries.answer_lines(lines).replace("\n", PARAGRAPHS),
            "reddedilenler": queries.answer_lines(
                [line for line in lines if line.standing == Standing.REFUSED]
            ).replace("\n", PARAGRAPHS),
        }


def answered(request: AccessRequest, letter: OutgoingLetter, drafter: User) -> None:
    """The applicant was told by that letter."""
    note = _("Answered by letter %(number)s.") % {"number": letter.official_number}
    workflow.inform(request, by=drafter, answer_channel=AnswerChannel.LETTER, answer_note=note)
