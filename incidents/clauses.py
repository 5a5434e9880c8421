"""How this room keeps the steps of 5.3.2."""

from django.utils.translation import gettext_lazy as _

from processes import clauses

HOW = {
    "5.3.2.1": _(
        "Every way of reporting leads to one confidential record with a gapless number and four moments."
    ),
    "5.3.2.2": _(
        "Nothing goes on before the lead has decided, with reasons: discipline, court, both or neither."
    ),
    "5.3.2.3": _("Where discipline is called for, the breach waits for the letter's number and date."),
    "5.3.2.4": _("The breach counts as stopped only when the check list of its category is settled."),
    "5.3.2.5": _("A barrier has somebody who answers for it and a day on which it is verified."),
    "5.3.2.6": _("A breach closes only when the reporter was told and no mandatory task is open."),
}


def declare() -> None:
    """Tell the registry; called once when the room moves in."""
    for number, how in HOW.items():
        clauses.declare("incidents", number, how)
