"""A letter that ends a step: when EBYS has given it number and date, the step it was drafted for is taken."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.utils.translation import gettext as _

from accounts.models import User
from ebys import events
from ebys.models import OutgoingLetter
from ebys.queries import has_registered_letter
from processes.errors import RuleBroken
from processes.models import Case
from processes.workflow import Workflow

CaseT = TypeVar("CaseT", bound=Case)


def step_when_registered(
    flow: Workflow[CaseT], key: str, take: Callable[[CaseT, OutgoingLetter, User], object]
) -> None:
    """Let `take(case, letter, drafter)` run for letters whose template names this step; called once at start.

    It runs in the drafter's name and only while the drafter may take the step. In every other case nothing happens
    here: whoever works on the case goes on by hand.
    """

    def listener(letter: OutgoingLetter, by: User) -> None:
        if letter.template is None or letter.template.step_key != key:
            return
        case = flow.model._default_manager.defer("search").filter(pk=letter.case_id).first()
        drafter = letter.drafted_by
        if case is not None and flow.refusal(key, case, drafter) is None:
            take(case, letter, drafter)

    events.on_registered(listener)


def require_registered_letter(case: Case, field: str = "answer_channel") -> None:
    """Who says somebody was told by letter has a letter that EBYS gave its number and date."""
    if not has_registered_letter(case):
        sentence = _("The answer letter has not been registered by EBYS yet.")
        raise RuleBroken(sentence, fields={field: [sentence]})
