"""Reads of 5.3.6 that more than one door needs: desks, ready texts, similar requests, report figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import Avg, Count, ExpressionWrapper, F, Func, JSONField, Q, QuerySet
from django.db.models.fields import DurationField
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries import people_with_role
from accounts.roles import Role
from helpdesk.models import OPEN_STATES, CannedText, Category, SupplyState, Ticket
from processes import figures
from processes.models import StepRun
from processes.models.case import CaseQuerySet, apart_from_hidden

SIMILAR = 12
READY_TEXTS = "helpdesk:ready-texts"
CATEGORIES = "helpdesk:categories"


@dataclass(frozen=True)
class Desk:
    """An officer and the requests on their desk."""

    person: User
    open: int
    overdue: int


def workload(by: User, now: datetime | None = None) -> list[Desk]:
    """The information-technology officers, the least busy first, as far as the reader may know of their requests."""
    now = now or timezone.now()
    people = people_with_role(Role.IT_OFFICER)
    rows = (
        Ticket.objects.visible_to(by)
        .open()
        .filter(assignee__in=people)
        .order_by()
        .values_list("assignee")
        .annotate(open=Count("pk"), overdue=Count("pk", filter=Q(queue_at__lt=now)))
    )
    counts = {person: (open_, overdue) for person, open_, overdue in rows}
    desks = [Desk(person, *counts.get(person.pk, (0, 0))) for person in people]
    return sorted(desks, key=lambda desk: (desk.open, desk.overdue, desk.person.sort_key))


def ready_texts(step_key: str, ticket: Ticket) -> list[tuple[str, str]]:
    """The unit's ready texts of a step; {number} and {subject} are filled in. A change shows within a minute."""
    kept: list[tuple[str, str, str]] = cache.get_or_set(READY_TEXTS, _kept_texts, 60) or []
    return [
        (title, text.replace("{number}", ticket.number).replace("{subject}", ticket.title))
        for key, title, text in kept
        if key == step_key
    ]


def _kept_texts() -> list[tuple[str, str, str]]:
    return list(CannedText.objects.filter(is_active=True).values_list("step_key", "title", "text"))


@dataclass(frozen=True)
class SupplyLine:
    """One line of the supply list as the case page prints it."""

    pk: int
    name: str
    quantity: int
    state: str
    source: str

    def get_state_display(self) -> str:
        """Where it stands, in words."""
        return str(SupplyState(self.state).label)


class _Supplies(Func):
    """The lines of a supply list in their order; written out, since every page of a request asks."""

    template = (
        "(SELECT coalesce(jsonb_agg(jsonb_build_object('pk', item.id, 'name', item.name, 'quantity', item.quantity, "
        "'state', item.state, 'source', item.source) ORDER BY item.id), '[]') FROM helpdesk_supplyitem item "
        "WHERE item.ticket_id = %(expressions)s)"
    )
    output_field = JSONField()


def with_supplies(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Requests with their supply lists, read in the same query (`supply_lines` takes them out)."""
    return tickets.annotate(supplies_told=_Supplies(F("pk")))


def supply_lines(ticket: Ticket) -> list[SupplyLine]:
    """The supply list of a request read by `with_supplies`."""
    return [SupplyLine(**line) for line in getattr(ticket, "supplies_told", [])]


def like(ticket: Ticket, by: User) -> list[tuple[str, str]]:
    """Open requests that may be about the same trouble: of the same institution, or else of the same category."""
    others = Ticket.objects.visible_to(by).open().light().exclude(pk=ticket.pk).filter(state__in=OPEN_STATES)
    if ticket.applicant_institution_id:
        others = others.filter(applicant_institution=ticket.applicant_institution_id)
    elif ticket.category_id:
        others = others.filter(category=ticket.category_id)
    return [(other.number, other.title) for other in others.order_by("-opened_at", "-pk")[:SIMILAR]]


@dataclass(frozen=True)
class Period(figures.Period):
    """The days a report is about; optionally one institution or category; and who reads it."""

    reader: User
    institution: int | None = None
    category: int | None = None

    def opened(self) -> QuerySet[Ticket]:
        """The requests that came in during the period."""
        start, end = self.bounds()
        return self.narrowed(self.known().filter(opened_at__gte=start, opened_at__lt=end))

    def known(self) -> CaseQuerySet[Ticket]:
        """The requests the reader may know of."""
        return Ticket.objects.visible_to(self.reader)

    def narrowed(self, tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
        """Only of the institution and category asked for."""
        if self.institution:
            tickets = tickets.filter(applicant_institution=self.institution)
        return tickets.filter(category=self.category) if self.category else tickets


AGES = ((2, "0-2"), (7, "3-7"), (30, "8-30"), (None, "31+"))


@dataclass(frozen=True)
class Figure:
    """One row of a report: open and closed requests of one thing, how many late, mean days to close."""

    name: str
    opened: int
    closed: int
    overdue: int
    days: float | None


def open_by_age(period: Period, now: datetime | None = None) -> list[tuple[str, int, int]]:
    """Open requests by days since they came in: label, all, overdue among them. Not bound to the period's days."""
    now = now or timezone.now()
    sums = {}
    newest = 0
    for place, (days, _label) in enumerate(AGES):
        within = Q(opened_at__lte=now - timedelta(days=newest)) if place else Q()
        if days is not None:
            within &= Q(opened_at__gt=now - timedelta(days=days + 1))
            newest = days + 1
        sums[f"all{place}"] = Count("pk", filter=within)
        sums[f"late{place}"] = Count("pk", filter=within & Q(queue_at__lt=now))
    row = period.narrowed(period.known().open()).order_by().aggregate(**sums)
    return [
        (_("%(span)s days") % {"span": label}, row[f"all{place}"], row[f"late{place}"])
        for place, (_days, label) in enumerate(AGES)
    ]


def by_institution(period: Period, now: datetime | None = None) -> list[Figure]:
    """Requests of the period by the institution that asked, most first."""
    return _figures(period, "applicant_institution__name", _("Without an institution"), now)


def by_category(period: Period, now: datetime | None = None) -> list[Figure]:
    """Requests of the period by category, most first."""
    return _figures(period, "category__name", _("Without a category"), now)


def _figures(period: Period, field: str, nameless: str, now: datetime | None) -> list[Figure]:
    now = now or timezone.now()
    took = ExpressionWrapper(F("closed_at") - F("opened_at"), output_field=DurationField())
    rows = (
        period.opened()
        .order_by()
        .values(field)
        .annotate(
            opened=Count("pk"),
            closed=Count("pk", filter=Q(closed_at__isnull=False)),
            overdue=Count("pk", filter=Q(closed_at__isnull=True, queue_at__lt=now)),
            took=Avg(took, filter=Q(closed_at__isnull=False)),
        )
        .order_by("-opened", field)
    )
    return [
        Figure(
            row[field] or nameless, row["opened"], row["closed"], row["overdue"], figures.days_of(row["took"])
        )
        for row in rows
    ]


def step_days(period: Period) -> list[figures.StepFigure]:
    """The days of the steps of 5.3.6, counted from requests the reader may know of."""
    runs = StepRun.objects.filter(apart_from_hidden(period.reader))
    if period.institution or period.category:
        runs = runs.filter(case__in=period.narrowed(Ticket.objects.all()).values("pk"))
    return figures.step_days("5.3.6", period, runs)


@dataclass(frozen=True)
class Satisfaction:
    """What the applicants said of the service."""

    mean: float | None
    answers: int
    counts: Sequence[int]


def satisfaction(period: Period) -> Satisfaction:
    """The mark of the requests closed in the period: mean, how many answered, and how often 1 to 5."""
    start, end = period.bounds()
    rated = period.narrowed(
        period.known().filter(closed_at__gte=start, closed_at__lt=end, satisfaction__isnull=False)
    )
    sums = {f"mark{mark}": Count("pk", filter=Q(satisfaction=mark)) for mark in range(1, 6)}
    row = rated.order_by().aggregate(mean=Avg("satisfaction"), answers=Count("pk"), **sums)
    return Satisfaction(row["mean"], row["answers"], [row[f"mark{mark}"] for mark in range(1, 6)])


def category_choices() -> list[tuple[int, str]]:
    """The categories in use, for a choice; a change shows within a minute."""
    return cache.get_or_set(CATEGORIES, _kept_categories, 60) or []


def _kept_categories() -> list[tuple[int, str]]:
    return list(Category.objects.filter(is_active=True).values_list("pk", "name"))
