"""What ends or lengthens the 72 hours (KVKK m. 12/5): only with a written reason, and by the lead once data were involved."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.authority import authority_for
from accounts.models import User
from accounts.queries import people_with_role
from accounts.roles import Role
from incidents import merged
from incidents.models import Breach, PersonalData
from incidents.services.writing import written
from processes import inbox
from processes.errors import NotPermitted, RuleBroken
from processes.rooms import room_of

DECIDING = "decide"  # whoever takes this step has a say once personal data were involved (5.3.2.2)
WEIGHT: dict[str, int] = {PersonalData.NO: 0, PersonalData.UNKNOWN: 1, PersonalData.YES: 2}


def eases(breach: Breach, personal_data: str, learned_at: datetime) -> bool:
    """Writing this down would end the 72 hours, come nearer to that, or let them begin later."""
    return WEIGHT[personal_data] < WEIGHT[breach.personal_data] or learned_at > breach.learned_at


def deciding_roles(breach: Breach) -> frozenset[str]:
    """Who decides what the breach calls for."""
    return room_of(breach).flow.roles_for(DECIDING, breach)


def is_for_the_lead(breach: Breach) -> bool:
    """Personal data were involved so far."""
    return breach.personal_data == PersonalData.YES


def require(breach: Breach, personal_data: str, learned_at: datetime, *, by: User, reason: str) -> None:
    """Refuse to ease the 72 hours without a reason, or, once personal data were involved, by anybody but the lead."""
    if not eases(breach, personal_data, learned_at):
        return
    field = "learned_at" if learned_at > breach.learned_at else "personal_data"
    if is_for_the_lead(breach) and authority_for(by, deciding_roles(breach)) is None:
        sentence = _(
            "Personal data were involved so far: only the lead, who decides on the breach, ends or lengthens the 72 hours. "
            "Not telling the Board can be proposed for signature."
        )
        raise NotPermitted(sentence, fields={field: [sentence]})
    written(reason, "reason", _("This ends or lengthens the 72 hours: write why."))


def require_untold(breach: Breach, personal_data: str) -> None:
    """Refuse to say that there were no personal data where the Board was told of them."""
    if personal_data == PersonalData.NO and merged.first_word_to_the_board(breach) is not None:
        sentence = _("The Board was told of personal data in this breach.")
        raise RuleBroken(sentence, fields={"personal_data": [sentence]})


def require_learned_before_told(breach: Breach, learned_at: datetime) -> None:
    """Refuse a moment of learning after a notice that went out: nobody is told of what is not known."""
    if learned_at > breach.learned_at and breach.notices.filter(sent_at__lt=learned_at).exists():
        sentence = _("Somebody was told of the breach before this moment: it was known by then.")
        raise RuleBroken(sentence, fields={"learned_at": [sentence]})


def tell(breach: Breach, by: User) -> None:
    """The leads and the unit head hear that somebody eased the 72 hours."""
    people = [one for one in people_with_role(Role.HIS_LEAD, Role.UNIT_HEAD) if one != by]
    text = gettext_noop("%(number)s: the 72 hours were ended or lengthened. Read the reason in the trail.")
    inbox.tell(people, breach, text)
