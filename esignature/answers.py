"""What of the room's letters takes a step by itself, and what the templates can say of a request."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from ebys import events, words
from ebys.answers import step_when_registered
from ebys.models import OutgoingLetter
from esignature import batches, queries, workflow
from esignature.models import Request
from processes.models import Case
from processes.turkish import tr_lower

WORDS = {
    "imza_turu": _("kind of the signature asked for"),
    "imza_gerekcesi": _("why it is asked for"),
    "form_sayisi": _("number of forms in the batch letter"),
    "eksik": _("what was missing or wrong on the returned form"),
}


def listen() -> None:
    """Hear of letters that EBYS has registered: single ones and those of batches."""
    step_when_registered(workflow.FLOW, "write_letter", _written)
    events.on_registered(batches.register_when_registered)
    words.offer(workflow.FLOW.number, WORDS, _words_of)


def _written(request: Request, letter: OutgoingLetter, drafter: User) -> None:
    workflow.write_letter(request, by=drafter, letter_number=letter.official_number, letter_date=letter.dated)


def _words_of(case: Case) -> dict[str, str]:
    request = Request.objects.light().filter(pk=case.pk).first()
    if request is None:
        return {}
    count = Request.objects.filter(batch=request.batch_id).count() if request.batch_id else 1
    return {
        "imza_turu": tr_lower(queries.kind_label(request.kind)),
        "imza_gerekcesi": tr_lower(queries.reason_label(request.reason)),
        "form_sayisi": str(count),
        "eksik": request.return_reason,
    }
