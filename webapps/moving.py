"""Somebody works in another unit of the same institution: its head is asked which authorities stay (Ek-5 5.6.5).

Conditions are kept for applications and roles, not for units: nothing tells by itself that a ward's nurse may no longer do at
the next ward what was granted. So nothing is taken away unasked; a review asks who knows, reminds, and what nobody answers
is on the board like that of every other review. Moves of the same days are one review.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Employee, Institution, Unit, User
from accounts.queries import people_with_role
from accounts.roles import Role
from audit import trail
from audit.context import because
from processes import inbox, wording
from processes.gate import save
from webapps import raising
from webapps.models import Authority, Campaign, Decision, ReviewItem, ReviewPart

TOGETHER = timedelta(days=7)  # moves of so many days are asked about together
ANSWERED = timedelta(days=30)
STAYS = gettext_noop("Somebody changed unit: say which of %(count)d authorities stay (“%(title)s”).")


def when_moved(employee: Employee, old_institution: Institution, old_unit: Unit | None, by: User) -> None:
    """Another unit of the same institution. Who had none yet was not moved, only entered more exactly."""
    if employee.institution_id != old_institution.pk or old_unit is None:
        return
    held = Authority.objects.open().filter(employee=employee, institution=old_institution)
    authorities = list(raising.not_asked_yet(held).select_related("application").order_by("pk"))
    if authorities:
        ask(employee, authorities, by=by)


def ask(
    employee: Employee, authorities: Sequence[Authority], *, by: User, now: datetime | None = None
) -> None:
    """The authorities stand in the review of these days, to be decided (again, if they were decided before this move)."""
    now = now or timezone.now()
    with transaction.atomic(), because(step="review_move", by=by):
        campaign = _review_of_these_days(by, now)
        campaign.applications.add(*(one.application for one in authorities))
        part, is_new = ReviewPart.objects.get_or_create(
            campaign=campaign,
            institution=employee.institution,
            defaults={"reviewer": _reviewer(employee, by)},
        )
        before = part.items.filter(authority__in=authorities)
        decided = list(before.exclude(decision=Decision.OPEN))
        trail.record_many(decided, "changed", lambda one: {"decision": [one.decision, Decision.OPEN]})
        for item in decided:
            item.decision, item.reason = Decision.OPEN, ""
            item.decided_at = item.decided_by = None
        ReviewItem.objects.bulk_update(decided, ("decision", "reason", "decided_at", "decided_by"))
        present = set(before.values_list("authority", flat=True))
        fresh = [one for one in authorities if one.pk not in present]
        trail.record_many(
            ReviewItem.objects.bulk_create(ReviewItem(part=part, authority=one) for one in fresh), "created"
        )
        trail.record(part, "created" if is_new else "changed", {"authorities": len(authorities)})
        if part.reviewer != by:
            inbox.tell(
                [part.reviewer],
                None,
                STAYS,
                path=reverse("webapps-review-part", args=(part.pk,)),
                title=campaign.title,
                count=len(authorities),
            )


def _review_of_these_days(by: User, now: datetime) -> Campaign:
    """The review begun by the first of these moves, under its lock, or a new one."""
    found = (
        Campaign.objects.select_for_update()
        .filter(is_of_moves=True, finished_at__isnull=True, opened_at__gt=now - TOGETHER)
        .order_by("-opened_at", "-pk")
        .first()
    )
    if found is not None:
        return found
    today = timezone.localdate(now)
    campaign = Campaign(
        title=_("Changes of unit from %(day)s on") % {"day": wording.full_date(today)},
        deadline=today + ANSWERED,
        opened_at=now,
        opened_by=by,
        is_of_moves=True,
    )
    save(campaign)
    return campaign


def _reviewer(employee: Employee, by: User) -> User:
    """The head of the institution; of a head's own authorities, or where there is none, the lead."""
    heads = [
        one
        for one in people_with_role(Role.REQUESTING_UNIT_HEAD)
        if one.institution_id == employee.institution_id
    ]
    others = [one for one in [*heads, *people_with_role(Role.IT_LEAD)] if one.pk != employee.user_id]
    return others[0] if others else by
