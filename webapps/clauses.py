"""How this room keeps the steps of 5.3.7 and the clauses of Ek-5 about who has access (5.6)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from processes import clauses
from processes.lateness import late
from webapps import queries, raising, reminding
from webapps.models import (
    GRANTING,
    AccessRequest,
    Application,
    AppRole,
    Authority,
    Campaign,
    Condition,
    ConditionCheck,
    Difference,
    RequestLine,
    Settlement,
    Standing,
)

APP = "webapps"
REVIEWED_WITHIN = timedelta(days=365)
SETTLED_WITHIN = timedelta(days=30)

HOW = {
    "request": gettext_lazy(
        "Letter and portal lead to one registered request with a line for every user and operation."
    ),
    "evaluate": gettext_lazy(
        "Every user is judged by the application's check list; each answer is kept with the line."
    ),
    "reject": gettext_lazy(
        "A condition that is not met is the text of the rejection; no line is rejected without a reason."
    ),
    "perform": gettext_lazy(
        "What was carried out is kept with person, time and evidence, and changes the register at once."
    ),
    "escalate": gettext_lazy(
        "What the unit cannot do goes to the software support with its number and its own due date."
    ),
    "inform": gettext_lazy(
        "A request closes only when every line has its result and the applicant was told."
    ),
}


def requested() -> Sequence[str]:
    """No letter lies with its users not entered."""
    empty = AccessRequest.objects.open().filter(
        lines_total=0, step__key="evaluate", due_at__lt=timezone.now()
    )
    count = empty.count()
    return [_("In %(count)d letters the users have not been entered.") % {"count": count}] if count else []


def evaluated() -> Sequence[str]:
    """Nobody was accepted against the answer to a condition."""
    unmet = ConditionCheck.objects.filter(line=OuterRef("pk"), is_met=False)
    accepted = RequestLine.objects.filter(standing__in=(Standing.ACCEPTED, Standing.SUPPORT, Standing.DONE))
    count = accepted.filter(Exists(unmet)).count()
    found = [_("%(count)d users were accepted although a condition is not met.") % {"count": count}]
    return [*late("5.3.7.2")(), *(found if count else [])]


def rejected() -> Sequence[str]:
    """Rejections do not lie."""
    return late("5.3.7.3")()


def performed() -> Sequence[str]:
    """What was carried out stands in the register of authorities."""
    held = Authority.objects.filter(
        Q(until__isnull=True) | Q(until__gte=OuterRef("done_at")),
        employee=OuterRef("employee"),
        role=OuterRef("role"),
        since__lte=OuterRef("done_at"),
    )
    done = RequestLine.objects.filter(standing=Standing.DONE, operation__in=GRANTING)
    count = done.exclude(Exists(held)).count()
    found = [_("%(count)d roles were granted and do not stand in the register.") % {"count": count}]
    return [*late("5.3.7.4")(), *(found if count else [])]


def escalated() -> Sequence[str]:
    """The software support answers in time."""
    return late("5.3.7.5")()


def informed() -> Sequence[str]:
    """Applicants are told in time."""
    return late("5.3.7.6")()


def unowned() -> list[str]:
    """Every application in use has roles, and a check list for them (Ek-5 5.6.3)."""
    applications = Application.objects.active()
    without_roles = applications.exclude(
        Exists(AppRole.objects.filter(application=OuterRef("pk"), is_active=True))
    )
    without_list = applications.exclude(
        Exists(Condition.objects.filter(application=OuterRef("pk"), is_active=True))
    )
    return [
        *(
            _("%(name)s has no role in its catalogue.") % {"name": one.name}
            for one in without_roles.in_order()
        ),
        *(
            _("%(name)s has no condition for its users.") % {"name": one.name}
            for one in without_list.in_order()
        ),
    ]


def reviewed() -> Sequence[str]:
    """Every application somebody uses was reviewed within a year, no review is overdue, and all was decided (Ek-5 5.6.4).

    A review of those who changed unit is no review of the application.
    """
    now = timezone.now()
    lately = Campaign.objects.filter(
        applications=OuterRef("pk"), opened_at__gte=now - REVIEWED_WITHIN, is_of_moves=False
    )
    long_held = Authority.objects.open().filter(application=OuterRef("pk"), since__lt=now - REVIEWED_WITHIN)
    missing = Application.objects.active().filter(Exists(long_held)).exclude(Exists(lately))
    overdue = Campaign.objects.filter(finished_at__isnull=True, deadline__lt=timezone.localdate(now))
    return [
        *(
            _("Access to %(name)s was not reviewed for a year.") % {"name": one.name}
            for one in missing.in_order()
        ),
        *(_("The review “%(title)s” is past its last day.") % {"title": one.title} for one in overdue),
        *(
            _("In the review “%(title)s” nobody decided on %(count)d authorities.")
            % {"title": title, "count": count}
            for title, count in queries.left_undecided()
            .order_by("part__campaign")
            .values_list("part__campaign__title")
            .annotate(Count("pk"))
        ),
    ]


def current() -> Sequence[str]:
    """Nobody who left or moved keeps access without a request on its way to end it (Ek-5 5.6.5)."""
    gone = raising.not_asked_yet(Authority.objects.open().filter(employee__left_on__isnull=False)).count()
    elsewhere = raising.not_asked_yet(
        Authority.objects.open()
        .filter(employee__left_on__isnull=True)
        .exclude(employee__institution=F("institution"))
    ).count()
    found = []
    if gone:
        found.append(_("%(count)d authorities belong to people who left.") % {"count": gone})
    if elsewhere:
        found.append(_("%(count)d authorities belong to people who moved.") % {"count": elsewhere})
    return found


def compared() -> Sequence[str]:
    """Every list was compared this month and its differences settled (Ek-5 5.6.12)."""
    now = timezone.now()
    names = [one.name for one in reminding.not_compared(now)]
    old = Difference.objects.filter(
        settlement=Settlement.OPEN, reconciliation__made_at__lt=now - SETTLED_WITHIN
    ).count()
    return [
        *(
            _("The users of %(name)s were not compared in the last 35 days.") % {"name": name}
            for name in names
        ),
        *([_("%(count)d differences have been open for a month.") % {"count": old}] if old else []),
    ]


STEPS: tuple[tuple[str, str, Callable[[], Sequence[str]]], ...] = (
    ("5.3.7.1", "request", requested),
    ("5.3.7.2", "evaluate", evaluated),
    ("5.3.7.3", "reject", rejected),
    ("5.3.7.4", "perform", performed),
    ("5.3.7.5", "escalate", escalated),
    ("5.3.7.6", "inform", informed),
)
ANNEX = (
    (
        "5.6.3",
        gettext_lazy(
            "Each application has an owner, a role catalogue, conditions and a matrix that shows any past day."
        ),
        unowned,
    ),
    (
        "5.6.4",
        gettext_lazy("Reviews ask each institution who still needs what; removals become requests."),
        reviewed,
    ),
    (
        "5.6.5",
        gettext_lazy(
            "Leavers and movers raise a request that ends their access, in the same moment; a change of unit raises a review."
        ),
        current,
    ),
    (
        "5.6.12",
        gettext_lazy("Each application's own list is compared with the matrix; differences are settled."),
        compared,
    ),
)


def declare() -> None:
    """Tell the registry; called once when the room moves in."""
    for number, key, check in STEPS:
        clauses.declare(APP, number, HOW[key], check)
    for number, how, check in ANNEX:
        clauses.declare(APP, number, how, check)
