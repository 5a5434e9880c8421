"""The catalogue as the unit reads and prepares it: list, process card, editions, differences, drafts, signatures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.authority import roles_of
from accounts.models import User
from audit import trail
from audit.models import Entry
from audit.queries import entries_of
from processes import approval, exchange, pdf
from processes.acting import in_whose_name
from processes.catalogue_forms import CopyForm, EditionForm, ImportForm, MoveForm, StepsFormSet, initial_of
from processes.diffing import difference
from processes.errors import DomainError, NotFound
from processes.models import Definition, DefinitionState, Subprocess
from processes.process_card import card_of
from processes.requests import person
from processes.services import definitions

Signature = Callable[..., Definition]
SIGNED: dict[str, tuple[Signature, str | Promise]] = {
    "check": (approval.check, gettext_lazy("The edition is marked as checked.")),
    "approve": (approval.approve, gettext_lazy("The edition is in force; new cases begin with it.")),
    "send_back": (approval.send_back, gettext_lazy("The edition is a draft again.")),
    "withdraw": (approval.withdraw, gettext_lazy("The draft was given up; it stays among the editions.")),
}
WITH_REASON = ("send_back", "withdraw")


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """Every sub-process with the edition in force and the one in preparation."""
    shown = (DefinitionState.APPROVED, DefinitionState.DRAFT, DefinitionState.CHECKED)
    editions = Definition.objects.filter(state__in=shown).prefetch_related("steps")
    subprocesses = Subprocess.objects.prefetch_related(Prefetch("definitions", editions)).order_by("number")
    rows = []
    for subprocess in subprocesses:
        by_state = {edition.state: edition for edition in subprocess.definitions.all()}
        in_force = by_state.get(DefinitionState.APPROVED)
        rows.append(
            {
                "subprocess": subprocess,
                "in_force": in_force,
                "days": sum(step.planned_days or 0 for step in in_force.steps.all()) if in_force else 0,
                "coming": by_state.get(DefinitionState.CHECKED) or by_state.get(DefinitionState.DRAFT),
            }
        )
    return render(
        request, "processes/catalogue/list.html", {"rows": rows, "may_prepare": _may_prepare(person(request))}
    )


@require_safe
def process(request: HttpRequest, number: str) -> HttpResponse:
    """The process card in force."""
    return _card(request, _in_force(number))


@require_safe
def process_card(request: HttpRequest, number: str, edition: int) -> HttpResponse:
    """The process card of one edition, with what this person may do to it."""
    return _card(request, edition_of(number, edition))


def _card(request: HttpRequest, definition: Definition, refusal: DomainError | None = None) -> HttpResponse:
    user = person(request)
    offers = {offer.key: offer for offer in approval.GATE.offered(definition, user)}
    steps = list(definition.steps.all())
    context = {
        "definition": definition,
        "card": card_of(definition),
        "signatures": [offer for key, offer in offers.items() if key in SIGNED and key not in WITH_REASON],
        "refusals": [offer for key, offer in offers.items() if key in WITH_REASON and offer.is_allowed],
        "may_edit": "prepare" in offers and offers["prepare"].is_allowed,
        "may_prepare": _may_prepare(user),
        "in_preparation": definitions.in_preparation(definition.subprocess),
        "faults": approval.faults(definition, steps) if definition.state == DefinitionState.DRAFT else [],
        "former": definitions.former_of(definition),
        "refusal": refusal,
        "entries": entries_of(definition, *steps)[:50],
    }
    return render(
        request, "processes/catalogue/card.html", context, status=refusal.status if refusal else 200
    )


@require_safe
def process_pdf(request: HttpRequest, number: str, edition: int) -> HttpResponse:
    """The process card as the official form prints it: Turkish, whoever prints it."""
    definition = edition_of(number, edition)
    with translation.override("tr"):
        context = {
            "title": f"{number} {definition.name}",
            "definition": definition,
            "card": card_of(definition),
        }
        content = pdf.render(
            "processes/catalogue/card_pdf.html", context, styles=("css/pdf.css", "css/process-card.css")
        )
    trail.record(definition, "downloaded", {"format": "pdf"})
    return _download(content, "application/pdf", f"{number}-v{edition}.pdf", inline=True)


@require_safe
def process_editions(request: HttpRequest, number: str) -> HttpResponse:
    """Every edition a sub-process ever had, newest first."""
    subprocess = _subprocess(number)
    editions = (
        subprocess.definitions.select_related("prepared_by", "checked_by", "approved_by")
        .prefetch_related("steps")
        .order_by("-edition")
    )
    told: dict[str, list[Entry]] = {}
    for entry in entries_of(*editions).filter(step__in=("prepare", "check", "approve")):
        told.setdefault(entry.object_pk, []).append(entry)
    rows = [(one, in_whose_name(told.get(str(one.pk), ()))) for one in editions]
    return render(
        request,
        "processes/catalogue/editions.html",
        {"subprocess": subprocess, "editions": list(editions), "rows": rows},
    )


@require_safe
def process_diff(request: HttpRequest, number: str, edition: int, other: int) -> HttpResponse:
    """What edition `edition` says otherwise than edition `other`."""
    new, old = edition_of(number, edition), edition_of(number, other)
    found = difference(_text(old), _text(new))
    return render(request, "processes/catalogue/diff.html", {"old": old, "new": new, "difference": found})


@require_http_methods(["GET", "POST"])
def process_copy(request: HttpRequest, number: str, edition: int) -> HttpResponse:
    """Begin a new edition from this one."""
    source = edition_of(number, edition)
    form = CopyForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                draft = definitions.copy(source, by=person(request), note=form.cleaned_data["note"])
            except DomainError as refusal:
                form.add_error(None, str(refusal))
                status = refusal.status
            else:
                messages.success(request, _("The new edition is yours to prepare."))
                return redirect("process-edit", number, draft.edition)
    return render(request, "processes/catalogue/copy.html", {"source": source, "form": form}, status=status)


@require_http_methods(["GET", "POST"])
def process_edit(request: HttpRequest, number: str, edition: int) -> HttpResponse:
    """Write into a draft: its head and its steps in one form."""
    definition = edition_of(number, edition)
    user = person(request)
    if refusal := approval.GATE.refusal("prepare", definition, user):
        raise refusal
    head, steps = initial_of(_text(definition))
    posted = request.POST if request.method == "POST" else None
    form = EditionForm(posted, initial=head)
    formset = StepsFormSet(posted, initial=steps, prefix="steps")
    status = 200
    if posted is not None:
        status = 422
        if form.is_valid() and formset.is_valid():
            version = posted.get("version", "")
            try:
                definitions.change(
                    definition,
                    by=user,
                    values=form.cleaned_data,
                    steps=formset.steps(),
                    version=int(version) if version.isdecimal() else None,
                )
            except DomainError as refused:
                form.add_error(None, str(refused))
                status = refused.status
            else:
                messages.success(request, _("The draft was saved."))
                return redirect("process-card", number, edition)
    context = {"definition": definition, "form": form, "formset": formset}
    return render(request, "processes/catalogue/edit.html", context, status=status)


@require_POST
def process_move(request: HttpRequest, number: str, edition: int, verb: str) -> HttpResponse:
    """Sign an edition, send it back or give it up."""
    definition = edition_of(number, edition)
    if verb not in SIGNED:
        raise NotFound(_("There is no such step."))
    form = MoveForm(request.POST)
    form.is_valid()
    values: dict[str, Any] = {"version": form.cleaned_data.get("version")}
    if verb in WITH_REASON:
        values["reason"] = form.cleaned_data.get("reason", "")
    function, told = SIGNED[verb]
    try:
        function(definition, by=person(request), **values)
    except DomainError as refusal:
        trail.refused(definition, refusal.code)
        return _card(request, edition_of(number, edition), refusal)
    messages.success(request, str(told))
    return redirect("process-card", number, edition)


@require_safe
def catalogue_export(request: HttpRequest) -> HttpResponse:
    """The editions in force as one file."""
    editions = list(definitions.editions_in_force())
    if not editions:
        raise NotFound(_("The catalogue is empty."))
    trail.record_many(editions, "exported")
    return _download(exchange.write(editions).encode(), "application/yaml", "catalogue.yaml")


@require_safe
def process_export(request: HttpRequest, number: str, edition: int) -> HttpResponse:
    """One edition as a file."""
    definition = edition_of(number, edition)
    trail.record(definition, "exported")
    return _download(exchange.write([definition]).encode(), "application/yaml", f"{number}-v{edition}.yaml")


@require_http_methods(["GET", "POST"])
def catalogue_import(request: HttpRequest) -> HttpResponse:
    """Bring a catalogue file in: a draft for each sub-process in it, or nothing with the reason."""
    form = ImportForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            values = form.cleaned_data
            try:
                drafts = definitions.bring(values["file"], by=person(request), note=values["note"])
            except DomainError as refusal:
                form.add_error("file", str(refusal))
                status = refusal.status
            else:
                told = ", ".join(f"{draft.subprocess.number} v{draft.edition}" for draft in drafts)
                messages.success(request, _("Drafts were made: %(drafts)s.") % {"drafts": told})
                return redirect("catalogue")
    return render(request, "processes/catalogue/import.html", {"form": form}, status=status)


def edition_of(number: str, edition: int) -> Definition:
    """One edition with its steps and the people under it."""
    found = (
        Definition.objects.select_related("subprocess", "prepared_by", "checked_by", "approved_by")
        .prefetch_related("steps")
        .filter(subprocess__number=number, edition=edition)
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such edition."))
    return found


def address_of(definition: Definition) -> str:
    """The page of an edition."""
    return reverse("process-card", args=(definition.subprocess.number, definition.edition))


def _in_force(number: str) -> Definition:
    """The edition in force, or the newest one where none is."""
    subprocess = _subprocess(number)
    rows = subprocess.definitions.order_by("-edition")
    found = rows.filter(state=DefinitionState.APPROVED).first() or rows.first()
    if found is None:
        raise NotFound(_("This sub-process has no edition yet."))
    return edition_of(number, found.edition)


def _subprocess(number: str) -> Subprocess:
    found = Subprocess.objects.filter(number=number).first()
    if found is None:
        raise NotFound(_("There is no such sub-process."))
    return found


def _text(definition: Definition) -> exchange.EditionText:
    return exchange.text_of(definition, definition.steps.all())


def _may_prepare(user: User) -> bool:
    return not roles_of(user).isdisjoint(approval.PREPARERS)


def _download(content: bytes, kind: str, name: str, *, inline: bool = False) -> HttpResponse:
    disposition = content_disposition_header(not inline, name) or ""
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})
