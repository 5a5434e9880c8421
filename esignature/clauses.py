"""How this room keeps the steps of 5.3.3."""

from django.utils.translation import gettext_lazy as _

from processes import clauses
from processes.lateness import late

HOW = {
    "5.3.3.1": _(
        "A form is registered for a holder of the staff register and looked at line by line; an incomplete one goes back "
        "with its reason."
    ),
    "5.3.3.2": _(
        "Complete forms are collected into one letter with their list as annex; the step is taken when EBYS has given the "
        "letter its number."
    ),
    "5.3.3.3": _(
        "Forms are posted with their letter under a parcel number and a day, all of a batch or none."
    ),
}


def declare() -> None:
    """Tell the registry; called once when the room moves in."""
    for number, how in HOW.items():
        clauses.declare("esignature", number, how, late(number))
