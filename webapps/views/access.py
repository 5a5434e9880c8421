"""Who has access to what: the list at any day, one person's history, and the matrix of an application."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.authority import works_in_unit
from accounts.models import Employee, Institution, User
from accounts.queries import institutions_for
from audit import trail
from processes import export, wording
from processes.errors import NotFound
from processes.fields import DAY
from processes.filters import Narrowed, PickedFilter
from processes.paging import page_of
from processes.requests import person
from processes.views.keeping import exported
from webapps.models import Application, AppRole, Authority
from webapps.models.authorities import AuthorityQuerySet
from webapps.views.listing import ROWS, shown
from webapps.views.register import application_or_404

CHUNK = 1000
COLUMNS = [
    export.Column("employee", gettext_lazy("User"), "employee.full_name"),
    export.Column("registry", gettext_lazy("Registry number"), "employee.registry_no"),
    export.Column("institution", gettext_lazy("Institution"), "institution.name"),
    export.Column("application", gettext_lazy("Application"), "application.name"),
    export.Column("role", gettext_lazy("Role"), "role.name"),
    export.Column("since", gettext_lazy("Since"), "since", kind="time"),
    export.Column("until", gettext_lazy("Until"), "until", kind="time"),
    export.Column(
        "origin", gettext_lazy("Granted by"), lambda row: row.request_number or _("Reconciliation")
    ),
]
PERSON_COLUMNS = COLUMNS[2:]
HEADS = [
    export.Column("employee", gettext_lazy("User")),
    export.Column("institution", gettext_lazy("Institution")),
    export.Column("application", gettext_lazy("Application")),
    export.Column("since", gettext_lazy("Since"), kind="date"),
    export.Column("until", gettext_lazy("Until"), kind="date"),
    export.Column("origin", gettext_lazy("Granted by")),
]


class AccessFilter(Narrowed):
    """What the list of authorities can be narrowed by; without a day it is today's."""

    BEGINS_WITH = frozenset({"on"})

    on = django_filters.DateFilter(label=gettext_lazy("On the day"), method="by_day", widget=DAY)
    application = django_filters.ModelChoiceFilter(
        label=gettext_lazy("Application"),
        queryset=Application.objects.in_order(),
        empty_label=gettext_lazy("All"),
    )
    institution = PickedFilter(
        label=gettext_lazy("Institution"), queryset=Institution.objects.none(), url_name="institutions-find"
    )
    employee = PickedFilter(
        label=gettext_lazy("User"), queryset=Employee.objects.none(), url_name="employees-find"
    )

    class Meta:
        model = Authority
        fields: tuple[str, ...] = ()

    def __init__(self, data: Any = None, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__({"on": timezone.localdate().isoformat(), **given(data)}, *args, **kwargs)
        self.filters["institution"].queryset = institutions_for(by)
        self.filters["employee"].queryset = Employee.objects.visible_to(by)

    def by_day(self, rows: AuthorityQuerySet, name: str, value: date) -> AuthorityQuerySet:
        """In force at any time of that day."""
        return rows.on(value)

    def filter_queryset(self, queryset: AuthorityQuerySet) -> QuerySet[Authority]:
        """The list is of one day always, as its heading says; a day that cannot be read is today."""
        rows = queryset if self.form.cleaned_data.get("on") else queryset.on(self.day)
        narrowed: QuerySet[Authority] = super().filter_queryset(rows)
        return narrowed

    @property
    def is_narrowed(self) -> bool:
        """Something was chosen, if only another day than today."""
        return super().is_narrowed or self.day != timezone.localdate()

    @property
    def day(self) -> date:
        """The day the list is about; today while the one typed is none, whatever else was typed wrong."""
        self.form.is_valid()
        chosen: date | None = self.form.cleaned_data.get("on")
        return chosen or timezone.localdate()


def given(data: Any) -> dict[str, Any]:
    """The filters that were filled in."""
    return {key: value for key, value in (data or {}).items() if value}


def access(request: HttpRequest) -> HttpResponseBase:
    """Who had access to what on a day: by application, institution and person."""
    user = person(request)
    chosen = AccessFilter(request.GET, queryset=Authority.objects.visible_to(user).told(), by=user)
    return shown(
        request,
        chosen.qs,
        COLUMNS,
        ("employee__sort_key", "pk"),
        template="webapps/list.html",
        list_name="webapps-access",
        title=_("Who has access to what"),
        chosen=chosen,
        nothing=_("Nobody has access today. It begins with a request that is carried out."),
        intro=_("As it was on %(day)s.") % {"day": wording.full_date(chosen.day)},
        heads=HEADS,
        row_template="webapps/access_cells.html",
    )


def person_access(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Everything one person has and had; of somebody who moved away, what was had where the reader answers for."""
    user = person(request)
    readable = Authority.objects.visible_to(user)
    known = Q(pk__in=Employee.objects.visible_to(user)) | Exists(readable.filter(employee=OuterRef("pk")))
    found = Employee.objects.filter(known, pk=pk).select_related("institution").first()
    if found is None:
        raise NotFound(_("There is no such person."))
    trail.seen(found)
    rows = readable.filter(employee=found).told()
    return shown(
        request,
        rows,
        PERSON_COLUMNS,
        ("-since", "-pk"),
        template="webapps/list.html",
        list_name="webapps-person",
        title=found.full_name,
        nothing=_("This person has had no access. It begins with a request that is carried out."),
        intro=_("%(institution)s · %(state)s")
        % {
            "institution": found.institution.name,
            "state": _("works here") if found.is_here else _("has left"),
        },
        row_url="",
    )


class MatrixFilter(forms.Form):
    """The day and institution of a matrix."""

    on = forms.DateField(label=gettext_lazy("On the day"), required=False, widget=DAY)


def matrix(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The authorisation matrix of an application: people by roles, each cell with the day it began."""
    user = person(request)
    application = application_or_404(pk)
    form = MatrixFilter({"on": request.GET.get("on") or timezone.localdate().isoformat()})
    day = (form.cleaned_data.get("on") if form.is_valid() else None) or timezone.localdate()
    held = Authority.objects.visible_to(user).filter(application=application).on(day)
    people = (
        Employee.objects.filter(Exists(held.filter(employee=OuterRef("pk"))))
        .select_related("institution")
        .order_by("sort_key", "pk")
    )
    roles = list(application.roles.order_by("sort_key", "pk"))
    columns = matrix_columns(roles)
    title = _("Authorisation matrix: %(application)s") % {"application": application.name}
    name = f"webapps-matrix-{application.code.lower()}"
    if kind := request.GET.get("export"):
        rows = with_roles(people.iterator(chunk_size=CHUNK), held)
        return exported(kind, user, name, rows, columns, f"{name}-{day.isoformat()}", title=title)
    trail.seen(application)
    page = page_of(people, ("sort_key", "pk"), request.GET.get("cursor", ""), size=ROWS)
    list(with_roles(page.rows, held))
    return render(
        request,
        "webapps/matrix.html",
        {
            "application": application,
            "form": form,
            "page": page,
            "columns": columns,
            "title": title,
            "nothing": _("Nobody had a role in this application on that day. Choose another day."),
            "intro": _("As it was on %(day)s.") % {"day": wording.full_date(day)},
            "is_staff": works_in_unit(user),
        },
    )


def matrix_columns(roles: list[AppRole]) -> list[export.Column]:
    """The person, then a column for every role."""

    def began(role: AppRole) -> Any:
        return lambda row: row.held.get(role.pk)

    return [
        export.Column("employee", gettext_lazy("User"), "full_name"),
        export.Column("registry", gettext_lazy("Registry number"), "registry_no"),
        export.Column("institution", gettext_lazy("Institution"), "institution.name"),
        *(export.Column(f"role-{role.pk}", role.name, began(role), kind="date") for role in roles),
    ]


def with_roles(people: Iterable[Employee], held: QuerySet[Authority]) -> Iterator[Any]:
    """Each person with the days their roles began (`held`); one query for a thousand people."""
    source = iter(people)
    while batch := list(islice(source, CHUNK)):
        began: dict[int, dict[int, date]] = {}
        rows = held.filter(employee__in=batch).values_list("employee", "role", "since")
        for employee, role, since in rows:
            began.setdefault(employee, {})[role] = timezone.localdate(since)
        for one in batch:
            one.held = began.get(one.pk, {})  # type: ignore[attr-defined]  # read by the columns alone
            yield one
