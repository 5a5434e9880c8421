"""Giden: letters drafted, previewed, approved, handed to EBYS, registered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.authority import works_in_unit
from accounts.models import User
from audit import trail
from audit.queries import entries_of
from ebys import printing, remarks
from ebys.filters import OutgoingFilter
from ebys.forms import (
    AnnexForm,
    DraftForm,
    NumberForm,
    ReasonForm,
    RecipientFormSet,
    TemplateForm,
    recipients_initial,
)
from ebys.models import OutgoingLetter, OutgoingState, Recipient
from ebys.paper import compose, paper_of
from ebys.queries import outgoing_for
from ebys.services import drafting
from ebys.views.incoming import show_in
from ebys.workflow import outgoing
from processes import export
from processes.acting import in_whose_name
from processes.errors import DomainError, NotFound, WrongState
from processes.paging import page_of
from processes.queries import case_for
from processes.requests import person, version_of
from processes.views.keeping import exported, shown_views
from processes.views.records import limited

ROWS = 50
OWN_RECIPIENTS = Recipient.objects.filter(letter=OuterRef("pk")).order_by()
FIRST_RECIPIENT = Subquery(
    OWN_RECIPIENTS.order_by("position").values(name=Coalesce(F("institution__name"), F("person_name")))[:1]
)
RECIPIENT_COUNT = Subquery(OWN_RECIPIENTS.values("letter").annotate(found=Count("pk")).values("found"))
TABS = (
    OutgoingState.DRAFT,
    OutgoingState.APPROVED,
    OutgoingState.HANDED,
    OutgoingState.RETURNED,
    OutgoingState.REGISTERED,
    OutgoingState.DISCARDED,
)

LIST = "letters-outgoing"
COLUMNS = [
    export.Column("state", gettext_lazy("State"), lambda letter: letter.get_state_display()),
    export.Column("subject", gettext_lazy("Subject"), "subject"),
    export.Column("addressee", gettext_lazy("First addressee"), lambda letter: letter.first_recipient or ""),
    export.Column(
        "addressees", gettext_lazy("Addressees"), lambda letter: letter.recipient_count or 0, kind="number"
    ),
    export.Column("case", gettext_lazy("Case"), "case.number"),
    export.Column("number", gettext_lazy("Letter number"), "official_number"),
    export.Column("dated", gettext_lazy("Date"), "dated", kind="date"),
    export.Column("drafter", gettext_lazy("Drafted by"), "drafted_by.full_name"),
    export.Column("approver", gettext_lazy("Approved by"), "approved_by.full_name"),
    export.Column("drafted", gettext_lazy("Drafted"), "drafted_at", kind="time"),
]


def letters_outgoing(request: HttpRequest) -> HttpResponseBase:
    """Our own letters, one tab for each state."""
    user = person(request)
    state = request.GET.get("state", OutgoingState.DRAFT)
    if state not in OutgoingState.values:
        state = OutgoingState.DRAFT
    visible = OutgoingLetter.objects.visible_to(user)
    counts = dict(visible.order_by().values_list("state").annotate(Count("pk")))
    rows = (
        visible.light()
        .filter(state=state)
        .select_related("case", "drafted_by", "approved_by")
        .annotate(first_recipient=FIRST_RECIPIENT, recipient_count=RECIPIENT_COUNT)
    )
    chosen = OutgoingFilter(request.GET, queryset=rows)
    order = ("-dated", "-id") if state == OutgoingState.REGISTERED else ("-drafted_at", "-id")
    if kind := request.GET.get("export"):
        letters = chosen.qs.order_by(*order)
        return exported(
            kind, user, LIST, letters, COLUMNS, _("outgoing letters"), title=_("Outgoing letters")
        )
    context = {
        "filter": chosen,
        "page": page_of(chosen.qs, order, request.GET.get("cursor", ""), size=ROWS),
        "state": state,
        "keep": {"state": state},
        "tabs": [
            {
                "label": one.label,
                "url": f"?state={one.value}",
                "count": counts.get(one.value, 0),
                "is_current": one == state,
            }
            for one in TABS
        ],
        "views": shown_views(request, user, LIST),
        "is_staff": works_in_unit(user),
    }
    return render(request, "ebys/outgoing_list.html", context)


@require_http_methods(["GET", "POST"])
def letter_draft(request: HttpRequest) -> HttpResponse:
    """Begin a letter on a case, from a template."""
    user = person(request)
    case = case_for(user, (request.POST.get("case") or request.GET.get("case", "")).strip())
    form = TemplateForm(request.POST or None, case=case)
    if request.method == "POST" and form.is_valid():
        letter = drafting.draft_for(case, form.cleaned_data["template"], by=user)
        return redirect("letter-edit", letter.pk)
    return render(
        request,
        "ebys/draft.html",
        {"case": case, "form": form},
        status=422 if request.method == "POST" else 200,
    )


def letter_outgoing(request: HttpRequest, pk: int) -> HttpResponse:
    """One letter of ours: the page as it will print, its state and what can be done."""
    letter = outgoing_for(person(request), pk)
    trail.seen(letter)
    return _shown(request, letter)


def _shown(request: HttpRequest, letter: OutgoingLetter, status: int = 200, **more: Any) -> HttpResponse:
    user = person(request)
    offers = {offer.key: offer for offer in outgoing.OUTGOING.offered(letter, user)}
    entries = entries_of(letter)
    context = {
        "letter": letter,
        "paper": paper_of(letter),
        "remark": remarks.about(letter),
        "offers": offers,
        "closing": drafting.closing_of(letter),
        "number_form": NumberForm(initial={"dated": timezone.localdate()}),
        "reason_form": ReasonForm(),
        "entries": entries,
        "acted_for": in_whose_name(entries),
        "steps": {key: move.label for key, move in outgoing.OUTGOING.moves.items()},
        **more,
    }
    return render(request, "ebys/outgoing.html", context, status=status)


@require_http_methods(["GET", "POST"])
def letter_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft as a form with its page beside it. What was typed stays when it is refused."""
    user = person(request)
    letter = outgoing_for(user, pk)
    if not letter.is_editable:
        raise WrongState(
            _("The letter can be changed only while it is a draft; its state is “%(state)s”.")
            % {"state": letter.get_state_display()}
        )
    form, rows = _forms(request, letter)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and rows.is_valid():
            try:
                drafting.edit(
                    letter, form.text(), by=user, recipients=rows.entries(), version=version_of(request)
                )
            except DomainError as refusal:
                show_in(form, refusal)
                status = refusal.status
            else:
                messages.success(request, _("The draft was saved."))
                return redirect("letter-edit" if "stay" in request.POST else "letter-outgoing", pk)
    context = {
        "letter": letter,
        "form": form,
        "rows": rows,
        "paper": compose(letter, form.text(), rows.entries()) if form.is_bound else paper_of(letter),
        "annex_form": AnnexForm(),
        "remark": remarks.about(letter),
    }
    return render(request, "ebys/edit.html", context, status=status)


@require_POST
def letter_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of what is being typed, saved or not."""
    letter = outgoing_for(person(request), pk)
    form, rows = _forms(request, letter)
    form.is_valid()
    rows.is_valid()
    return render(request, "ebys/paper.html", {"paper": compose(letter, form.text(), rows.entries())})


def _forms(request: HttpRequest, letter: OutgoingLetter) -> tuple[DraftForm, Any]:
    data = request.POST if request.method == "POST" else None
    form = DraftForm(data, initial=DraftForm.initial_of(letter))
    rows = RecipientFormSet(data, prefix="to", initial=recipients_initial(letter.recipients.all()))
    if data is not None:
        rows = RecipientFormSet(data, prefix="to")
    return form, rows


@limited
@require_POST
def annex_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add an annex to a draft."""
    user = person(request)
    letter = outgoing_for(user, pk)
    form = AnnexForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            drafting.add_annex(letter, by=user, **form.cleaned_data)
        except DomainError as refusal:
            trail.refused(letter, refusal.code)
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The annex was added."))
    else:
        messages.error(request, str(next(iter(form.errors.values()))[0]))
    return redirect("letter-edit", pk)


@require_POST
def annex_remove(request: HttpRequest, pk: int, annex_pk: int) -> HttpResponse:
    """Take an annex off a draft."""
    user = person(request)
    letter = outgoing_for(user, pk)
    annex = next((one for one in letter.annexes.all() if one.pk == annex_pk), None)
    if annex is None:
        raise NotFound(_("There is no such annex."))
    drafting.remove_annex(annex, by=user)
    messages.success(request, _("The annex was taken off."))
    return redirect("letter-edit", pk)


def _moved(
    request: HttpRequest, pk: int, move: Callable[[OutgoingLetter, User], OutgoingLetter], said: str
) -> HttpResponse:
    """Make a move; a refusal is shown on the letter's own page with its status."""
    user = person(request)
    letter = outgoing_for(user, pk)
    try:
        moved = move(letter, user)
    except DomainError as refusal:
        return _shown(request, outgoing_for(user, pk), status=refusal.status, refusal=refusal)
    messages.success(request, said)
    return redirect(moved)


@require_POST
def letter_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """A second person approves."""
    return _moved(
        request,
        pk,
        lambda letter, user: outgoing.approve(letter, by=user, version=version_of(request)),
        _("The letter was approved; EBYS may collect it."),
    )


@require_POST
def letter_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft is no longer needed."""
    return _moved(
        request,
        pk,
        lambda letter, user: outgoing.discard(
            letter, by=user, reason=_reason(request), version=version_of(request)
        ),
        _("The draft was discarded."),
    )


@require_POST
def letter_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Back to draft."""
    return _moved(
        request,
        pk,
        lambda letter, user: outgoing.take_back(
            letter, by=user, reason=_reason(request), version=version_of(request)
        ),
        _("The letter is a draft again."),
    )


@require_POST
def letter_hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody carried it to EBYS by hand."""
    return _moved(
        request,
        pk,
        lambda letter, user: outgoing.hand_over(letter, by=user, version=version_of(request)),
        _("It was recorded that EBYS has the letter."),
    )


@require_POST
def letter_number(request: HttpRequest, pk: int) -> HttpResponse:
    """Number and date typed from EBYS."""
    form = NumberForm(request.POST)
    if not form.is_valid():
        letter = outgoing_for(person(request), pk)
        return _shown(request, letter, status=422, number_form=form)
    values = form.cleaned_data
    return _moved(
        request,
        pk,
        lambda letter, user: outgoing.register(
            letter, by=user, number=values["number"], dated=values["dated"], version=version_of(request)
        ),
        _("The letter was registered."),
    )


@require_POST
def letter_reject(request: HttpRequest, pk: int) -> HttpResponse:
    """EBYS sent it back."""
    return _moved(
        request,
        pk,
        lambda letter, user: outgoing.reject(
            letter, by=user, reason=_reason(request), version=version_of(request)
        ),
        _("The return was recorded."),
    )


@require_POST
def letter_revise(request: HttpRequest, pk: int) -> HttpResponse:
    """A returned letter is opened for changes."""
    return _moved(
        request,
        pk,
        lambda letter, user: outgoing.revise(letter, by=user, version=version_of(request)),
        _("The letter is a draft again."),
    )


def letter_fields(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything EBYS's form asks for, ready to be copied."""
    letter = outgoing_for(person(request), pk)
    return render(request, "ebys/fields.html", {"letter": letter, "facts": printing.fields_of(letter)})


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "")[:300]
