"""Access reviews (Ek-5 5.6.4): begun over applications, decided institution by institution, finished with requests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.authority import works_in_unit
from accounts.models import User
from accounts.queries import people_with_role
from accounts.roles import Role
from audit import trail
from audit.context import because
from processes import inbox
from processes.errors import NotPermitted, RuleBroken, WrongState
from processes.gate import require_writable, save
from webapps import raising
from webapps.lines import MOST, Entry
from webapps.models import (
    Application,
    Authority,
    Campaign,
    Decision,
    Operation,
    Origin,
    ReviewItem,
    ReviewPart,
)

BATCH = 2000


def begin(
    *,
    by: User,
    title: str,
    applications: Iterable[Application],
    deadline: date,
    reviewer: User,
    now: datetime | None = None,
) -> Campaign:
    """Ask for every authority in force now: the head of each institution, or `reviewer` where there is none."""
    _may(by)
    now = now or timezone.now()
    chosen = list(applications)
    if deadline < timezone.localdate(now):
        sentence = _("The last day is not in the past.")
        raise RuleBroken(sentence, fields={"deadline": [sentence]})
    rows = Authority.objects.open().filter(application__in=chosen).select_related("employee")
    held = list(rows.order_by("institution", "pk"))
    if not held:
        sentence = _("Nobody holds a role in these applications.")
        raise RuleBroken(sentence, fields={"applications": [sentence]})
    heads: dict[int | None, User] = {}
    for head in people_with_role(Role.REQUESTING_UNIT_HEAD):
        heads.setdefault(head.institution_id, head)
    asked = _asked(held, heads, reviewer)
    with transaction.atomic(), because(step="begin_review", by=by):
        campaign = Campaign(title=title.strip(), deadline=deadline, opened_at=now, opened_by=by)
        save(campaign)
        campaign.applications.set(chosen)
        parts = {
            place: ReviewPart(campaign=campaign, institution_id=place, reviewer=who)
            for place, who in asked.items()
        }
        ReviewPart.objects.bulk_create(parts.values())
        ReviewItem.objects.bulk_create(
            (ReviewItem(part=parts[one.institution_id], authority=one) for one in held), batch_size=BATCH
        )
        trail.record(campaign, "review_begun", {"parts": len(parts), "authorities": len(held)})
        for part in parts.values():
            if part.reviewer != by:
                tell_reviewer(part, campaign)
    return campaign


def tell_reviewer(part: ReviewPart, campaign: Campaign) -> None:
    """Somebody is asked to review."""
    inbox.tell(
        [part.reviewer],
        None,
        gettext_noop("You are asked to review who has access: “%(title)s”."),
        path=reverse("webapps-review-part", args=(part.pk,)),
        title=campaign.title,
    )


def hand_to(part: ReviewPart, *, by: User, reviewer: User) -> ReviewPart:
    """Somebody else answers for this institution."""
    _may(by)
    with transaction.atomic(), because(step="hand_review", by=by):
        current = _open_part(part)
        if not current.items.exclude(authority__employee__user=reviewer).exists():
            sentence = _own(reviewer)
            raise RuleBroken(sentence, fields={"reviewer": [sentence]})
        current.reviewer, current.reminded_on = reviewer, None
        current.save(update_fields=("reviewer", "reminded_on"))
        tell_reviewer(current, current.campaign)
    return current


def decide(
    part: ReviewPart,
    *,
    by: User,
    items: Sequence[int],
    decision: str,
    reason: str = "",
    now: datetime | None = None,
) -> int:
    """Keep or remove some of the authorities; a decision may be changed until the review is finished."""
    if decision not in (Decision.KEEP, Decision.REMOVE):
        raise RuleBroken(_("Choose “keep” or “remove”."))
    if decision == Decision.REMOVE and not reason.strip():
        sentence = _("Write why the authority is to be removed.")
        raise RuleBroken(sentence, fields={"reason": [sentence]})
    require_writable(reason)
    now = now or timezone.now()
    with transaction.atomic(), because(step="decide_review", reason=reason, by=by):
        current = _open_part(part)
        if by.pk != current.reviewer_id and not works_in_unit(by):
            raise NotPermitted(_("Only the reviewer of this institution decides."))
        chosen = list(current.items.filter(pk__in=list(items)))
        if own_in(current, by).filter(pk__in=[one.pk for one in chosen]).exists():
            raise NotPermitted(
                _("Nobody reviews their own authorities: somebody else of the unit decides on them.")
            )
        current.items.filter(pk__in=[one.pk for one in chosen]).update(
            decision=decision, reason=reason.strip()[:300], decided_at=now, decided_by=by
        )
        trail.record_many(chosen, "changed", lambda one: {"decision": [one.decision, decision]})
    return len(chosen)


def own_in(part: ReviewPart, person: User) -> QuerySet[ReviewItem]:
    """The person's own authorities among those of a part; somebody else decides on them."""
    return part.items.filter(authority__employee__user=person)


def undecided(part: ReviewPart, by: User) -> list[int]:
    """The keys of what this person may still decide on."""
    left = part.items.filter(decision=Decision.OPEN).exclude(pk__in=own_in(part, by))
    return list(left.values_list("pk", flat=True))


def _asked(held: Sequence[Authority], heads: Mapping[int | None, User], other: User) -> dict[int, User]:
    """Who reviews each institution: its head, or the other person where there is none or all of it is the head's own."""
    holders: dict[int, set[int | None]] = {}
    for one in held:
        holders.setdefault(one.institution_id, set()).add(one.employee.user_id)
    asked = {}
    for place, users in holders.items():
        head = heads.get(place)
        asked[place] = other if head is None or users == {head.pk} else head
        if users == {asked[place].pk}:
            sentence = _own(other)
            raise RuleBroken(sentence, fields={"reviewer": [sentence]})
    return asked


def _own(person: User) -> str:
    return _("%(name)s would review own authorities only; name somebody else.") % {"name": person.full_name}


def finish(campaign: Campaign, *, by: User, now: datetime | None = None) -> Campaign:
    """End the review: what is to be removed becomes requests, one or more for each institution.

    Before the last day everything has to be decided; after it what nobody decided stands as such in the report.
    """
    _may(by)
    now = now or timezone.now()
    with transaction.atomic(), because(step="finish_review", by=by):
        current = Campaign.objects.select_for_update().get(pk=campaign.pk)
        if not current.is_open:
            raise WrongState(_("This review is finished."))
        left = ReviewItem.objects.filter(part__campaign=current, decision=Decision.OPEN).count()
        if left and timezone.localdate(now) <= current.deadline:
            raise RuleBroken(
                _("%(count)d authorities are not decided yet; the last day is not over.") % {"count": left}
            )
        for part in current.parts.select_related("institution"):
            _raise_requests(current, part, by, now)
        current.finished_at, current.finished_by = now, by
        save(current)
    return current


def _raise_requests(campaign: Campaign, part: ReviewPart, by: User, now: datetime) -> None:
    """What one reviewer wants removed, as requests of at most so many lines."""
    wanted = raising.not_asked_yet(
        Authority.objects.open().filter(reviews__part=part, reviews__decision=Decision.REMOVE)
    )
    authorities = list(wanted.told().order_by("pk"))
    for start in range(0, len(authorities), MOST):
        piece = authorities[start : start + MOST]
        raised = raising.revoke(
            part.institution,
            [Entry(one.application, one.employee, Operation.REMOVE, one.role) for one in piece],
            by=by,
            origin=Origin.REVIEW,
            title=_("Authorities to be removed after “%(title)s”") % {"title": campaign.title},
            raised_for=f"review:{part.pk}:{start}",
            now=now,
        )
        part.items.filter(authority__in=piece).update(case=raised)


def _open_part(part: ReviewPart) -> ReviewPart:
    """The part under its lock, while its review is open."""
    current = (
        ReviewPart.objects.select_for_update(of=("self",))
        .select_related("campaign", "reviewer")
        .get(pk=part.pk)
    )
    if not current.campaign.is_open:
        raise WrongState(_("This review is finished."))
    return current


def _may(by: User) -> None:
    if not works_in_unit(by):
        raise NotPermitted(_("Only the unit's staff begin and finish reviews."))
