"""What is still due after a breach: barriers to be verified, reviews to be held, actions to be carried out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from accounts.queries import people_with_role
from accounts.roles import Role
from incidents.models import Barrier, Breach, Review, ReviewAction
from processes import inbox

MOST = 500
AGAIN = timedelta(days=7)


@dataclass(frozen=True)
class FollowUp:
    """One thing due after a breach, whatever it is."""

    due_on: date
    what: str
    text: str
    breach: Breach
    owner: User | None

    @property
    def number(self) -> str:
        """The breach it belongs to."""
        return self.breach.number

    @property
    def owner_name(self) -> str:
        """Who answers for it."""
        return self.owner.full_name if self.owner else ""

    def get_absolute_url(self) -> str:
        """Where it is settled."""
        return f"{self.breach.get_dossier_url()}#follow-ups"


def barriers(breaches: Any) -> QuerySet[Barrier]:
    """Barriers of these breaches nobody has verified yet."""
    return Barrier.objects.filter(verified_at__isnull=True, breach__in=breaches).select_related(
        "breach", "owner"
    )


def reviews(breaches: Any) -> QuerySet[Review]:
    """Reviews not held yet."""
    return Review.objects.filter(held_on__isnull=True, breach__in=breaches).select_related("breach")


def actions(breaches: Any) -> QuerySet[ReviewAction]:
    """Actions not carried out yet."""
    return ReviewAction.objects.filter(done_at__isnull=True, review__breach__in=breaches).select_related(
        "review__breach", "owner"
    )


def open_follow_ups(breaches: QuerySet[Breach]) -> list[FollowUp]:
    """Everything still due, the earliest first; three queries however much there is."""
    keys = breaches.order_by().values("pk")
    found = [
        FollowUp(one.verify_on, _("Verify the barrier"), one.text, one.breach, one.owner)
        for one in barriers(keys)[:MOST]
    ]
    found += [
        FollowUp(one.due_on, _("Hold the review"), _("After-action review"), one.breach, None)
        for one in reviews(keys)[:MOST]
    ]
    found += [
        FollowUp(one.due_on, _("Carry out the action"), one.text, one.review.breach, one.owner)
        for one in actions(keys)[:MOST]
    ]
    return sorted(found, key=lambda one: (one.due_on, one.breach.number))


def tell_due(now: datetime) -> int:
    """Tell who answers for what is due, on the day itself and every week after; the leads, of what is nobody's."""
    today = timezone.localdate(now)
    leads = people_with_role(Role.HIS_LEAD, on=today)
    found = open_follow_ups(Breach.objects.all())
    due = [one for one in found if one.due_on <= today and (today - one.due_on) % AGAIN == timedelta(0)]
    with transaction.atomic():
        for one in due:
            people = [one.owner] if one.owner else leads
            text = gettext_noop("%(number)s: something is due since %(due)s.")
            inbox.tell(people, one.breach, text, due=f"{one.due_on:%d.%m.%Y}")
    return len(due)
