"""What the letters of 5.3.1 say of their record, and the step that the registered announcement ends (5.3.1.4)."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from ebys import answers, words
from ebys.models import OutgoingLetter
from processes.models import Case
from security_docs import queries, workflow
from security_docs.models import Compliance

NAMES = {
    "dokuman_listesi": gettext_lazy("the versions prepared for the record, with their numbers and titles"),
    "okuma_tarihi": gettext_lazy("until when they are to be read: “15.12.2026 tarihine kadar”"),
}


def fill(case: Case) -> dict[str, str]:
    """The placeholders of this room for one record."""
    versions = queries.prepared_versions(case)
    listed = ", ".join(f"{one.document.number} {one.document.title} (sürüm {one.number})" for one in versions)
    days = [one.read_by for one in versions if one.read_by]
    until = f"{date_format(max(days), 'd.m.Y')} tarihine kadar" if days else "on beş gün içinde"
    return {"dokuman_listesi": listed or "…", "okuma_tarihi": until}


def announced(compliance: Compliance, letter: OutgoingLetter, by: User) -> None:
    """The letter is registered and the web page is done: the record closes."""
    note = _("Announced by letter %(number)s and on the web page.") % {"number": letter.official_number}
    workflow.announce(compliance, by=by, note=note)


def listen() -> None:
    """Hear of registered letters; called once when the room moves in."""
    words.offer(workflow.FLOW.number, NAMES, fill)
    answers.step_when_registered(workflow.FLOW, queries.ANNOUNCING, announced)
