"""A source reports under a number of its own: while that report is open, no second one with the same number is taken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from incidents.models import Breach
from processes.confidential import is_hidden_from
from processes.errors import DomainError, RuleBroken


class AlreadyReported(DomainError):
    """The source reported it under this number before, and it is being worked on."""

    code = "already-reported"
    status = 409
    title = gettext_lazy("This was reported already")


def refuse(source: str, reference: str, by: User) -> None:
    """Refuse a second report of an open one; its number here is told only to who may know of it."""
    first = (
        Breach.objects.with_number(source, reference).light().order_by("pk").first() if reference else None
    )
    if first is None:
        return
    if is_hidden_from(first, by):
        sentence = _("This number of the source was reported already and is being worked on.")
    else:
        sentence = _("This number of the source was reported already: %(number)s. Add to that breach.") % {
            "number": first.number
        }
    raise AlreadyReported(sentence, fields={"source_reference": [sentence]})


@contextmanager
def told(source: str, reference: str, by: User) -> Iterator[None]:
    """Of two equal reports at once the database takes one; the other hears what it would have heard a moment later."""
    try:
        yield
    except RuleBroken:
        refuse(source, reference, by)
        raise
