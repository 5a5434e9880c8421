"""The entry of the training register that a signature under a training document makes (Ek-5 5.4.1.6)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import Training, User
from processes.gate import save
from security_docs.models import Document, Kind
from security_docs.months import months_after


def signed(document: Document, *, by: User, at: datetime) -> Training | None:
    """A training document was signed: its entry, valid as long as the document goes without a review; inside a transaction."""
    if document.kind != Kind.TRAINING or not document.training_subject:
        return None
    day = timezone.localdate(at)
    if Training.objects.filter(user=by, subject=document.training_subject, held_on=day).exists():
        return None
    until = max(months_after(day, document.review_months), day + timedelta(days=1))
    made = Training(
        user=by,
        subject=document.training_subject,
        provider=f"{document.number} {document.title}"[:200],
        held_on=day,
        valid_until=until,
        entered_by=by,
    )
    save(made)
    return made
