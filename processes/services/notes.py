"""Remarks on a case. A note is never edited: who wants to correct one writes another."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.authority import works_in_unit
from accounts.models import User
from audit.context import because
from processes import inbox
from processes.errors import RuleBroken
from processes.models import Case, Note
from processes.plaintext import is_writable
from processes.rooms import refuse_text
from processes.services.sight import require_sight

LONGEST = 4000


def write(case: Case, by: User, text: str, internal: bool = True) -> Note:
    """Write a note. One for the applicant too is told to the applicant; one of the applicant to who works on the case."""
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise RuleBroken(
            _("Write something in the note."), fields={"text": [_("Write something in the note.")]}
        )
    if len(text) > LONGEST or not is_writable(text):
        sentence = _("A note is plain text of at most %(count)d characters.") % {"count": LONGEST}
        raise RuleBroken(sentence, fields={"text": [sentence]})
    require_sight(case, by, writing=True)
    refuse_text(case, text=text)
    staff = works_in_unit(by)
    with transaction.atomic(), because(step="note"):
        note = Note.objects.create(case_id=case.pk, text=text, is_internal=internal and staff, written_by=by)
        if not note.is_internal:
            asked = case.applicant if staff else case.assignee
            if asked is not None and asked.pk != by.pk:
                inbox.tell([asked], case, gettext_noop("There is a new note on %(number)s."))
    return note


def notes_for(case: Case, user: User) -> QuerySet[Note]:
    """The notes this person may read, oldest first."""
    notes = Note.objects.filter(case_id=case.pk).select_related("written_by")
    return notes if works_in_unit(user) else notes.filter(is_internal=False)
