"""The clauses of a notified document, its gaps, and the letter that announces what was prepared."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.authority import works_in_unit
from processes.errors import NotFound
from processes.models.case import apart_from_hidden
from processes.paging import page_of
from processes.requests import person
from security_docs import queries
from security_docs.forms.papers import ClausesForm, GapForm, JudgeForm, LetterForm
from security_docs.models import Clause, Compliance
from security_docs.services import evaluations, letters
from security_docs.services.evaluations import OPEN_IN
from security_docs.views.acting import bound, form_page

ROWS = 50


def clause_of(compliance: Compliance, pk: int) -> Clause:
    """One of its clauses."""
    found = compliance.clauses.select_related("compliance", "owner").filter(pk=pk).first()
    if found is None:
        raise NotFound(_("The document has no such clause."))
    return found


@require_http_methods(["GET", "POST"])
def clauses(request: HttpRequest, number: str) -> HttpResponse:
    """All clauses with what they mean for the province; further ones are added here."""
    user = person(request)
    found = queries.compliance_for(user, number)
    if not works_in_unit(user):
        raise NotFound(_("There is no notified document with that number."))

    def act(values: dict[str, str]) -> None:
        evaluations.add(found, by=user, text=values["text"])

    return form_page(
        request,
        ClausesForm(*bound(request)),
        act,
        heading=_("Clauses of %(title)s") % {"title": found.title},
        back=request.path,
        done=_("The clauses were added."),
        submit=_("Add clauses"),
        about=found,
        template="security_docs/clauses_page.html",
        case=found,
        clauses=list(found.clauses.select_related("owner")),
        may_edit=found.state in OPEN_IN,
        today=timezone.localdate(),
    )


@require_http_methods(["GET", "POST"])
def clause_judge(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """What one clause means for the province."""
    user = person(request)
    found = queries.compliance_for(user, number)
    clause = clause_of(found, pk)

    def act(values: dict[str, object]) -> None:
        evaluations.judge(clause, by=user, **values)  # type: ignore[arg-type]  # the form's own fields

    return form_page(
        request,
        JudgeForm.of(clause, *bound(request)),
        act,
        heading=_("Clause %(number)s") % {"number": clause.number},
        back=clauses_of(found),
        done=_("The clause was evaluated."),
        lead=clause.text,
        about=clause,
    )


@require_http_methods(["GET", "POST"])
def gap_close(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """What was missing is there now."""
    user = person(request)
    found = queries.compliance_for(user, number)
    clause = clause_of(found, pk)

    def act(values: dict[str, object]) -> None:
        evaluations.close_gap(clause, by=user, **values)  # type: ignore[arg-type]  # the form's own fields

    return form_page(
        request,
        GapForm(*bound(request)),
        act,
        heading=_("Close the gap of clause %(number)s") % {"number": clause.number},
        back=clauses_of(found),
        done=_("The gap is closed."),
        submit=_("Close the gap"),
        lead=clause.gap,
        about=clause,
    )


@require_http_methods(["GET", "POST"])
def announcement_letter(request: HttpRequest, number: str) -> HttpResponse:
    """Draft the letter that announces the document to the institutions and units chosen; “more” adds rows to the form."""
    user = person(request)
    found = queries.compliance_for(user, number)
    if request.method == "POST" and "more" in request.POST:
        context = {"form": LetterForm.with_more_rows(request.POST), "back": found.get_absolute_url()}
        heading = _("Announcement letter: %(title)s") % {"title": found.title}
        page = {**context, "heading": heading, "submit": _("Draft the letter")}
        return render(request, "security_docs/announcement_letter.html", page)
    form = LetterForm(*bound(request)[:1])
    return form_page(
        request,
        form,
        lambda values: letters.draft_announcement(
            found,
            by=user,
            institutions=form.institutions(),
            units=form.units(),
            with_document=values["with_document"],
        ),
        heading=_("Announcement letter: %(title)s") % {"title": found.title},
        back=found.get_absolute_url(),
        done=_("The letter was drafted; it is approved and registered like every letter."),
        submit=_("Draft the letter"),
        lead=_(
            "The record can be closed once EBYS has registered it and the announcement is on the web page."
        ),
        about=found,
        template="security_docs/announcement_letter.html",
    )


@require_safe
def gaps(request: HttpRequest) -> HttpResponse:
    """Everything that is still missing, the earliest day first."""
    rows = queries.open_gaps().filter(apart_from_hidden(person(request), "compliance"))
    context = {
        "page": page_of(rows, ("due_on", "pk"), request.GET.get("cursor", ""), size=ROWS),
        "today": timezone.localdate(),
    }
    return render(request, "security_docs/gaps.html", context)


def clauses_of(compliance: Compliance) -> str:
    """The page of its clauses."""
    return f"{compliance.get_absolute_url()}clauses/"
