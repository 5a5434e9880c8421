"""The dossier of one breach: clock, tasks, evidence, notices, barriers, review, sanctions; and what is done there."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.authority import roles_of
from audit import trail
from incidents import alerting, papers
from incidents.acts import ACTS, assessed, blank
from incidents.annexes import drafts_of
from incidents.dossier import dossier_of
from incidents.models import Breach
from incidents.queries import breach_for
from incidents.services.notices import may_sign as may_sign_silence
from incidents.services.sanctions import LEADS
from processes.errors import DomainError, NotFound
from processes.requests import person


def dossier(request: HttpRequest, number: str) -> HttpResponse:
    """Everything that belongs to one breach beside its steps."""
    breach = breach_for(person(request), number)
    trail.seen(breach)
    return _shown(request, breach)


@require_POST
def act(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """Do one thing on the dossier. What was written stays in the form when it is refused."""
    user = person(request)
    breach = breach_for(user, number)
    if key not in ACTS:
        raise NotFound(_("This cannot be done on a breach."))
    chosen = ACTS[key]
    row = chosen.row(breach, request.POST.get("row", ""))
    mark = f"{key}-{row.pk}" if row is not None else key
    form = chosen.form(request.POST, request.FILES, auto_id=f"id_{mark}_%s")
    if not form.is_valid():
        return _shown(request, breach, mark, form, status=422)
    try:
        result = chosen.take(breach, row, user, form.cleaned_data)
    except DomainError as refusal:
        for name, sentences in refusal.fields.items():
            for sentence in sentences if name in form.fields else ():
                form.add_error(name, str(sentence))
        if not form.errors:
            form.add_error(None, str(refusal))
        return _shown(request, breach_for(user, number), mark, form, status=refusal.status)
    if result is False:
        messages.error(request, str(chosen.failed))
    else:
        messages.success(request, str(chosen.done) or _("“%(act)s” was recorded.") % {"act": chosen.label})
    place = f"#{chosen.part}" if chosen.part else ""
    return redirect(f"{breach.get_dossier_url()}{place}")


@require_POST
def acknowledge(request: HttpRequest, number: str) -> HttpResponse:
    """“I have seen it and take it on”: the chain of alerts ends here, and what has to be done first is shown."""
    user = person(request)
    breach = breach_for(user, number)
    alerting.acknowledge(breach, by=user)
    messages.success(
        request, _("Acknowledged: nobody else is woken up. Begin with the tasks that stop the breach.")
    )
    return redirect(f"{breach.get_dossier_url()}#tasks")


@require_safe
def evidence_list(request: HttpRequest, number: str) -> HttpResponse:
    """The list of evidence with hashes and chain of custody, to go with a letter."""
    breach = breach_for(person(request), number)
    trail.record(breach, "exported", {"list": "evidence", "format": "pdf"})
    return papers.answer(papers.evidence_list(breach), papers.evidence_name(breach))


@require_safe
def silence_paper(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """The signed decision not to tell the Board."""
    breach = breach_for(person(request), number)
    content, name = papers.silence_of(breach, pk)
    trail.record(breach, "exported", {"list": "silence", "format": "pdf"})
    return papers.answer(content, name)


def _shown(
    request: HttpRequest,
    breach: Breach,
    mark: str = "",
    bound: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, with the form that was refused in its place."""
    user = person(request)

    def form(key: str, row: Any = None, **initial: Any) -> dict[str, Any]:
        own = f"{key}-{row.pk}" if row is not None else key
        is_open = own == mark
        return {
            "key": key,
            "row": row,
            "label": ACTS[key].label,
            "form": bound if is_open and bound is not None else blank(key, row, initial or None),
            "is_open": is_open,
        }

    active = breach.is_open
    found = dossier_of(breach)
    review, waiting = found.review, found.waiting_silence
    may_sign = waiting is not None and may_sign_silence(waiting, user)
    may_decide = not roles_of(user).isdisjoint(LEADS)
    awaited = found.awaited
    enclosed = {one.letter.pk for one in found.evidence_lists}
    last = {notice.addressee: notice for notice in found.notices}  # in order: the last one to each addressee
    may_be_silent = active and not found.is_board_told and waiting is None and breach.clock_runs
    context = {
        "case": breach,
        "now": timezone.now(),
        "assess": form("assess", **assessed(breach)) if active else None,
        "tasks": [
            {
                "task": task,
                "form": form("task-again" if task.outcome else "task", task)
                if active and (task.outcome or not task.awaits)
                else None,
            }
            for task in found.tasks
        ],
        "task_add": form("task-add") if active else None,
        "evidence": [
            {
                "piece": piece,
                "chain": list(piece.chain.all()),
                "hand": form("evidence-hand", piece),
                "verify": form("evidence-verify", piece) if piece.document_id else None,
            }
            for piece in found.evidence
        ],
        "evidence_add": form("evidence-add"),
        "lists": [{"enclosed": one, "takes_annexes": one.letter.is_editable} for one in found.evidence_lists],
        "drafts": [draft for draft in drafts_of(breach) if draft.pk not in enclosed]
        if found.evidence
        else [],
        "notices": [
            {
                "notice": notice,
                "phase": (phase := getattr(notice, "phase", None)),
                "end": form("phase-end", phase)
                if phase is not None and phase.settled_at is None and phase.breach_id == breach.pk
                else None,
                "more": form("notice-more", notice)
                if phase is None and last[notice.addressee] == notice
                else None,
            }
            for notice in found.notices
        ],
        "today": timezone.localdate(),
        "notice_add": form("notice"),
        "silences": found.silences,
        "silence_add": form("silence") if may_be_silent else None,
        "silence_answer": form("silence-answer", waiting) if may_sign else None,
        "barriers": [
            {"barrier": one, "form": form("barrier", one) if one.verified_at is None else None}
            for one in found.barriers
        ],
        "barrier_add": form("barrier-add"),
        "review": review,
        "review_form": form("review") if review is not None and review.held_on is None else None,
        "actions": [
            {"action": one, "form": form("action", one) if one.done_at is None else None}
            for one in found.actions
        ],
        "action_add": form("action-add") if review is not None and review.held_on is not None else None,
        "sanctions": found.sanctions,
        "sanction_add": form("sanction", **({"concludes": awaited[0].awaits} if awaited else {})),
        "awaited": [
            {
                "task": task,
                "form": form("sanction-later", task) if may_decide and task.is_mandatory else None,
            }
            for task in awaited
        ],
        "alerts": found.alerts,
    }
    return render(request, "incidents/dossier.html", context, status=status)
