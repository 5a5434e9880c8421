"""Who has read a version: the list, the list as PDF in the background, and as annex of a letter."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from audit import trail
from processes import files
from processes.errors import NotFound
from processes.paging import page_of
from processes.requests import person
from processes.views.keeping import exported
from security_docs import proofs, queries
from security_docs.forms.papers import ProofForm
from security_docs.models import ProofPaper
from security_docs.views.acting import bound, form_page, pdf_answer

ROWS = 25
# What the page has room for beside the institutions; the files have every column.
SHOWN = ("name", "registry", "institution", "signed", "how")


@require_safe
def version_proof(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    """Who was asked to read this version and who has signed it; as a page, XLSX or CSV."""
    user = person(request)
    found = queries.version_for(user, pk, number)
    asked = request.GET.get("standing", "")
    rows = queries.proof(found, asked)
    place = request.GET.get("institution", "")
    if place.isascii() and place.isdigit() and len(place) < 10:
        rows = rows.in_institution(int(place))
    kind = request.GET.get("export", "")
    if kind in ("xlsx", "csv"):
        title = _("Proof of reading: %(version)s") % {"version": found.label}
        return exported(kind, user, "security-proof", rows, proofs.COLUMNS, _("proof"), title=title)
    if kind:
        raise NotFound(_("This list can be had as CSV or XLSX here; its PDF is made with the button."))
    context = {
        "document": found.document,
        "version": found,
        "page": page_of(rows, ("place_key", "name_key", "pk"), request.GET.get("cursor", ""), size=ROWS),
        "columns": [column for column in proofs.COLUMNS if column.key in SHOWN],
        "tally": queries.tally(found),
        "places": queries.places(found),
        "papers": list(found.paper_lists.select_related("institution", "printed_by")[:20]),
        "made": list(ProofPaper.objects.filter(version=found).select_related("institution")[:6]),
        "letters": queries.letters_for_annex(user, found),
        "standing": asked if asked in ("open", "signed") else "",
        "chosen_place": place,
    }
    return render(request, "security_docs/proof.html", context)


@require_http_methods(["GET", "POST"])
def proof_new(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Have the list made as PDF, for a letter when one is chosen."""
    user = person(request)
    found = queries.version_for(user, pk, number)
    letters = queries.letters_for_annex(user, found)
    return form_page(
        request,
        ProofForm(*bound(request)[:1], letters=letters),
        lambda values: proofs.ask(found, by=user, **values),
        heading=_("Proof of reading as PDF: %(version)s") % {"version": found.label},
        back=reverse("security-version-proof", args=(pk, number)),
        done=_("The list was asked for; it stands below."),
        submit=_("Make the PDF"),
        about=found,
    )


@require_safe
def proof_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a list has come, and the file; asked by the page itself every few seconds, it answers with that part."""
    found = queries.proof_paper_for(person(request), pk)
    is_part = request.headers.get("HX-Request") == "true" and not found.is_made
    template = "security_docs/_proof_progress.html" if is_part else "security_docs/proof_paper.html"
    response = render(request, template, context_of(found))
    if request.headers.get("HX-Request") == "true" and found.is_made:
        response = HttpResponse(headers={"HX-Refresh": "true"})
    return response


@require_safe
def proof_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The list as PDF."""
    found = queries.proof_paper_for(person(request), pk)
    if found.file is None:
        raise NotFound(_("The list is not made yet."))
    trail.record(found.version, "exported", {"list": "proof", "format": "pdf"})
    with files.open(found.file) as content:
        return pdf_answer(content.read(), proofs.name_of(found), saved=True)


def context_of(paper: ProofPaper) -> dict[str, object]:
    """What the page of a list prints."""
    return {"paper": paper, "version": paper.version, "document": paper.version.document}
