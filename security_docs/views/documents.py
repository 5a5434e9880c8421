"""The document register: list, one document, its readers and its reviews."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.authority import works_in_unit
from processes import export
from processes.errors import NotFound
from processes.paging import page_of
from processes.requests import person
from processes.views.keeping import exported, shown_views
from security_docs import queries
from security_docs.filters import DocumentFilter
from security_docs.forms.papers import DocumentForm, EndForm, ReadersForm, ReviewForm
from security_docs.models import Document, VersionState
from security_docs.services import documents
from security_docs.views.acting import bound, form_page

LIST = "security-documents"
ROWS = 25
ORDER = ("sort_key", "pk")
SHOWN = ("number", "title", "kind", "classification", "in_force", "since", "preparing", "review")
COLUMNS = [
    export.Column("number", gettext_lazy("Number"), "number"),
    export.Column("title", gettext_lazy("Title"), "title"),
    export.Column("kind", gettext_lazy("Kind"), lambda row: row.get_kind_display()),
    export.Column(
        "classification", gettext_lazy("Classification"), lambda row: row.get_classification_display()
    ),
    export.Column("owner", gettext_lazy("Owner"), "owner.full_name"),
    export.Column("in_force", gettext_lazy("Version in force"), "in_force", kind="number"),
    export.Column("since", gettext_lazy("In force since"), "in_force_since", kind="date"),
    export.Column(
        "preparing",
        gettext_lazy("Being prepared"),
        lambda row: str(VersionState(row.preparing).label) if row.preparing else "",
    ),
    export.Column("review", gettext_lazy("Next review"), "next_review_on", kind="date"),
]


@require_safe
def document_list(request: HttpRequest) -> HttpResponseBase:
    """The documents this person may see, narrowed by the filters in the address; `export` gives them as a file."""
    user = person(request)
    chosen = DocumentFilter(request.GET, queryset=queries.register(user))
    if kind := request.GET.get("export"):
        title = _("Document register")
        return exported(kind, user, LIST, chosen.qs.order_by(*ORDER), COLUMNS, _("documents"), title=title)
    context = {
        "filter": chosen,
        "page": page_of(chosen.qs, ORDER, request.GET.get("cursor", ""), size=ROWS),
        "columns": [column for column in COLUMNS if column.key in SHOWN],
        "is_staff": works_in_unit(user),
        "views": shown_views(request, user, LIST),
    }
    return render(request, "security_docs/documents.html", context)


@require_safe
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """One document: its version in force, how far it was read, all versions, readers and reviews."""
    user = person(request)
    found = queries.document_for(user, pk)
    staff = works_in_unit(user)
    versions = list(
        queries.versions_for(user, found).defer("body", "extracted", "laid_out_text", "compliance__search")
    )
    in_force = next((one for one in versions if one.state == VersionState.PUBLISHED), None)
    context = {
        "document": found,
        "versions": versions,
        "in_force": in_force,
        "tally": queries.tally(in_force) if staff and in_force else None,
        "own": queries.readings_of(user).filter(version=in_force).first() if in_force else None,
        "groups": list(found.audience.select_related("institution", "unit__institution")) if staff else [],
        "reviews": list(found.reviews.select_related("reviewed_by")) if staff else [],
        "is_staff": staff,
        "is_review_due": found.is_review_due(timezone.localdate()),
    }
    return render(request, "security_docs/document.html", context)


@require_http_methods(["GET", "POST"])
def document_new(request: HttpRequest) -> HttpResponse:
    """Put a document into the register."""
    user = person(request)
    form = DocumentForm(*bound(request), initial={"owner": user.pk})
    return form_page(
        request,
        form,
        lambda values: documents.enter(by=user, **values),
        heading=_("New document"),
        back=reverse("security-documents"),
        done=_("The document is in the register."),
    )


@require_http_methods(["GET", "POST"])
def document_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what the register says."""
    user = person(request)
    found = queries.document_for(user, pk)
    return form_page(
        request,
        DocumentForm.of(found, *bound(request)),
        lambda values: documents.change(found, by=user, **values),
        heading=str(found),
        back=found.get_absolute_url(),
        done=_("The register was changed."),
        about=found,
    )


@require_http_methods(["GET", "POST"])
def document_end(request: HttpRequest, pk: int) -> HttpResponse:
    """The document is no longer kept."""
    user = person(request)
    found = queries.document_for(user, pk)
    return form_page(
        request,
        EndForm(*bound(request)),
        lambda values: documents.end(found, by=user, reason=values["reason"]),
        heading=_("%(document)s is no longer kept") % {"document": found},
        back=found.get_absolute_url(),
        done=_("The document is marked as no longer kept."),
        submit=_("End this document"),
        about=found,
    )


@require_http_methods(["GET", "POST"])
def document_review(request: HttpRequest, pk: int) -> HttpResponse:
    """A periodic review found that the document holds as it stands."""
    user = person(request)
    found = queries.document_for(user, pk)
    form = ReviewForm(*bound(request))

    def act(values: dict[str, object]) -> Document:
        documents.review(found, by=user, **values)  # type: ignore[arg-type]  # the form's own fields
        return found

    return form_page(
        request,
        form,
        act,
        heading=_("Review of %(document)s") % {"document": found},
        back=found.get_absolute_url(),
        done=_("The review was recorded; the next one is a period later."),
        submit=_("Save the review"),
        lead=_("When something has to change, begin a new version instead."),
        about=found,
    )


@require_http_methods(["GET", "POST"])
def readers_add(request: HttpRequest, pk: int) -> HttpResponse:
    """A group has to read the document."""
    user = person(request)
    found = queries.document_for(user, pk)

    def act(values: dict[str, object]) -> Document:
        documents.add_readers(found, by=user, **values)  # type: ignore[arg-type]  # the form's own fields
        return found

    return form_page(
        request,
        ReadersForm(*bound(request)),
        act,
        heading=_("Who reads %(document)s?") % {"document": found},
        back=found.get_absolute_url(),
        done=_("The group is among the readers; those not asked yet are asked now."),
        submit=_("Add"),
        about=found,
    )


@require_POST
def readers_remove(request: HttpRequest, pk: int, group: int) -> HttpResponse:
    """The group need no longer read it."""
    user = person(request)
    found = queries.document_for(user, pk)
    row = found.audience.select_related("document").filter(pk=group).first()
    if row is None:
        raise NotFound(_("This group is no longer among the readers."))
    documents.remove_readers(row, by=user)
    messages.success(request, _("The group is no longer among the readers; what was signed stays."))
    return redirect(found)
