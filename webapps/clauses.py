"""How this room keeps the steps of 5.3.7."""

from django.utils.translation import gettext_lazy as _

from processes import clauses

HOW = {
    "5.3.7.1": _(
        "Letter and portal lead to one registered request with a line for every user and operation."
    ),
    "5.3.7.2": _("Every user is judged by the application's check list; each answer is kept with the line."),
    "5.3.7.3": _(
        "A condition that is not met is the text of the rejection; no line is rejected without a reason."
    ),
    "5.3.7.4": _(
        "What was carried out is kept with person, time and evidence, and changes the register at once."
    ),
    "5.3.7.5": _(
        "What the unit cannot do goes to the software support with its number and its own due date."
    ),
    "5.3.7.6": _("A request closes only when every line has its result and the applicant was told."),
}


def declare() -> None:
    """Tell the registry; called once when the room moves in."""
    for number, how in HOW.items():
        clauses.declare("webapps", number, how)
