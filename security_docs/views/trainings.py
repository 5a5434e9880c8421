"""The training register as a page of the unit (Ek-5 5.4.1.6)."""

from __future__ import annotations

import io
from datetime import timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Training
from processes import export
from processes.errors import DomainError
from processes.imports import machine
from processes.paging import page_of
from processes.requests import person
from processes.views.keeping import exported, shown_views
from security_docs import queries
from security_docs import training_papers as papers
from security_docs.filters import TrainingFilter, UntrainedFilter
from security_docs.forms.trainings import AttendanceForm, ManyForm, TrainingForm
from security_docs.imports import IMPORTER, pasted
from security_docs.services import trainings
from security_docs.views.acting import bound, form_page, pdf_answer, put

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
    export.Column("person", gettext_lazy("Person"), "full_name"),
    export.Column("institution", gettext_lazy("Institution"), "institution_name"),
    export.Column("subject", gettext_lazy("Subject"), "subject"),
    export.Column("provider", gettext_lazy("Held by"), "provider"),
    export.Column("held", gettext_lazy("Held on"), "held_on", kind="date"),
    export.Column("until", gettext_lazy("To be repeated by"), "valid_until", kind="date"),
    export.Column("standing", gettext_lazy("Standing"), standing),
]
SHOWN = [*COLUMNS, export.Column("certificate", gettext_lazy("Certificate of attendance"), lambda row: "")]
UNTRAINED = "security-untrained"
STAFF_ORDER = ("sort_key", "pk")
STAFF = [
    export.Column("name", gettext_lazy("Person"), "full_name"),
    export.Column("registry_no", gettext_lazy("Registry number"), lambda row: row.registry_no or ""),
    export.Column("title", gettext_lazy("Job title"), "title"),
    export.Column("institution", gettext_lazy("Institution"), "institution.name"),
    export.Column("unit", gettext_lazy("Unit"), lambda row: row.unit.name if row.unit else ""),
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
        "columns": SHOWN,
        "views": shown_views(request, user, LIST),
    }
    return render(request, "security_docs/trainings.html", context)


@require_http_methods(["GET", "POST"])
def training_new(request: HttpRequest) -> HttpResponse:
    """Enter a training that was held."""
    user = person(request)
    form = TrainingForm(*bound(request)[:1], initial=_today())

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


@require_http_methods(["GET", "POST"])
def training_many(request: HttpRequest) -> HttpResponse:
    """Registry numbers of everybody who attended; the preview tells who each one is before anything is entered."""
    user = person(request)
    form = ManyForm(*bound(request)[:1], initial=_today())
    if request.method == "POST" and form.is_valid():
        text = pasted(form.cleaned_data["numbers"], form.held())
        try:
            table = machine.take_in(
                IMPORTER, io.BytesIO(text.encode()), _("pasted numbers.csv"), scope="", by=user
            )
        except DomainError as refusal:
            put(form, refusal)
        else:
            return redirect("import-preview", IMPORTER.key, table.pk)
    context = {
        "form": form,
        "heading": _("Enter those who attended"),
        "lead": _("A list with more columns is handed in as a table."),
        "back": reverse(LIST),
        "submit": _("Show who they are"),
    }
    return render(request, "security_docs/form.html", context, status=422 if form.is_bound else 200)


@require_safe
def untrained(request: HttpRequest) -> HttpResponseBase:
    """Who of the staff was not trained this year, of one institution or of all."""
    user = person(request)
    chosen = UntrainedFilter(request.GET, user=user)
    if kind := request.GET.get("export"):
        title = _("Not trained in %(year)d") % {"year": chosen.year}
        about = [title, chosen.place.name if chosen.place else "", chosen.subject]
        name, rows = _("not trained"), chosen.qs.order_by(*STAFF_ORDER)
        return exported(kind, user, UNTRAINED, rows, STAFF, name, title=" · ".join(filter(None, about)))
    to_print = {"subject": chosen.subject} if chosen.subject else {}
    if chosen.place:
        to_print["institution"] = str(chosen.place.pk)
    context = {
        "filter": chosen,
        "page": page_of(chosen.qs, STAFF_ORDER, request.GET.get("cursor", ""), size=ROWS),
        "columns": STAFF,
        "to_print": urlencode(to_print),
    }
    return render(request, "security_docs/untrained.html", context)


@require_http_methods(["GET", "POST"])
def attendance(request: HttpRequest) -> HttpResponse:
    """The list everybody signs at a training, as a PDF; nothing is entered by printing it."""
    user = person(request)
    begin = {
        "held_on": timezone.localdate(),
        **{name: request.GET.get(name, "") for name in ("institution", "subject") if request.GET.get(name)},
    }
    form = AttendanceForm(*bound(request)[:1], initial=begin)
    if request.method == "POST" and form.is_valid():
        try:
            content = papers.attendance_list(by=user, **form.cleaned_data)
        except DomainError as refusal:
            put(form, refusal)
        else:
            return pdf_answer(content, "egitim-katilim-listesi.pdf", saved=True)
    context = {
        "form": form,
        "heading": _("Attendance list to sign"),
        "lead": _("Afterwards enter those who signed; the registry numbers stand on the list."),
        "back": reverse(LIST),
        "submit": _("Print the list"),
    }
    return render(request, "security_docs/form.html", context, status=422 if form.is_bound else 200)


@require_safe
def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """The certificate of one entry, to be signed."""
    user = person(request)
    row = queries.training_for(user, pk)
    content = papers.certificates([row], by=user)
    return pdf_answer(content, f"katilim-belgesi-{row.pk}.pdf", saved=True)


@require_safe
def certificates(request: HttpRequest) -> HttpResponse:
    """The certificates of everybody the register is narrowed to, a page each."""
    user = person(request)
    chosen = TrainingFilter(request.GET, queryset=queries.trainings())
    rows = list(chosen.qs.order_by(*ORDER)[: papers.MOST_CERTIFICATES + 1])
    return pdf_answer(papers.certificates(rows, by=user), "katilim-belgeleri.pdf", saved=True)


def _today() -> dict[str, object]:
    """What the forms begin with."""
    today = timezone.localdate()
    return {"held_on": today, "valid_until": today + YEAR}
