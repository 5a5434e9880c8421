"""What a person has to read: page by page, then the signature; and the lists signed on paper."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from audit import trail
from audit.addresses import client_address
from processes import pdf
from processes.errors import DomainError, NotFound, RuleBroken
from processes.paging import page_of
from processes.requests import person
from processes.views.records import limited
from security_docs import printing, queries, readings, texts
from security_docs.forms.papers import PaperEntryForm, PaperForm, SignForm
from security_docs.leaves import pages_of
from security_docs.models import PaperList, Reading, VersionState
from security_docs.services import papers
from security_docs.views.acting import bound, form_page, pdf_answer, put

ROWS = 25


@require_safe
def reading_list(request: HttpRequest) -> HttpResponse:
    """Everything the person was asked to read: what waits for a signature first."""
    user = person(request)
    undecided = list(
        queries.readings_of(user).filter(
            signed_at__isnull=True, ended_at__isnull=True, version__state=VersionState.PUBLISHED
        )
    )
    signed = queries.readings_of(user).filter(signed_at__isnull=False)
    context = {
        "undecided": undecided,
        "today": timezone.localdate(),
        "gap_count": queries.open_gaps().filter(owner=user).count(),
        "page": page_of(signed, ("-signed_at", "-pk"), request.GET.get("cursor", ""), size=ROWS),
    }
    return render(request, "security_docs/readings.html", context)


@require_http_methods(["GET", "POST"])
def reading_page(request: HttpRequest, pk: int, page: int) -> HttpResponse:
    """One page of the document; “read” marks it and turns to the next one not seen yet."""
    user = person(request)
    reading = queries.reading_for(user, pk)
    version = reading.version
    if version.state != VersionState.PUBLISHED and reading.signed_at is None:
        raise readings.no_longer_in_force(version)
    refusal = None
    if request.method == "POST":
        try:
            reading = readings.see(reading, by=user, page=page)
        except RuleBroken as refused:
            refusal = refused
    if request.method == "POST" and refusal is None:
        following = next(
            (one for one in range(1, version.page_count + 1) if one not in reading.pages_seen), None
        )
        if following is None:
            return redirect("security-reading-sign", pk=pk)
        after = (
            page + 1 if page + 1 <= version.page_count and page + 1 not in reading.pages_seen else following
        )
        return redirect("security-reading", pk=pk, page=after)
    pages = pages_of(version)
    if not 1 <= page <= len(pages):
        raise NotFound(_("The document has no such page."))
    context = {
        "reading": reading,
        "version": version,
        "document": version.document,
        "number": page,
        "previous": page - 1 if page > 1 else None,
        "pages": [(one, one in reading.pages_seen) for one in range(1, len(pages) + 1)],
        "seen": len(reading.pages_seen),
        "blocks": texts.blocks(pages[page - 1]),
        "is_picture": version.leaves is not None and texts.is_picture(pages[page - 1]),
        "was_opened": page in reading.pages_opened,
        "refusal": refusal,
    }
    status = refusal.status if refusal else 200
    return render(request, "security_docs/reading.html", context, status=status)


@require_safe
def reading_paper(request: HttpRequest, pk: int, page: int) -> HttpResponse:
    """One page of an uploaded file as it looks, stamped; that it was given out is written down."""
    user = person(request)
    reading = queries.reading_for(user, pk)
    version = reading.version
    content = printing.leaf(version, page)
    if request.method == "GET":
        readings.opened(version, by=user, pages=(page,))
    return pdf_answer(content, f"{version.document.number}-v{version.number}-{page}.pdf")


@require_http_methods(["GET", "POST"])
def reading_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """“I have read it”: one tick and one button, once every page was seen."""
    user = person(request)
    reading = queries.reading_for(user, pk)
    form = SignForm(*bound(request)[:1], initial={"sha256": reading.version.sha256})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                readings.sign(
                    reading,
                    by=user,
                    sha256=form.cleaned_data["sha256"],
                    address=client_address(request),
                )
            except DomainError as refusal:
                trail.refused(reading.version, refusal.code)
                put(form, refusal)
                status = refusal.status
            else:
                messages.success(request, _("Your signature was recorded."))
                return redirect("security-readings")
    missing = sorted(set(range(1, reading.version.page_count + 1)) - set(reading.pages_seen))
    context = {
        "reading": reading,
        "version": reading.version,
        "document": reading.version.document,
        "form": form,
        "missing": missing,
    }
    return render(request, "security_docs/sign.html", context, status=status)


@require_http_methods(["GET", "POST"])
def paper_new(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Print a list for an institution's staff without an account."""
    user = person(request)
    version = queries.version_for(user, pk, number)
    return form_page(
        request,
        PaperForm(*bound(request)),
        lambda values: papers.print_list(version, values["institution"], by=user),
        heading=_("List to be signed on paper: %(version)s") % {"version": version.label},
        back=reverse("security-version-proof", args=(pk, number)),
        done=_("The list was made; print it and have it signed."),
        submit=_("Make the list"),
        about=version,
    )


@limited
@require_http_methods(["GET", "POST"])
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """A list to be signed on paper: print it, and enter it when it came back."""
    user = person(request)
    found = queries.paper_for(user, pk)
    rows = names_of(found)
    return form_page(
        request,
        PaperEntryForm(*bound(request), readings=rows),
        lambda values: bool(papers.enter(found, by=user, **values)),
        heading=_("List %(list)s: %(institution)s") % {"list": found, "institution": found.institution},
        back=reverse("security-version-proof", args=(found.version.document_id, found.version.number)),
        done=_("The signatures of the list were entered."),
        submit=_("Enter the signatures"),
        about=found,
        template="security_docs/paper.html",
        paper=found,
        rows=rows,
    )


@require_safe
def paper_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The list as it is printed: the statement, names, and room for signatures."""
    found = queries.paper_for(person(request), pk)
    trail.record(found, "exported", {"format": "pdf"})
    context = {
        "title": _("Statement of having read"),
        "paper": found,
        "version": found.version,
        "document": found.version.document,
        "rows": names_of(found),
        "band": str(found.version.document.get_classification_display()),
    }
    content = pdf.render("security_docs/paper_pdf.html", context, styles=printing.STYLES, language="tr")
    return pdf_answer(content, f"{found}.pdf")


def names_of(paper: PaperList) -> list[Reading]:
    """The readings on a list in the order they were printed."""
    found = Reading.objects.select_related("employee__unit").in_bulk(paper.names)
    return [found[pk] for pk in paper.names if pk in found]
