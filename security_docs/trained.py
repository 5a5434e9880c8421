"""The entries of the training register that signatures under a training document make (Ek-5 5.4.1.6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.utils import timezone

from accounts.models import Training, User
from audit import trail
from processes.gate import save
from security_docs.models import Document, Kind, Reading
from security_docs.months import months_after


def signed(document: Document, *, by: User, at: datetime) -> Training | None:
    """A training document was signed: its entry, valid as long as the document goes without a review; inside a transaction."""
    if not makes_entries(document):
        return None
    day = timezone.localdate(at)
    if Training.objects.filter(user=by, subject=document.training_subject, held_on=day).exists():
        return None
    made = Training(user=by, entered_by=by, **_held(document, day))
    save(made)
    return made


def signed_on_paper(document: Document, rows: Sequence[Reading], *, by: User, on: date) -> list[Training]:
    """The same for a list signed by hand by staff without an account; inside the transaction that enters the list."""
    if not makes_entries(document):
        return []
    held = _held(document, on)
    known = Training.objects.filter(subject=document.training_subject, held_on=on)
    present = set(known.values_list("employee_id", flat=True))
    fresh = [
        Training(employee_id=row.employee_id, entered_by=by, **held)
        for row in rows
        if row.employee_id is not None and row.employee_id not in present
    ]
    Training.objects.bulk_create(fresh)
    trail.record_many(fresh, "created")
    return fresh


def makes_entries(document: Document) -> bool:
    """Who signs it was trained."""
    return document.kind == Kind.TRAINING and bool(document.training_subject)


def _held(document: Document, day: date) -> dict[str, object]:
    """What an entry says beside the person."""
    return {
        "subject": document.training_subject,
        "provider": f"{document.number} {document.title}"[:200],
        "held_on": day,
        "valid_until": max(months_after(day, document.review_months), day + timedelta(days=1)),
    }
