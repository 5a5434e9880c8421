"""The register of web applications: the list, and one application with its roles and conditions."""

from __future__ import annotations

import django_filters
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from processes import export
from processes.errors import NotFound
from processes.filters import Narrowed
from webapps.models import Application
from webapps.models.register import ApplicationQuerySet
from webapps.views.listing import shown

COLUMNS = [
    export.Column("name", gettext_lazy("Application"), "name"),
    export.Column("code", gettext_lazy("Code"), "code"),
    export.Column("owner", gettext_lazy("Owner"), "owner"),
    export.Column("support", gettext_lazy("Support channel"), "support_channel"),
    export.Column("roles", gettext_lazy("Roles"), "role_count", kind="number"),
    export.Column("active", gettext_lazy("In use"), "is_active", kind="yes_no"),
]


class ApplicationFilter(Narrowed):
    """What the register can be narrowed by."""

    q = django_filters.CharFilter(label=gettext_lazy("Name or code"), method="by_words")
    is_active = django_filters.ChoiceFilter(
        label=gettext_lazy("In use"),
        choices=[("true", gettext_lazy("In use")), ("false", gettext_lazy("Put out of use"))],
        empty_label=gettext_lazy("All"),
        method="by_use",
    )

    class Meta:
        model = Application
        fields: tuple[str, ...] = ()

    def by_words(self, rows: ApplicationQuerySet, name: str, value: str) -> ApplicationQuerySet:
        """Applications whose name or code begins with the words."""
        return rows.found_by(value)

    def by_use(self, rows: QuerySet[Application], name: str, value: str) -> QuerySet[Application]:
        """In use or not."""
        return rows.filter(is_active=value == "true")


def applications(request: HttpRequest) -> HttpResponseBase:
    """Every web application the unit grants access to."""
    rows = Application.objects.annotate(role_count=Count("roles", filter=Q(roles__is_active=True)))
    chosen = ApplicationFilter(request.GET, queryset=rows)
    return shown(
        request,
        chosen.qs,
        COLUMNS,
        ("sort_key", "pk"),
        template="webapps/list.html",
        list_name="webapps-applications",
        title=_("Web applications"),
        nothing=_("No application is kept yet. The unit head adds them in the administration."),
        chosen=chosen,
    )


def application(request: HttpRequest, pk: int) -> HttpResponse:
    """One application: whose it is, its roles and the check list of each."""
    found = application_or_404(pk)
    return render(
        request,
        "webapps/application.html",
        {
            "application": found,
            "roles": found.roles.order_by("sort_key", "pk"),
            "conditions": found.conditions.select_related("role").order_by("position", "pk"),
        },
    )


def application_or_404(pk: int) -> Application:
    """The application of that key."""
    found = Application.objects.filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise NotFound(_("There is no such application."))
    return found
