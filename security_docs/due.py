"""What has come due in the register: reviews and gaps, told once a week to whoever answers for them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.queries import people_with_role
from accounts.roles import Role
from audit.context import because
from processes import inbox
from security_docs.models import Clause, Document

AHEAD = timedelta(days=30)


def reviews_due(by: date) -> list[Document]:
    """The documents whose review day lies before that day, the earliest first."""
    found = Document.objects.in_use().filter(next_review_on__lte=by).select_related("owner")
    return list(found.order_by("next_review_on", "pk"))


def remind(now: datetime) -> dict[str, int]:
    """Tell the owners of documents to be reviewed within a month, and those who are to close a gap that is overdue.

    What belonged to somebody who has left is told to the leads.
    """
    today = timezone.localdate(now)
    documents = reviews_due(today + AHEAD)
    gaps = Clause.objects.filter(closed_on__isnull=True, due_on__lt=today).exclude(gap="")
    late = list(gaps.select_related("owner", "compliance").defer("compliance__search"))
    leads = people_with_role(Role.HIS_LEAD, on=today)
    with transaction.atomic(), because(step="documents_remind"):
        for document in documents:
            assert document.next_review_on is not None
            inbox.tell(
                inbox.answering(document.owner, leads),
                None,
                gettext_noop("%(document)s is to be reviewed by %(day)s."),
                path=document.get_absolute_url(),
                document=str(document),
                day=f"{document.next_review_on:%d.%m.%Y}",
            )
        for clause in late:
            assert clause.due_on is not None
            people = inbox.answering(clause.owner, leads)
            inbox.tell(
                people,
                clause.compliance,
                gettext_noop("%(number)s: the gap of clause %(clause)s was to be closed by %(day)s."),
                clause=clause.number,
                day=f"{clause.due_on:%d.%m.%Y}",
                path=reverse("security-my-gaps" if clause.owner in people else "security-gaps"),
            )
    return {"reviews": len(documents), "gaps": len(late)}
