"""Who is reminded of what: reviewers who have not decided, the lead of applications not compared this month."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.queries import people_with_role
from accounts.roles import Role
from processes import inbox
from webapps.models import Application, Authority, Decision, Reconciliation, ReviewItem, ReviewPart

BEFORE = timedelta(days=14)
EVERY = timedelta(days=3)
COMPARED_WITHIN = timedelta(days=35)
UNDECIDED = gettext_noop("The review “%(title)s” waits for your decision on %(count)d authorities.")
LEFT = gettext_noop("The reviewer of “%(title)s” has left: hand %(count)d authorities to somebody else.")
NOT_COMPARED = gettext_noop("%(count)d web applications were not compared with their own list of users.")


def remind_reviewers(now: datetime) -> dict[str, int]:
    """From two weeks before the last day on, every third day, and only those with something left to decide."""
    today = timezone.localdate(now)
    undecided = ReviewItem.objects.filter(part=OuterRef("pk"), decision=Decision.OPEN)
    told = 0
    parts = ReviewPart.objects.filter(
        Exists(undecided), campaign__finished_at__isnull=True, campaign__deadline__lte=today + BEFORE
    ).exclude(reminded_on__gt=today - EVERY)
    for key in parts.values_list("pk", flat=True):
        with transaction.atomic():
            part = (
                ReviewPart.objects.select_for_update(of=("self",))
                .select_related("campaign", "reviewer")
                .get(pk=key)
            )
            if part.reminded_on is not None and part.reminded_on > today - EVERY:
                continue
            part.reminded_on = today
            part.save(update_fields=("reminded_on",))
            inbox.tell(
                inbox.answering(part.reviewer, people_with_role(Role.IT_LEAD)),
                None,
                UNDECIDED if part.reviewer.is_active else LEFT,
                path=reverse("webapps-review-part", args=(part.pk,)),
                title=part.campaign.title,
                count=part.items.filter(decision=Decision.OPEN).count(),
            )
            told += 1
    return {"reminded": told}


def not_compared(now: datetime) -> list[Application]:
    """Applications in use by somebody whose list was not compared lately (Ek-5 5.6.12)."""
    lately = Reconciliation.objects.filter(application=OuterRef("pk"), made_at__gte=now - COMPARED_WITHIN)
    held = Authority.objects.open().filter(application=OuterRef("pk"))
    return list(Application.objects.active().filter(Exists(held)).exclude(Exists(lately)).in_order())


def remind_of_comparing(now: datetime) -> dict[str, int]:
    """Once a month the lead hears which applications were not compared."""
    late = not_compared(now)
    if late:
        with transaction.atomic():
            inbox.tell(
                people_with_role(Role.IT_LEAD),
                None,
                NOT_COMPARED,
                path=reverse("webapps-applications"),
                count=len(late),
            )
    return {"not_compared": len(late)}
