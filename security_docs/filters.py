"""Filters of the document register; they live in the address, so a list can be bookmarked and sent."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Employee, Institution, Training, User
from processes.fields import DAY
from processes.filters import Narrowed, PickedFilter
from security_docs import queries
from security_docs.models import IN_PREPARATION, Classification, Document, Kind, Version, VersionState

IN_USE, DUE, PREPARING, WITHOUT, ENDED = "in_use", "due", "preparing", "without", "ended"


class TrainingFilter(Narrowed):
    """What the training register can be narrowed by."""

    VALID, OVER = "valid", "over"

    q = django_filters.CharFilter(label=_("Person"), method="by_words")
    subject = django_filters.ChoiceFilter(
        label=_("Subject"), choices=queries.training_subjects, empty_label=_("All")
    )
    standing = django_filters.ChoiceFilter(
        label=_("Standing"),
        method="by_standing",
        empty_label=_("All"),
        choices=[(VALID, _("Valid")), (OVER, _("To be repeated"))],
    )
    institution = PickedFilter(
        label=_("Institution"),
        method="by_institution",
        queryset=Institution.objects.active(),
        url_name="institutions-find",
    )
    held_from = django_filters.DateFilter(
        label=_("Held from"), field_name="held_on", lookup_expr="gte", widget=DAY
    )
    held_to = django_filters.DateFilter(
        label=_("Held until"), field_name="held_on", lookup_expr="lte", widget=DAY
    )

    class Meta:
        model = Training
        fields: tuple[str, ...] = ()

    def by_words(self, rows: QuerySet[Training], name: str, value: str) -> QuerySet[Training]:
        """Trainings of people with a name, or of staff with a registry number, that begins so."""
        users = User.objects.found_by(value).order_by().values("pk")
        staff = Employee.objects.matching(value).order_by()
        return rows.filter(
            Q(user__in=users) | Q(employee__in=staff.values("pk")) | Q(user__in=staff.values("user"))
        )

    def by_institution(self, rows: QuerySet[Training], name: str, value: Institution) -> QuerySet[Training]:
        """Trainings of who works there today."""
        users = User.objects.filter(institution=value).order_by().values("pk")
        staff = Employee.objects.filter(institution=value).order_by().values("pk")
        return rows.filter(Q(user__in=users) | Q(employee__in=staff))

    def by_standing(self, rows: QuerySet[Training], name: str, value: str) -> QuerySet[Training]:
        """Those that count today, or no longer do."""
        today = timezone.localdate()
        return (
            rows.filter(valid_until__lt=today) if value == self.OVER else rows.filter(valid_until__gte=today)
        )


def years() -> list[tuple[str, str]]:
    """This year and the four before it."""
    this = timezone.localdate().year
    return [(str(year), str(year)) for year in range(this, this - 5, -1)]


class UntrainedFilter(Narrowed):
    """Which staff were not trained: of which institution, in which year, in what."""

    BEGINS_WITH = frozenset({"year"})

    q = django_filters.CharFilter(label=_("Person"), method="by_words")
    institution = PickedFilter(
        label=_("Institution"), queryset=Institution.objects.active(), url_name="institutions-find"
    )
    year = django_filters.ChoiceFilter(
        label=_("Not trained in"), method="as_asked", choices=years, empty_label=None
    )
    subject = django_filters.ChoiceFilter(
        label=_("Subject"), method="as_asked", choices=queries.training_subjects, empty_label=_("Any subject")
    )

    class Meta:
        model = Employee
        fields: tuple[str, ...] = ()

    def __init__(self, data: Any = None, *args: Any, user: User, **kwargs: Any) -> None:
        given = {key: value for key, value in (data or {}).items() if value}
        this_year = str(timezone.localdate().year)
        super().__init__({"year": this_year, **given}, Employee.objects.none(), *args, **kwargs)
        chosen = self.form.cleaned_data if self.form.is_valid() else {}
        self.year = int(chosen.get("year") or this_year)
        self.subject = str(chosen.get("subject") or "")
        self.place: Institution | None = chosen.get("institution")
        if self.place is not None:  # known already: the box need not look for its name again
            name = str(self.place)
            self.form.fields["institution"].widget.labels = lambda value: name
        self.queryset = queries.untrained(user, self.year, self.subject)

    def by_words(self, rows: QuerySet[Employee], name: str, value: str) -> QuerySet[Employee]:
        """Staff by the beginnings of their names, or of their registry number."""
        return rows.matching(value)  # type: ignore[attr-defined]

    def as_asked(self, rows: QuerySet[Employee], name: str, value: Any) -> QuerySet[Employee]:
        """Year and subject have chosen the rows already."""
        return rows


class DocumentFilter(Narrowed):
    """What the register can be narrowed by."""

    BEGINS_WITH = frozenset({"standing"})

    q = django_filters.CharFilter(label=_("Words"), method="by_words")
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Kind.choices, empty_label=_("All"))
    standing = django_filters.ChoiceFilter(
        label=_("Standing"),
        method="by_standing",
        empty_label=None,
        choices=[
            (IN_USE, _("In the register")),
            (DUE, _("Review is due")),
            (PREPARING, _("A version is being prepared")),
            (WITHOUT, _("Nothing in force")),
            (ENDED, _("No longer kept")),
        ],
    )
    classification = django_filters.ChoiceFilter(
        label=_("Classification"), choices=Classification.choices, empty_label=_("All")
    )
    owner = PickedFilter(label=_("Owner"), queryset=User.objects.people(), url_name="people-find")

    class Meta:
        model = Document
        fields: tuple[str, ...] = ()

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        given = {key: value for key, value in (data or {}).items() if value}
        super().__init__({"standing": IN_USE, **given}, *args, **kwargs)

    def by_words(self, rows: QuerySet[Document], name: str, value: str) -> QuerySet[Document]:
        """Documents whose number or title has a word beginning with each of the words typed."""
        return rows.found_by(value)  # type: ignore[attr-defined]

    def by_standing(self, rows: QuerySet[Document], name: str, value: str) -> QuerySet[Document]:
        """Documents by how they stand today."""
        if value == ENDED:
            return rows.filter(ended_on__isnull=False)
        rows = rows.filter(ended_on__isnull=True)
        versions = Version.objects.filter(document=OuterRef("pk"))
        if value == DUE:
            return rows.filter(next_review_on__lte=timezone.localdate())
        if value == PREPARING:
            return rows.filter(Exists(versions.filter(state__in=IN_PREPARATION)))
        if value == WITHOUT:
            return rows.exclude(Exists(versions.filter(state=VersionState.PUBLISHED)))
        return rows
