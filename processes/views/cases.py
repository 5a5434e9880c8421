"""The page of one case, and what is done there."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.queries import people_with_role
from accounts.roles import UNIT_STAFF
from audit import trail
from audit.queries import entries_of
from processes import explaining, pdf
from processes.case_page import CasePage
from processes.confidential import who_know
from processes.errors import DomainError, NotFound
from processes.forms import StepForm
from processes.models import CaseLink
from processes.queries import case_for, record_for, runs_of
from processes.requests import person, version_of
from processes.rooms import room_of
from processes.services import cases
from processes.views.lists import receiver

TABS = ("timeline", "letters", "files", "trail")


def case(request: HttpRequest, number: str) -> HttpResponse:
    """Everything about one case, and the next step as a form."""
    page = CasePage(case_for(person(request), number), person(request))
    trail.seen(page.case)
    return _shown(request, page)


def case_step(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """Take a step. What was written stays in the form when the step is refused."""
    user = person(request)
    taken = request.method == "POST"
    found = record_for(user, number) if taken else case_for(user, number)
    room = room_of(found)
    if key not in room.forms:
        raise NotFound(_("This sub-process has no such step."))
    if not taken:
        return _shown(request, CasePage(found, user, chosen=key))
    form = room.forms[key](request.POST, case=found, by=user)
    if refused := room.flow.refusal(key, found, user):
        if refused.status == 403:
            trail.refused(found, refused.code, changes={"step": key})
        return _sent_back(request, form, key, refused)
    if not form.is_valid():
        return _sent_back(request, form, key)
    try:
        done = form.take(version=version_of(request))
    except DomainError as refusal:
        show_in(form, refusal)
        return _sent_back(request, form, key, refusal)
    messages.success(request, _("“%(step)s” was recorded.") % {"step": room.flow.moves[key].label})
    return redirect(done)


def _sent_back(
    request: HttpRequest, form: StepForm, key: str, refusal: DomainError | None = None
) -> HttpResponse:
    """The page of the case with the step's form as it was written."""
    page = CasePage(case_for(form.by, form.case.number), form.by, chosen=key, form=form, refusal=refusal)
    return _shown(request, page, status=refusal.status if refusal else 422)


def show_in(form: StepForm, refusal: DomainError) -> None:
    """Put a refusal's sentences beside the fields they are about."""
    for name, sentences in refusal.fields.items():
        if name in form.fields:
            for sentence in sentences:
                form.add_error(name, str(sentence))


def _shown(request: HttpRequest, page: CasePage, status: int = 200) -> HttpResponse:
    tab = request.GET.get("tab", "")
    context: dict[str, Any] = {
        "page": page,
        "case": page.case,
        "tab": tab if tab in TABS else TABS[0],
        "now": timezone.now(),
    }
    if context["tab"] == "trail" and page.is_staff:
        context["entries"] = entries_of(page.case)
        context["steps"] = {key: move.label for key, move in page.room.flow.moves.items()}
    return render(request, "processes/case.html", context, status=status)


def case_due(request: HttpRequest, number: str) -> HttpResponse:
    """How the due date was counted, in words."""
    found = case_for(person(request), number)
    context = {"case": found, "explanation": explaining.explain(found, runs_of(found))}
    template = "processes/due_words.html" if getattr(request, "htmx", False) else "processes/due.html"
    return render(request, template, context)


def case_pdf(request: HttpRequest, number: str) -> HttpResponse:
    """The whole case as one printed file."""
    user = person(request)
    page = CasePage(case_for(user, number), user)
    trail.record(page.case, "exported", reason="pdf")
    content = pdf.render(
        "processes/case_pdf.html", {"page": page, "case": page.case, "title": page.case.title}
    )
    name = number.replace("/", "-")
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}.pdf"'},
    )


def case_handle(request: HttpRequest, number: str) -> HttpResponse:
    """What can be done beside the steps: a page, or the inside of the menu that asks for it."""
    found = case_for(person(request), number)
    context = {"case": found, "staff": who_know(found, people_with_role(*UNIT_STAFF))}
    template = "processes/case/handling.html" if getattr(request, "htmx", False) else "processes/handle.html"
    return render(request, template, context)


@require_POST
def case_pause(request: HttpRequest, number: str) -> HttpResponse:
    """Let the case wait, with a reason."""
    found = case_for(person(request), number)
    cases.pause(
        found,
        by=person(request),
        reason=request.POST.get("reason", "").strip()[:300],
        version=version_of(request),
    )
    messages.success(request, _("The clock stopped."))
    return redirect(found)


@require_POST
def case_resume(request: HttpRequest, number: str) -> HttpResponse:
    """Let the clock go on."""
    found = case_for(person(request), number)
    cases.resume(found, by=person(request), version=version_of(request))
    messages.success(request, _("The clock goes on."))
    return redirect(found)


@require_POST
def case_assign(request: HttpRequest, number: str) -> HttpResponse:
    """Put the case on somebody's desk."""
    user = person(request)
    found = case_for(user, number)
    to = receiver(request.POST.get("to", ""), user)
    cases.assign(found, by=user, to=to, version=version_of(request))
    sentence = (
        _("The case is on %(person)s's desk.") % {"person": to.full_name}
        if to
        else _("The case is on nobody's desk.")
    )
    messages.success(request, sentence)
    return redirect(found)


@require_POST
def case_link(request: HttpRequest, number: str) -> HttpResponse:
    """Say that another case belongs to this one."""
    user = person(request)
    found = case_for(user, number)
    other = case_for(user, request.POST.get("other", "").strip())
    cases.link(found, other, by=user)
    messages.success(request, _("%(number)s was linked.") % {"number": other.number})
    return redirect(found)


@require_POST
def case_unlink(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Take a link back."""
    user = person(request)
    found = case_for(user, number)
    joined = CaseLink.objects.filter(pk=pk).select_related("source", "target").first()
    if joined is None or found.pk not in (joined.source_id, joined.target_id):
        raise NotFound(_("This link does not exist any more."))
    cases.unlink(joined, by=user)
    messages.success(request, _("The link was taken back."))
    return redirect(found)
