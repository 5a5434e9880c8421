"""Batch letters: choosing the forms, the list and labels on paper, printing, posting, taking a form out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from audit import trail
from audit.queries import entries_of
from ebys.models import OutgoingState
from esignature import batches, papers, queries
from esignature.access import keeps_register, looks_at_forms
from esignature.acts import BATCH
from esignature.filters import BatchFilter, WaitingFilter
from esignature.forms import ReasonForm, RecipientForm
from esignature.models import Batch, BatchState, State
from esignature.views.common import ROWS, chosen_keys, done, paper, ticked
from processes import export
from processes.errors import DomainError, NotFound, RuleBroken
from processes.paging import page_of
from processes.requests import person, version_of
from processes.views.keeping import exported, shown_views

LIST = "esignature-batches"
COLUMNS = [
    export.Column("batch", gettext_lazy("Batch"), str),
    export.Column("state", gettext_lazy("State"), lambda batch: batch.get_state_display()),
    export.Column("forms", gettext_lazy("Forms"), "form_count", kind="number"),
    export.Column("letter", gettext_lazy("Letter"), "letter.official_number"),
    export.Column("dated", gettext_lazy("Date of the letter"), "letter.dated", kind="date"),
    export.Column("parcel", gettext_lazy("Parcel number"), "parcel"),
    export.Column("posted", gettext_lazy("Posted on"), "posted_on", kind="date"),
    export.Column("collector", gettext_lazy("Collected by"), "made_by.full_name"),
    export.Column("made", gettext_lazy("Collected"), "made_at", kind="time"),
]
FORMS = [
    export.Column("number", gettext_lazy("Number"), "number"),
    export.Column("holder", gettext_lazy("Holder"), "holder.full_name"),
    export.Column("institution", gettext_lazy("Institution"), "applicant_institution.name"),
    export.Column("kind", gettext_lazy("Kind"), lambda one: one.get_kind_display()),
    export.Column("reason", gettext_lazy("Reason"), lambda one: one.get_reason_display()),
    export.Column("received", gettext_lazy("Received"), "opened_at", kind="time"),
]
HEADS = [
    export.Column("request", gettext_lazy("Request")),
    export.Column("institution", gettext_lazy("Institution")),
    export.Column("subject", gettext_lazy("Subject")),
]


def batch_list(request: HttpRequest) -> HttpResponseBase:
    """Batch letters, newest first."""
    user = person(request)
    rows = (
        Batch.objects.visible_to(user)
        .select_related("letter", "made_by")
        .defer("letter__search")
        .annotate(form_count=Count("requests"))
    )
    chosen = BatchFilter(request.GET, queryset=rows)
    if kind := request.GET.get("export"):
        listed = chosen.qs.order_by("-made_at", "-pk")
        return exported(kind, user, LIST, listed, COLUMNS, _("batch-letters"), title=_("Batch letters"))
    context = {
        "filter": chosen,
        "page": page_of(chosen.qs, ("-made_at", "-pk"), request.GET.get("cursor", ""), size=ROWS),
        "columns": COLUMNS[:7],
        "views": shown_views(request, user, LIST),
        "waiting": queries.waiting().order_by().count(),
        "looks_at_forms": looks_at_forms(user),
    }
    return render(request, "esignature/batches.html", context)


@require_http_methods(["GET", "POST"])
def batch_new(request: HttpRequest) -> HttpResponseBase:
    """Choose among the complete forms that wait; one letter carries up to 500."""
    user = person(request)
    chosen = WaitingFilter(
        request.GET if request.method == "GET" else QueryDict(request.POST.get("back", "")),
        queryset=queries.waiting(),
    )
    if kind := request.GET.get("export"):
        return exported(kind, user, LIST, chosen.qs, FORMS, _("waiting-forms"), title=_("Waiting forms"))
    form = RecipientForm(
        request.POST if request.method == "POST" else None, initial={"recipient": queries.last_recipient()}
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                batch = batches.collect(
                    _keys(request, chosen), by=user, recipient=form.cleaned_data["recipient"]
                )
            except DomainError as refusal:
                form.add_error(None, str(refusal))
                status = refusal.status
            else:
                messages.success(request, _("The forms were collected and the letter drafted."))
                return redirect(batch)
    rows = list(chosen.qs[: batches.MOST + 1])
    context = {
        "filter": chosen,
        "rows": rows[: batches.MOST],
        "is_cut": len(rows) > batches.MOST,
        "most": batches.MOST,
        "columns": FORMS,
        "ticked": ticked(request),
        "form": form,
        "back": request.POST.get("back", request.GET.urlencode()),
    }
    return render(request, "esignature/batch_new.html", context, status=status)


def _keys(request: HttpRequest, chosen: WaitingFilter) -> list[int]:
    """The ticked forms; or all that the filters show, when that was asked for."""
    if "all" in request.POST:
        return list(chosen.qs.values_list("pk", flat=True)[: batches.MOST])
    return chosen_keys(
        request,
        batches.MOST,
        _("Choose at least one form."),
        _("One letter carries at most %(count)d forms.") % {"count": batches.MOST},
    )


def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """One batch: how far it is, its forms, what comes next."""
    one = batch_for(person(request), pk)
    trail.seen(one)
    return _shown(request, one)


def batch_list_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The list of the forms, to be laid into the parcel."""
    one = batch_for(person(request), pk)
    trail.record(one, "printed")
    return paper(papers.list_file(one), f"form-listesi-{one.pk}")


def batch_labels(request: HttpRequest, pk: int) -> HttpResponse:
    """Labels for the parcel and each form; ?start= names the first free place of a used sheet."""
    one = batch_for(person(request), pk)
    text = request.GET.get("start", "1")
    start = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    if not 1 <= start <= papers.ON_A_SHEET:
        raise NotFound(_("A sheet has places 1 to %(count)d.") % {"count": papers.ON_A_SHEET})
    trail.record(one, "printed")
    return paper(papers.labels_of(one, start), f"etiketler-{one.pk}")


@require_POST
def batch_move(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """The batch goes on: written for, printed, posted or dissolved; for all its forms or none."""
    user = person(request)
    one = batch_for(user, pk)
    if key not in BATCH:
        raise NotFound(_("There is no such step of a batch."))
    form_class, act, sentence = BATCH[key]
    form = form_class(request.POST)
    status = done(
        request,
        form,
        lambda **given: act(one, by=user, version=version_of(request), **given),
        str(sentence),
    )
    return _shown(request, batch_for(user, pk), status, {key: form}) if status else redirect(one)


@require_POST
def batch_take_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the ticked forms off the list with a reason; all of them or none."""
    user = person(request)
    one = batch_for(user, pk)
    form = ReasonForm(request.POST)

    def act(reason: str) -> None:
        keys = chosen_keys(request, batches.MOST, _("Choose at least one form."), "")
        found = [form for form in queries.listed(one) if form.pk in keys]
        if len(found) != len(keys):
            raise RuleBroken(_("Some of the chosen forms are no longer on this list. Nothing was changed."))
        with transaction.atomic():
            batches.take_out(found, by=user, reason=reason)

    status = done(request, form, act, _("The list was drawn up anew."))
    return _shown(request, batch_for(user, pk), status, {"take_out": form}) if status else redirect(one)


def batch_for(user: User, pk: int) -> Batch:
    """One batch, as this person may see it."""
    rows = Batch.objects.visible_to(user).select_related("letter__case", "made_by")
    found = rows.defer("letter__search", "letter__case__search").filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such batch."))
    return found


def _shown(
    request: HttpRequest, one: Batch, status: int = 200, bound: dict[str, forms.Form] | None = None
) -> HttpResponse:
    user = person(request)
    listed = queries.listed(one)
    bound = bound or {}
    letter = one.letter
    offers = [
        {
            "key": offer.key,
            "label": offer.label,
            "refusal": offer.refusal,
            "form": bound.get(offer.key) or BATCH[offer.key].form(auto_id=f"id_{offer.key}_%s"),
            "is_open": offer.key in bound or offer.key == "post_batch",
        }
        for offer in batches.BATCHES.offered(one, user)
        if offer.key != "register_batch" or (letter and letter.state == OutgoingState.REGISTERED)
    ]
    context: dict[str, Any] = {
        "batch": one,
        "letter": letter,
        "forms": listed,
        "without_address": papers.without_address(one, listed),
        "columns": HEADS,
        "offers": offers,
        "posted": sum(form.state == State.POSTED for form in listed),
        "written": sum(form.state in (State.WRITTEN, State.POSTED) for form in listed),
        "ticked": ticked(request),
        "take_out": bound.get("take_out") or ReasonForm(auto_id="id_take_out_%s"),
        "can_take_out": one.is_open and letter is not None and letter.is_editable,
        "heading": ngettext(
            "Batch letter with %(count)d form", "Batch letter with %(count)d forms", len(listed)
        )
        % {"count": len(listed)},
        "entries": entries_of(one),
        "is_posted": one.state == BatchState.POSTED,
        "keeps_register": keeps_register(user),
    }
    return render(request, "esignature/batch.html", context, status=status)
