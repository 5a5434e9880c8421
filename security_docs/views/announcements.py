"""Announcements: written and published by the unit, read by anybody."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from processes import limits
from processes.context import organisation
from processes.errors import NotFound
from processes.paging import page_of
from processes.requests import person
from security_docs import comparing, printing, queries, texts
from security_docs.forms.papers import AnnouncementForm, EndForm
from security_docs.models import Announcement
from security_docs.services import announcements
from security_docs.views.acting import bound, form_page, pdf_answer, seen

ROWS = 20
IN_FEED = 30
MOST, PER = 120, 60  # looks at public pages from one address in a minute
MOST_FILES = 20  # of them at PDFs


@require_safe
def announcement_list(request: HttpRequest) -> HttpResponse:
    """Every announcement with its state, for the unit."""
    page = page_of(queries.announcements(person(request)), ("-pk",), request.GET.get("cursor", ""), size=ROWS)
    return render(request, "security_docs/announcements.html", {"page": page})


@require_http_methods(["GET", "POST"])
def announcement_new(request: HttpRequest) -> HttpResponse:
    """Write one; `?case=` says for which notified document."""
    user = person(request)
    number = request.GET.get("case", "")
    case = queries.compliance_for(user, number) if number else None
    return form_page(
        request,
        AnnouncementForm(*bound(request), by=user, initial={"title": case.title if case else ""}),
        lambda values: announcements.draft(by=user, compliance=case, **values),
        heading=_("New announcement"),
        back=reverse("security-announcements"),
        done=_("The announcement was saved as a draft."),
        submit=_("Save the draft"),
    )


@require_http_methods(["GET", "POST"])
def announcement(request: HttpRequest, pk: int) -> HttpResponse:
    """One announcement as the unit sees it: changed while it is a draft, published, taken down."""
    user = person(request)
    found = queries.announcement_for(user, pk)
    initial = {"title": found.title, "text": found.text, "document_version": found.document_version_id}

    def stale(form: Form) -> dict[str, Any]:
        now = queries.announcement_for(user, pk)
        typed = f"{form.cleaned_data['title']}\n{form.cleaned_data['text']}"
        return {
            "hidden": {"seen": now.version},
            "now": now,
            "comparison": comparing.compare(f"{now.title}\n{now.text}", typed),
        }

    return form_page(
        request,
        AnnouncementForm(*bound(request), by=user, initial=initial),
        lambda values: announcements.rewrite(found, by=user, version=seen(request, found), **values),
        heading=found.title,
        back=found.get_absolute_url(),
        done=_("The announcement was changed."),
        about=found,
        template="security_docs/announcement.html",
        announcement=found,
        blocks=texts.blocks(found.text),
        stale=stale,
        hidden={"seen": seen(request, found)},
        offers={offer.key: offer for offer in announcements.GATE.offered(found, user)},
    )


@require_http_methods(["GET", "POST"])
def announcement_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Put it on the web page."""
    user = person(request)
    found = queries.announcement_for(user, pk)
    return form_page(
        request,
        Form(*bound(request)),
        lambda values: announcements.publish(found, by=user),
        heading=_("Put on the web page: %(title)s") % {"title": found.title},
        back=found.get_absolute_url(),
        done=_("The announcement is on the web page."),
        submit=_("Put on the web page"),
        lead=_("From then on anybody reads it without logging in."),
        about=found,
    )


@require_http_methods(["GET", "POST"])
def announcement_take_down(request: HttpRequest, pk: int) -> HttpResponse:
    """Take it off the web page."""
    user = person(request)
    found = queries.announcement_for(user, pk)
    return form_page(
        request,
        EndForm(*bound(request)),
        lambda values: announcements.take_down(found, by=user, reason=values["reason"]),
        heading=_("Take down: %(title)s") % {"title": found.title},
        back=found.get_absolute_url(),
        done=_("The announcement is no longer on the web page."),
        submit=_("Take down"),
        about=found,
    )


@require_safe
def public_list(request: HttpRequest) -> HttpResponse:
    """The directorate's announcements, the newest first; open to everybody."""
    limits.insist_on_address(request, "announcements", MOST, PER)
    page = page_of(
        Announcement.objects.public(), ("-published_at", "-pk"), request.GET.get("cursor", ""), size=ROWS
    )
    return render(request, "security_docs/public_list.html", {"page": page})


@require_safe
def public(request: HttpRequest, pk: int) -> HttpResponse:
    """One announcement; open to everybody. One that was taken down is not found."""
    limits.insist_on_address(request, "announcements", MOST, PER)
    found = public_for(pk)
    context = {"announcement": found, "blocks": texts.blocks(found.text)}
    return render(request, "security_docs/public.html", context)


@require_safe
def public_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The announced document, when anybody may read it."""
    limits.insist_on_address(request, "announcement-files", MOST_FILES, PER)
    found = public_for(pk)
    if not found.has_public_file or found.document_version is None:
        raise NotFound(_("There is no such file."))
    version = found.document_version
    return pdf_answer(printing.rendered(version), f"{version.document.number}-v{version.number}.pdf")


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The newest announcements for feed readers (Atom)."""
    limits.insist_on_address(request, "announcements", MOST, PER)
    base = settings.BASE_URL
    made = Atom1Feed(
        title=_("%(organisation)s: announcements") % {"organisation": organisation()},
        link=base + reverse("public-announcements"),
        description="",
        feed_url=base + reverse("public-announcements-feed"),
        language=request.LANGUAGE_CODE if hasattr(request, "LANGUAGE_CODE") else "tr",
    )
    for one in Announcement.objects.public()[:IN_FEED]:
        made.add_item(
            title=one.title,
            link=base + one.public_url,
            description=one.text,
            pubdate=one.published_at,
            updateddate=one.published_at,
            unique_id=base + one.public_url,
        )
    return HttpResponse(made.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def public_for(pk: int) -> Announcement:
    """One that is on the web page now."""
    found = (
        Announcement.objects.public()
        .select_related(
            "document_version__document__owner", "document_version__upload", "document_version__paper"
        )
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such announcement."))
    return found
