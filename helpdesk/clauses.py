"""How this room keeps the steps of 5.3.6."""

from django.utils.translation import gettext_lazy as _

from processes import clauses
from processes.lateness import late

HOW = {
    "5.3.6.1": _("Letter, telephone and portal lead to one registered request with a gapless number."),
    "5.3.6.2": _(
        "The finding, priority, category and equipment are recorded before a solution can be chosen."
    ),
    "5.3.6.3": _("The chosen way is recorded within the planned days; the clock shows what is late."),
    "5.3.6.4": _("The supply list must be settled, or recorded as not needed, before staff are directed."),
    "5.3.6.5": _("An information-technology officer is directed by workload, and the solution is recorded."),
    "5.3.6.6": _("A request closes only when the applicant was told; the lead finds it in the inbox."),
}


def declare() -> None:
    """Tell the registry; called once when the room moves in."""
    for number, how in HOW.items():
        clauses.declare("helpdesk", number, how, late(number))
