"""Gelen: letters received, routed, attached, filed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from csp.decorators import csp_update
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.authority import works_in_unit
from accounts.models import User
from audit import trail
from audit.queries import entries_of
from ebys import routing
from ebys.filters import IncomingFilter
from ebys.forms import AttachForm, ReasonForm, RegisterForm, UploadForm
from ebys.models import IncomingLetter, IncomingState, Receipt, ReceiptOutcome
from ebys.queries import incoming_for
from ebys.services import receiving
from ebys.workflow import incoming
from processes import export
from processes.acting import in_whose_name
from processes.confidential import is_hidden_from
from processes.errors import DomainError, NotFound
from processes.models import Case
from processes.paging import page_of
from processes.queries import case_for
from processes.requests import person, version_of
from processes.views.keeping import exported, shown_views
from processes.views.records import limited

ROWS = 50
View = Callable[..., HttpResponse]
# The page shows the letter's own PDF in a frame, which no other page may do.
framing = cast(Callable[[View], View], csp_update({"frame-src": ["'self'"]}))
# The states stand in the alphabet as the office reads them: unrouted, routed, filed.
ORDER = ("-state", "-received_at", "-id")
LIST = "letters-incoming"
COLUMNS = [
    export.Column("state", gettext_lazy("State"), lambda letter: letter.get_state_display()),
    export.Column("subject", gettext_lazy("Subject"), "subject"),
    export.Column("sender", gettext_lazy("Sender"), lambda letter: letter.sender_display),
    export.Column("number", gettext_lazy("Letter number"), "official_number"),
    export.Column("dated", gettext_lazy("Date"), "dated", kind="date"),
    export.Column("sdp", gettext_lazy("File-plan code"), "sdp_code"),
    export.Column("case", gettext_lazy("Case"), lambda letter: letter.case.number if letter.case else ""),
    export.Column("received", gettext_lazy("Received on"), "received_at", kind="time"),
]


def letters_incoming(request: HttpRequest) -> HttpResponseBase:
    """Every letter that came in, those nobody has taken up first; new ones are dropped here."""
    user = person(request)
    rows = IncomingLetter.objects.visible_to(user).light().select_related("sender", "case")
    chosen = IncomingFilter(request.GET, queryset=rows)
    if kind := request.GET.get("export"):
        return exported(
            kind,
            user,
            LIST,
            chosen.qs.order_by(*ORDER),
            COLUMNS,
            _("incoming letters"),
            title=_("Incoming letters"),
        )
    context = {
        "filter": chosen,
        "page": page_of(chosen.qs, ORDER, request.GET.get("cursor", ""), size=ROWS),
        "quarantined": Receipt.objects.visible_to(user).quarantined().count(),
        "form": UploadForm(),
        "views": shown_views(request, user, LIST),
        "is_staff": works_in_unit(user),
    }
    return render(request, "ebys/incoming_list.html", context)


@limited
@require_POST
def letter_upload(request: HttpRequest) -> HttpResponse:
    """Packages dropped on the list: each becomes a letter, a second copy, or an entry of the quarantine."""
    user = person(request)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return redirect("letters-incoming")
    receipts = [
        receiving.receive_package(upload, by=user, file_name=upload.name or "")
        for upload in form.cleaned_data["package"]
    ]
    for receipt in receipts:
        _tell(request, receipt)
    letter = IncomingLetter.objects.visible_to(user).filter(pk=receipts[0].letter_id).first()
    if len(receipts) == 1 and letter is not None:
        return redirect(letter)
    return redirect("letters-quarantine" if all(one.is_refused for one in receipts) else "letters-incoming")


def _tell(request: HttpRequest, receipt: Receipt) -> None:
    """What became of one package, in one sentence."""
    if receipt.outcome == ReceiptOutcome.REGISTERED:
        messages.success(request, _("The letter was received."))
    elif receipt.outcome == ReceiptOutcome.DUPLICATE:
        messages.info(request, _("This letter is here already; nothing was registered twice."))
    else:
        messages.error(
            request,
            _("%(reason)s The file is kept in quarantine; nothing was lost.") % {"reason": receipt.sentence},
        )


@limited
@require_http_methods(["GET", "POST"])
def letter_register(request: HttpRequest) -> HttpResponse:
    """A letter typed by hand. What was typed stays in the form when it is refused."""
    user = person(request)
    form = RegisterForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                letter = receiving.register_by_hand(
                    form.facts(), by=user, uploads=form.cleaned_data["uploads"]
                )
            except DomainError as refusal:
                show_in(form, refusal)
                status = refusal.status
            else:
                messages.success(request, _("The letter was registered."))
                return _gone_to(request, letter, user)
    return render(request, "ebys/register.html", {"form": form}, status=status)


def _gone_to(request: HttpRequest, letter: IncomingLetter, user: User) -> HttpResponse:
    """The letter's page; who must not read it further hears why, and is back at the list."""
    if IncomingLetter.objects.visible_to(user).filter(pk=letter.pk).exists():
        return redirect(letter)
    messages.info(
        request, _("It is secret or may be about a breach: until it is routed, only those named read it.")
    )
    return redirect("letters-incoming")


@framing
def letter_incoming(request: HttpRequest, pk: int) -> HttpResponse:
    """One letter: its page beside what is written on it, and where it goes."""
    letter = incoming_for(person(request), pk)
    trail.seen(letter)
    return _shown(request, letter)


def _shown(request: HttpRequest, letter: IncomingLetter, status: int = 200, **more: Any) -> HttpResponse:
    user = person(request)
    offers = {offer.key: offer for offer in incoming.INCOMING.offered(letter, user)}
    waits = letter.state == IncomingState.UNROUTED
    suggestions = routing.suggest(letter) if waits else []
    chosen = routing.chosen(request.POST.get("subprocess") or request.GET.get("to", "")) if waits else None
    best = chosen or next((one for one in suggestions if one.has_room), None)
    typed = incoming.corrected(request.POST)
    entries = entries_of(letter)
    lenders = in_whose_name(entries)
    context = {
        "letter": letter,
        "offers": offers,
        "suggestions": suggestions,
        "best": best,
        "fields": best and incoming.proposed(letter, best.number, by=user, typed=typed),
        "rooms": routing.choices(),
        "detailed": [number for number in incoming.rooms_with_more() if not best or number != best.number],
        "open_cases": _cases_of_sender(letter, user) if waits else [],
        "answers": list(letter.answered_by.defer("search")) if letter.case_id else [],
        "attach_form": AttachForm(),
        "file_form": ReasonForm(prefix="file"),
        "unroute_form": ReasonForm(prefix="unroute"),
        "entries": entries,
        "acted_for": {
            "received": lenders.get("receive_package") or lenders.get("register_by_hand"),
            "settled": lenders.get(_settled_by_step(letter)),
        },
        "steps": {key: move.label for key, move in incoming.INCOMING.moves.items()},
        **more,
    }
    return render(request, "ebys/incoming.html", context, status=status)


def _settled_by_step(letter: IncomingLetter) -> str:
    """The move that settled the letter as it stands."""
    if letter.state == IncomingState.FILED:
        return "file"
    return "route" if letter.opened_case else "attach"


def _cases_of_sender(letter: IncomingLetter, user: User) -> list[Case]:
    """Open cases of the same institution, to which the letter may belong."""
    if letter.sender_id is None:
        return []
    cases = Case.objects.visible_to(user).open().light().filter(applicant_institution=letter.sender_id)
    return list(cases.order_by("-opened_at", "-id")[:5])


def _moved(
    request: HttpRequest, pk: int, move: Callable[[IncomingLetter, User], IncomingLetter], said: str
) -> HttpResponse:
    """Make a move; a refusal is shown on the letter's own page with its status."""
    user = person(request)
    letter = incoming_for(user, pk)
    try:
        moved = move(letter, user)
    except DomainError as refusal:
        return _shown(request, incoming_for(user, pk), status=refusal.status, refusal=refusal)
    messages.success(request, said)
    if moved.case is not None and is_hidden_from(moved.case, user):
        messages.info(
            request, _("The case is confidential: only those named work on it and read the letter.")
        )
        return redirect("letters-incoming")
    return redirect(moved.case if moved.case is not None else moved)


@require_POST
def letter_route(request: HttpRequest, pk: int) -> HttpResponse:
    """One click: the case is opened from the letter, with what was corrected of the letter's moment and number."""
    number = request.POST.get("subprocess", "").strip()
    more = incoming.corrected(request.POST)
    return _moved(
        request,
        pk,
        lambda letter, user: incoming.route(letter, number, by=user, version=version_of(request), **more),
        _("The case was opened from the letter."),
    )


@require_POST
def letter_attach(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter is put into an existing case."""
    number = request.POST.get("number", "").strip()
    return _moved(
        request,
        pk,
        lambda letter, user: incoming.attach(
            letter, case_for(user, number), by=user, version=version_of(request)
        ),
        _("The letter was added to the case."),
    )


@require_POST
def letter_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter needs nothing; it is filed with a reason."""
    reason = request.POST.get("file-reason", "")[:300]
    return _moved(
        request,
        pk,
        lambda letter, user: incoming.file(letter, by=user, reason=reason, version=version_of(request)),
        _("The letter was filed."),
    )


@require_POST
def letter_unroute(request: HttpRequest, pk: int) -> HttpResponse:
    """The routing is undone while nobody has begun."""
    reason = request.POST.get("unroute-reason", "")[:300]
    return _moved(
        request,
        pk,
        lambda letter, user: incoming.unroute(letter, by=user, reason=reason, version=version_of(request)),
        _("The routing was undone; the letter waits again."),
    )


@require_POST
def letter_unfile(request: HttpRequest, pk: int) -> HttpResponse:
    """A filed letter is taken up after all."""
    return _moved(
        request,
        pk,
        lambda letter, user: incoming.unfile(letter, by=user, version=version_of(request)),
        _("The letter waits for routing again."),
    )


def letters_quarantine(request: HttpRequest) -> HttpResponse:
    """Deliveries nobody could read: why, and what to do."""
    user = person(request)
    rows = Receipt.objects.visible_to(user).filter(outcome=ReceiptOutcome.QUARANTINED)
    waiting = "all" not in request.GET
    if waiting:
        rows = rows.filter(settled_at__isnull=True)
    rows = rows.select_related("file", "received_by", "settled_by")
    page = page_of(rows, ("-received_at", "-id"), request.GET.get("cursor", ""), size=ROWS)
    return render(request, "ebys/quarantine.html", {"page": page, "waiting": waiting})


@require_POST
def quarantine_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a kept package once more."""
    receipt = receiving.read_again(_receipt(request, pk), by=person(request))
    _tell(request, receipt)
    if receipt.letter is None:
        return redirect("letters-quarantine")
    return _gone_to(request, receipt.letter, person(request))


@require_POST
def quarantine_settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what was done about it."""
    receiving.settle(_receipt(request, pk), by=person(request), note=request.POST.get("note", "")[:300])
    messages.success(request, _("It was noted; the file stays kept."))
    return redirect("letters-quarantine")


def _receipt(request: HttpRequest, pk: int) -> Receipt:
    found = Receipt.objects.visible_to(person(request)).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such delivery."))
    return found


def show_in(form: Any, refusal: DomainError) -> None:
    """A refusal's sentences beside the fields they are about, else above the form."""
    placed = False
    for name, sentences in refusal.fields.items():
        if name in form.fields:
            placed = True
            for sentence in sentences:
                form.add_error(name, str(sentence))
    if not placed:
        form.add_error(None, str(refusal))
