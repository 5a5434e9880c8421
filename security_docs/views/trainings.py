"""The training register as a page of the unit (Ek-5 5.4.1.6)."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Training
from processes import export
from processes.paging import page_of
from processes.requests import person
from processes.views.keeping import exported, shown_views
from security_docs import queries
from security_docs.filters import TrainingFilter
from security_docs.forms.papers import TrainingForm
from security_docs.services import trainings
from security_docs.views.acting import bound, form_page

LIST = "security-trainings"
ROWS = 25
ORDER = ("-held_on", "-pk")
YEAR = timedelta(days=365)


def standing(row: Training) -> str:
    """Whether the training still counts."""
    today = timezone.localdate()
    if row.held_on > today:
        return _("not held yet")
    return _("valid") if row.valid_until >= today else _("to be repeated")


COLUMNS = [
    export.Column("person", gettext_lazy("Person"), "user.full_name"),
    export.Column("institution", gettext_lazy("Institution"), "user.institution.name"),
    export.Column("subject", gettext_lazy("Subject"), "subject"),
    export.Column("provider", gettext_lazy("Held by"), "provider"),
    export.Column("held", gettext_lazy("Held on"), "held_on", kind="date"),
    export.Column("until", gettext_lazy("To be repeated by"), "valid_until", kind="date"),
    export.Column("standing", gettext_lazy("Standing"), standing),
]


@require_safe
def training_list(request: HttpRequest) -> HttpResponseBase:
    """Who was trained in what and until when it counts; `export` gives the list as a file, the PDF is for printing."""
    user = person(request)
    chosen = TrainingFilter(request.GET, queryset=queries.trainings())
    if kind := request.GET.get("export"):
        title = _("Training register")
        return exported(kind, user, LIST, chosen.qs.order_by(*ORDER), COLUMNS, _("trainings"), title=title)
    context = {
        "filter": chosen,
        "page": page_of(chosen.qs, ORDER, request.GET.get("cursor", ""), size=ROWS),
        "columns": COLUMNS,
        "views": shown_views(request, user, LIST),
    }
    return render(request, "security_docs/trainings.html", context)


@require_http_methods(["GET", "POST"])
def training_new(request: HttpRequest) -> HttpResponse:
    """Enter a training that was held."""
    user = person(request)
    today = timezone.localdate()
    form = TrainingForm(*bound(request)[:1], initial={"held_on": today, "valid_until": today + YEAR})

    def act(values: dict[str, object]) -> None:
        trainings.enter(by=user, **values)  # type: ignore[arg-type]  # the form's own fields

    return form_page(
        request,
        form,
        act,
        heading=_("Enter a training"),
        back=reverse(LIST),
        done=_("The training stands in the register."),
        submit=_("Enter"),
    )
