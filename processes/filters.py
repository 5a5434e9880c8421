"""Filters of the case list; they live in the address, so a list can be bookmarked, saved and sent."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.forms import Form
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.authority import works_in_unit
from accounts.looking import looked_for
from accounts.models import Institution, User
from processes import rooms, searching
from processes.fields import DAY, PickedField
from processes.models import Case, Channel
from processes.models.case import NO_CLOCK
from processes.queries import staff_choices

OPEN, CLOSED, ALL = "open", "closed", "all"
ME, NOBODY = "me", "none"


class PickedFilter(django_filters.ModelChoiceFilter):
    """A row told by its key or its name."""

    field_class = PickedField


class Narrowed(django_filters.FilterSet):
    """A filter set that knows whether anything was chosen; `BEGINS_WITH` are those that are set from the start.

    Whoever takes its rows after asking for words or a person (`ASKS_FOR`) looked for somebody, and the trail tells it.
    """

    BEGINS_WITH: ClassVar[frozenset[str]] = frozenset()
    ASKS_FOR: ClassVar[tuple[str, ...]] = ("applicant", "employee")

    @property
    def qs(self) -> QuerySet[Any]:
        """The rows; what was asked for is told with them."""
        if not hasattr(self, "_qs"):
            asked = {name: str(self.data.get(name, "")) for name in self.ASKS_FOR if name in self.filters}
            words = str(self.data.get("q", "")) if "q" in self.filters else ""
            looked_for(self._meta.model, {"words": words, **asked})
        return super().qs

    @property
    def form(self) -> Form:
        """The form of these filters, whose fields are made for this request alone and need no copies."""
        if not hasattr(self, "_form"):
            self._form = self._meta.form(self.data if self.is_bound else None, prefix=self.form_prefix)
            self._form.fields = {name: one.field for name, one in self.filters.items()}
        return self._form

    @property
    def is_narrowed(self) -> bool:
        """Something was chosen beside what the list begins with."""
        chosen = {key for key, value in self.data.items() if value and key in self.filters}
        return bool(chosen - self.BEGINS_WITH)


class CaseFilter(Narrowed):
    """What a list of cases can be narrowed by."""

    BEGINS_WITH = frozenset({"status"})

    q = django_filters.CharFilter(label=_("Words"), method="by_words")
    status = django_filters.ChoiceFilter(
        label=_("Open or closed"),
        method="by_status",
        empty_label=None,
        choices=[(OPEN, _("Open")), (CLOSED, _("Closed")), (ALL, _("All"))],
    )
    subprocess = django_filters.ChoiceFilter(
        label=_("Sub-process"), method="by_subprocess", empty_label=_("All")
    )
    state = django_filters.ChoiceFilter(label=_("State"), field_name="state", empty_label=_("All"))
    due = django_filters.ChoiceFilter(
        label=_("Due"),
        method="by_due",
        empty_label=_("All"),
        choices=[("overdue", _("Overdue")), ("today", _("Today")), ("waiting", _("Clock stopped"))],
    )
    assignee = django_filters.ChoiceFilter(
        label=_("Assigned to"), method="by_assignee", empty_label=_("Anybody")
    )
    institution = PickedFilter(
        label=_("Institution"),
        field_name="applicant_institution",
        queryset=Institution.objects.active(),
        url_name="institutions-find",
    )
    applicant = PickedFilter(
        label=_("Applicant"), field_name="applicant", queryset=User.objects.active(), url_name="people-find"
    )
    channel = django_filters.ChoiceFilter(
        label=_("Reached us by"), choices=Channel.choices, empty_label=_("All")
    )
    since = django_filters.DateFilter(label=_("Opened from"), method="by_since", widget=DAY)
    until = django_filters.DateFilter(label=_("Opened until"), method="by_until", widget=DAY)

    class Meta:
        model = Case
        fields: tuple[str, ...] = ()

    def __init__(self, data: Any = None, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(
            {"status": OPEN, **{key: value for key, value in (data or {}).items() if value}}, *args, **kwargs
        )
        self.by = by
        chosen = self.data.get("subprocess")
        shown = [room for room in rooms.all_rooms() if room.number == chosen] or rooms.all_rooms()
        self.filters["subprocess"].extra["choices"] = [
            (room.number, f"{room.number} {room.title}") for room in rooms.all_rooms()
        ]
        self.filters["state"].extra["choices"] = list(
            dict(choice for room in shown for choice in room.states.choices).items()
        )
        self.filters["assignee"].extra["choices"] = self._people

    @cached_property
    def people(self) -> list[tuple[int, str]]:
        """Those on whose desk a case may be: keys and names."""
        return staff_choices() if works_in_unit(self.by) else []

    def _people(self) -> list[tuple[Any, Any]]:
        return [(ME, _("Me")), (NOBODY, _("Nobody yet")), *self.people]

    @property
    def is_open_only(self) -> bool:
        """The list shows the queue: by due time instead of newest first."""
        return self.data.get("status") == OPEN

    def by_words(self, rows: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        """Cases in which every word occurs."""
        query = searching.query(value)
        return rows.filter(search=query) if query is not None else rows.none()

    def by_status(self, rows: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        """Open, closed or both."""
        return rows if value == ALL else rows.filter(closed_at__isnull=value == OPEN)

    def by_subprocess(self, rows: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        """Cases of one sub-process."""
        return rows.filter(subprocess__number=value)

    def by_due(self, rows: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        """Overdue, due today, or waiting for somebody outside."""
        now = timezone.now()
        if value == "waiting":
            return rows.filter(waiting_since__isnull=False)
        if value == "overdue":
            return rows.filter(closed_at__isnull=True, queue_at__lt=now)
        return rows.filter(closed_at__isnull=True, queue_at__gte=now, queue_at__lt=end_of_day(now))

    def by_assignee(self, rows: QuerySet[Case], name: str, value: str) -> QuerySet[Case]:
        """On whose desk."""
        if value == NOBODY:
            return rows.filter(assignee__isnull=True)
        return rows.filter(assignee=self.by.pk if value == ME else int(value))

    def by_since(self, rows: QuerySet[Case], name: str, value: date) -> QuerySet[Case]:
        """Opened on that day or later."""
        return rows.filter(opened_at__gte=start_of(value))

    def by_until(self, rows: QuerySet[Case], name: str, value: date) -> QuerySet[Case]:
        """Opened on that day or before."""
        return rows.filter(opened_at__lt=end_of(value))


def start_of(day: date) -> datetime:
    """The first moment of a day in the office."""
    return datetime.combine(day, time.min, timezone.get_default_timezone())


def end_of(day: date) -> datetime:
    """The first moment after a day in the office; after the calendar's last day nothing comes."""
    return start_of(day + timedelta(days=1)) if day < date.max else NO_CLOCK


def end_of_day(now: datetime) -> datetime:
    """The first moment of the next day in the office."""
    return end_of(timezone.localdate(now))
