"""One version of a document: read, compared, moved on, printed, and the proof of who has read it."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.authority import works_in_unit
from audit import trail
from audit.queries import entries_of
from processes import files
from processes.acting import in_whose_name
from processes.errors import NotFound
from processes.requests import person
from processes.views.records import SHUT, limited
from security_docs import acts, comparing, printing, queries, readings, texts
from security_docs.forms.papers import VersionForm
from security_docs.services import versions
from security_docs.views.acting import bound, form_page, pdf_answer, seen

# What is said when one of them was done.
DONE: dict[str, Any] = {
    "submit": gettext_lazy("Those named were asked for their approval."),
    "agree": gettext_lazy("Your approval was recorded."),
    "send_back": gettext_lazy("The version is a draft again."),
    "publish": gettext_lazy("The version is in force; its readers were asked to read it."),
    "retire": gettext_lazy("The version is retired."),
    "discard": gettext_lazy("The version was discarded."),
}

# What is done to the version as it was on the page; others may answer meanwhile without a harm.
BOUND = frozenset(("submit", "publish", "retire", "discard"))
TEMPLATES = {"submit": "security_docs/submit.html", "agree": "security_docs/agree.html"}

AGREED = "version_agree"


@require_safe
def version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One version: what it says, who approved it, what can be done with it."""
    user = person(request)
    found = queries.version_for(user, pk, number)
    trail.seen(found)
    staff = works_in_unit(user)
    earlier = queries.earlier_versions(user, found)
    entries = entries_of(found)
    context = {
        "document": found.document,
        "version": found,
        "blocks": texts.blocks(found.text.replace(texts.BREAK, "\n\n")),
        "approvals": [
            (one, in_whose_name(entry for entry in entries if entry.actor_id == one.person_id).get(AGREED))
            for one in found.approvals.filter(round=found.round).select_related("person")
        ],
        "acted_for": in_whose_name(entries),
        "offers": [
            (
                offer,
                offer.key.removeprefix("version_"),
                f"?content={found.sha256}" if offer.key == AGREED else "",
            )
            for offer in versions.GATE.offered(found, user)
            if offer.key != "version_edit" and (staff or offer.is_allowed)
        ],
        "earlier": earlier,
        "tally": queries.tally(found) if staff and found.published_at else None,
        "own": queries.readings_of(user).filter(version=found).first(),
        "is_staff": staff,
    }
    return render(request, "security_docs/version.html", context)


@limited
@require_http_methods(["GET", "POST"])
def version_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the next version; `?case=` says for which notified document."""
    user = person(request)
    found = queries.document_for(user, pk)
    in_force = queries.versions_for(user, found).filter(state="published").first()
    number = request.GET.get("case", "")
    compliance = queries.compliance_for(user, number) if number else None
    initial = {"body": in_force.body if in_force else ""}
    return form_page(
        request,
        VersionForm(*bound(request), initial=initial),
        lambda values: versions.begin(found, by=user, compliance=compliance, **values),
        heading=_("New version of %(document)s") % {"document": found},
        back=found.get_absolute_url(),
        done=_("The draft was saved."),
        submit=_("Save the draft"),
        lead=_("For %(number)s %(title)s") % {"number": compliance.number, "title": compliance.title}
        if compliance
        else "",
        about=found,
    )


@require_safe
def version_begin(request: HttpRequest) -> HttpResponse:
    """From a notified document to the new version of the document chosen there."""
    key = request.GET.get("document", "")
    if not (key.isascii() and key.isdigit() and len(key) < 10):
        raise NotFound(_("Choose a document."))
    number = urlencode({"case": request.GET.get("case", "")})
    return redirect(f"{reverse('security-version-new', args=(int(key),))}?{number}")


@limited
@require_http_methods(["GET", "POST"])
def version_edit(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Write the draft over."""
    user = person(request)
    found = queries.version_for(user, pk, number)
    if refusal := versions.GATE.refusal("version_edit", found, user):
        raise refusal
    initial = {"change_note": found.change_note, "body": found.body}

    def stale(form: Any) -> dict[str, Any]:
        now = queries.version_for(user, pk, number)
        typed = form.cleaned_data["body"]
        return {
            "hidden": {"seen": now.version},
            "now": now,
            "comparison": comparing.compare(now.text, typed) if typed.strip() else None,
        }

    return form_page(
        request,
        VersionForm(*bound(request), initial=initial),
        lambda values: versions.edit(found, by=user, version_read=seen(request, found), **values),
        heading=_("Draft of %(version)s") % {"version": found.label},
        back=found.get_absolute_url(),
        done=_("The draft was saved."),
        submit=_("Save the draft"),
        about=found,
        template="security_docs/version_edit.html",
        stale=stale,
        hidden={"seen": seen(request, found)},
    )


@require_http_methods(["GET", "POST"])
def version_move(request: HttpRequest, pk: int, number: int, verb: str) -> HttpResponse:
    """Submit, approve, send back, put in force, retire or discard it."""
    user = person(request)
    found = queries.version_for(user, pk, number)
    if verb not in DONE:
        raise NotFound(_("A version has no such step."))
    act = acts.VERSIONS[verb]
    if request.method == "GET" and (refusal := versions.GATE.refusal(f"version_{verb}", found, user)):
        raise refusal
    make = act.form(found, user)
    initial = {"sha256": found.sha256} if verb == "agree" else None
    form = make(*bound(request), initial=initial)
    looked_at = request.GET.get("content", found.sha256)

    def stale(form: Any) -> dict[str, Any]:
        now = queries.version_for(user, pk, number)
        again = make({**request.POST.dict(), "sha256": now.sha256})
        for sentence in form.non_field_errors():
            again.add_error(None, sentence)
        shown = texts.blocks(now.text.replace(texts.BREAK, "\n\n"))
        return {"form": again, "version": now, "blocks": shown, "hidden": {"seen": now.version}}

    return form_page(
        request,
        form,
        lambda _values: act.take(found, user, form, seen(request, found) if verb in BOUND else None),
        heading=f"{versions.GATE.moves[f'version_{verb}'].label}: {found.label}",
        back=found.get_absolute_url(),
        done=DONE[verb],
        submit=versions.GATE.moves[f"version_{verb}"].label,
        about=found,
        template=TEMPLATES.get(verb, "security_docs/form.html"),
        stale=stale,
        hidden={"seen": seen(request, found)} if verb in BOUND else {},
        version=found,
        document=found.document,
        blocks=texts.blocks(found.text.replace(texts.BREAK, "\n\n")) if verb == "agree" else [],
        was_changed=looked_at != found.sha256 and request.method == "GET",
    )


@require_safe
def version_pdf(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The version as PDF, its classification on every page; whoever is to read it has then opened all of them."""
    user = person(request)
    found = queries.version_for(user, pk, number)
    content = printing.rendered(found)
    trail.record(found, "exported", {"format": "pdf"})
    if request.method == "GET":
        readings.opened(found, by=user)
    return pdf_answer(content, f"{found.document.number}-v{found.number}.pdf")


@require_safe
def version_file(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    """The uploaded file exactly as it came, without a classification on it: for the unit alone."""
    found = queries.version_for(person(request), pk, number)
    if found.upload is None:
        raise NotFound(_("This version was written here; it has no file."))
    trail.record(found, "downloaded", {"version": found.number})
    response = FileResponse(
        files.open(found.upload),
        as_attachment=True,
        filename=found.upload_name,
        content_type=found.upload.media_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = SHUT
    return response


@require_safe
def version_compare(request: HttpRequest, pk: int, number: int, other: int) -> HttpResponse:
    """Two versions side by side: what is new, gone and changed."""
    user = person(request)
    new, old = queries.version_for(user, pk, number), queries.version_for(user, pk, other)
    if other > number:
        old, new = new, old
    whole = "whole" in request.GET
    context = {
        "document": new.document,
        "old": old,
        "new": new,
        "whole": whole,
        "comparison": comparing.compare(old.text, new.text, whole=whole),
    }
    return render(request, "security_docs/compare.html", context)
