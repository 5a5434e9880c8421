"""Reads of 5.3.2 that more than one door needs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.cache import cache
from django.db.models import Exists, Func, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import roles_of
from accounts.models import User
from accounts.roles import CONFIDENTIAL_STAFF
from incidents.countdown import countdown
from incidents.models import Alert, Breach, Category, FollowUp, NoticePhase, Phase, Shift, State, Task
from incidents.models.breach import BreachQuerySet
from incidents.models.duty import AlertQuerySet
from processes.errors import NotFound
from processes.panels import Urgent
from processes.queries import case_for
from processes.wording import full_moment

CATEGORIES = "incidents:categories"
SIMILAR = 12
COUNTED = 99


def category_choices() -> list[tuple[int, str]]:
    """The categories in use, for a choice; a change shows within a minute."""
    return cache.get_or_set(CATEGORIES, _kept_categories, 60) or []


def _kept_categories() -> list[tuple[int, str]]:
    return list(Category.objects.filter(is_active=True).values_list("pk", "name"))


def breach_for(user: User, number: str) -> Breach:
    """The breach of that number, as this person may know of it."""
    case = case_for(user, number)
    if not isinstance(case, Breach):
        raise NotFound(_("There is no breach with that number."))
    return case


def in_the_way(breach: Breach, phases: Iterable[str] = Phase.values) -> list[str]:
    """What is mandatory and still open in these phases."""
    return list(breach.tasks.in_the_way().filter(phase__in=phases).values_list("text", flat=True))


def with_tasks(breaches: QuerySet[Breach]) -> QuerySet[Breach]:
    """Breaches with their open tasks, read in the same query (`tasks_told` takes them out)."""
    tasks = Task.objects.filter(breach=OuterRef("pk"), outcome="").order_by("pk")
    told = JSONObject(phase="phase", text="text", is_mandatory="is_mandatory", awaits="awaits")
    return breaches.annotate(open_tasks=ArraySubquery(tasks.values(told=told)))


def with_phase(breaches: QuerySet[Breach]) -> QuerySet[Breach]:
    """Breaches with the day the next phase of a notice is due, as `phase_due_on`; None where no notice is incomplete."""
    phases = NoticePhase.objects.open().filter(breach=OuterRef("pk")).order_by("due_on")
    return breaches.annotate(phase_due_on=Subquery(phases.values("due_on")[:1]))


def phase_open(breaches: BreachQuerySet) -> BreachQuerySet:
    """Those with an incomplete notice."""
    return breaches.filter(Exists(NoticePhase.objects.open().filter(breach=OuterRef("pk"))))


def tasks_told(breach: Breach) -> list[dict[str, Any]]:
    """The open tasks of a breach read by `with_tasks`, each with the step that asks for it."""
    found = getattr(breach, "open_tasks", [])
    return [{**one, "phase": Phase(one["phase"]).label} for one in found]


def urgent(user: User) -> list[Urgent]:
    """What of breaches must not wait: reports nobody acknowledged, the 72 hours, what is due; one query, for who knows."""
    if roles_of(user).isdisjoint(CONFIDENTIAL_STAFF):
        return []
    unheard = Alert.objects.unanswered().filter(breach__state=State.REPORTED)
    running = Breach.objects.clock_running()
    due = FollowUp.objects.due(timezone.now()).order_by()
    found = User.objects.filter(pk=user.pk).values_list(
        _counted(unheard),
        _counted(running),
        _counted(due),
        Subquery(running.order_by("learned_at").values("learned_at")[:1]),
    )
    unheard_count, running_count, due_count, first = found.get()
    urgent = []
    if unheard_count:
        text = _("Breaches: nobody has acknowledged %(count)s reports.") % {"count": _told(unheard_count)}
        urgent.append(Urgent(text, reverse("breach-alerts"), _("Look at them")))
    if running_count:
        clock = countdown(first, timezone.now())
        moment = full_moment(clock.deadline)
        text = _("Breaches: the 72 hours run for %(count)s, the first until %(moment)s.") % {
            "count": _told(running_count),
            "moment": moment,
        }
        address = f"{reverse('breach-register')}?clock=running"
        urgent.append(Urgent(text, address, _("Look at them"), "late" if clock.tone == "late" else "soon"))
    if due_count:
        text = _(
            "Breaches: %(count)s follow-ups are due – sanctions, notices, barriers, reviews, actions."
        ) % {"count": _told(due_count)}
        urgent.append(Urgent(text, reverse("breach-follow-ups"), _("Look at them"), "soon"))
    return urgent


def _counted(rows: QuerySet[Any]) -> Func:
    """How many there are, up to one more than is told apart; asked inside another question."""
    return Func(
        ArraySubquery(rows.values("pk")[: COUNTED + 1]), function="CARDINALITY", output_field=IntegerField()
    )


def _told(count: int) -> str:
    """A number, or that there are more."""
    return f"{COUNTED}+" if count > COUNTED else str(count)


def unanswered(alerts: AlertQuerySet) -> AlertQuerySet:
    """Those of reports nobody has taken on yet."""
    return alerts.unanswered().filter(breach__state=State.REPORTED)


def rota_from(now: datetime) -> QuerySet[Shift]:
    """The windows of the rota that are not over."""
    return Shift.objects.filter(cancelled_at__isnull=True, ends_at__gt=now).select_related(
        "officer", "deputy", "made_by", "made_for", "cancelled_by", "cancelled_for"
    )


def alerts_for(user: User) -> AlertQuerySet:
    """The alerts of breaches this person may know of; who knows of all is asked no further question."""
    rows = Alert.objects.select_related("breach", "person", "acknowledged_by", "acknowledged_for").defer(
        "breach__search"
    )
    if roles_of(user) & CONFIDENTIAL_STAFF:
        return rows
    return rows.filter(breach__in=Breach.objects.visible_to(user).order_by().values("pk"))


def like(breach: Breach, by: User) -> list[tuple[str, str]]:
    """Other open breaches this person may know of, those of the same category first, newest first."""
    others = Breach.objects.visible_to(by).open().light().exclude(pk=breach.pk)
    if breach.category_id:
        others = others.filter(category=breach.category_id)
    return [(one.number, one.title) for one in others.order_by("-opened_at", "-pk")[:SIMILAR]]
