"""The letters of a case on its page: a tab, a block, and entries in its timeline."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.authority import works_in_unit
from accounts.models import User
from ebys.models import OutgoingState
from ebys.queries import letters_of
from processes.models import Case
from processes.panels import Event, Panel


def context(case: Case, user: User) -> dict[str, Any]:
    """What the panel prints: two queries, whatever the number of letters."""
    incoming, outgoing = letters_of(case, user)
    return {"case": case, "incoming": incoming, "outgoing": outgoing, "may_write": works_in_unit(user)}


def events(panel: dict[str, Any]) -> Iterable[Event]:
    """When letters came in, and when ours were drafted and registered."""
    for letter in panel["incoming"]:
        title = _("A letter came in: %(subject)s") % {"subject": letter.subject}
        yield Event(
            letter.received_at,
            "letter",
            title,
            letter.official_number,
            url=letter.get_absolute_url(),
            icon="letter",
        )
    for letter in panel["outgoing"]:
        yield Event(
            letter.drafted_at,
            "letter",
            _("A letter was drafted: %(subject)s") % {"subject": letter.subject},
            by=letter.drafted_by,
            url=letter.get_absolute_url(),
            icon="letter-out",
            is_internal=True,
        )
        if letter.state == OutgoingState.REGISTERED:
            yield Event(
                letter.registered_at,
                "letter",
                _("The letter was registered by EBYS"),
                f"{letter.official_number} · {letter.dated:%d.%m.%Y}",
                url=letter.get_absolute_url(),
                icon="letter-out",
            )


PANEL = Panel(
    key="letters",
    title=_("Letters"),
    template="ebys/panel.html",
    context=context,
    shown_to=works_in_unit,
    events=events,
)
