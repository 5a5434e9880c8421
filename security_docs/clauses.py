"""How this room keeps the steps of 5.3.1."""

from django.utils.translation import gettext_lazy as _

from processes import clauses

HOW = {
    "5.3.1.1": _("The Ministry's document is registered with its letter, number, date and clauses."),
    "5.3.1.2": _(
        "An evaluation is concluded only when every clause is judged; a gap has an owner and a day."
    ),
    "5.3.1.3": _(
        "The step is done when a version is approved by the people named for it, or the lead wrote that none is needed."
    ),
    "5.3.1.4": _(
        "The record closes only when EBYS registered the letter and the announcement is on the web page."
    ),
}


def declare() -> None:
    """Tell the registry; called once when the room moves in."""
    for number, how in HOW.items():
        clauses.declare("security_docs", number, how)
