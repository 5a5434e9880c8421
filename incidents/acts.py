"""What is done on the dossier of a breach beside its official steps: one form and one written function each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from incidents import annexes
from incidents.act_forms import (
    ActionForm,
    AnswerForm,
    AssessForm,
    BarrierForm,
    ConfirmForm,
    DoNotWaitForm,
    EvidenceForm,
    HandoverForm,
    MissingForm,
    NoticeForm,
    ReasonForm,
    ResultForm,
    ReviewForm,
    SanctionForm,
    SettleForm,
    TaskForm,
    VerifyForm,
)
from incidents.models import (
    Breach,
    Review,
    ReviewAction,
)
from incidents.services import assessment, checklists, evidence, notices, reviews, sanctions
from processes.errors import NotFound

Data = dict[str, Any]


@dataclass(frozen=True)
class Act:
    """One thing that can be done on the dossier. `rows` gives the records of the breach it is about, if any.

    `part` is where on the dossier it is done; `done` and `failed` tell what came out where “recorded” says too little.
    """

    label: str | Promise
    form: type[forms.Form]
    take: Callable[[Breach, Any, User, Data], object]
    rows: Callable[[Breach], QuerySet[Any]] | None = None
    open_only: bool = False
    part: str = "follow-ups"
    done: str | Promise = ""
    failed: str | Promise = ""

    def row(self, breach: Breach, text: str) -> Model | None:
        """The record named in a form; a missing one is told."""
        if self.rows is None:
            return None
        key = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
        found = self.rows(breach).filter(pk=key).first()
        if found is None:
            raise NotFound(_("This line does not exist any more."))
        return found


def _assess(breach: Breach, _row: Any, by: User, data: Data) -> object:
    return assessment.change(breach, by=by, **data)


def _review(breach: Breach) -> Review:
    found = Review.objects.select_related("breach").filter(breach=breach).first()
    if found is None:
        raise NotFound(_("There is no review of this breach yet."))
    return found


ACTS: Mapping[str, Act] = {
    "assess": Act(gettext_lazy("Change what is known"), AssessForm, _assess, open_only=True, part=""),
    "task-add": Act(
        gettext_lazy("Add a task"),
        TaskForm,
        lambda breach, _row, by, data: checklists.add(breach, by=by, **data),
        open_only=True,
        part="tasks",
    ),
    "task": Act(
        gettext_lazy("Settle"),
        SettleForm,
        lambda _breach, row, by, data: checklists.settle(row, by=by, **data),
        lambda breach: breach.tasks.select_related("breach"),
        open_only=True,
        part="tasks",
    ),
    "task-again": Act(
        gettext_lazy("Open again"),
        ReasonForm,
        lambda _breach, row, by, data: checklists.take_up_again(row, by=by, **data),
        lambda breach: breach.tasks.select_related("breach"),
        open_only=True,
        part="tasks",
    ),
    "evidence-add": Act(
        gettext_lazy("Add evidence"),
        EvidenceForm,
        lambda breach, _row, by, data: evidence.secure(breach, by=by, **data),
        part="evidence",
    ),
    "evidence-hand": Act(
        gettext_lazy("Hand over"),
        HandoverForm,
        lambda _breach, row, by, data: evidence.hand_over(row, by=by, **data),
        lambda breach: breach.evidence.select_related("breach"),
        part="evidence",
    ),
    "evidence-annex": Act(
        gettext_lazy("Enclose the list in the letter"),
        ConfirmForm,
        lambda breach, row, by, _data: annexes.enclose(breach, row, by=by),
        annexes.drafts_of,
        part="evidence",
        done=gettext_lazy("The list as it stands now is enclosed in the letter."),
    ),
    "evidence-leave-out": Act(
        gettext_lazy("Leave the list out of the letter"),
        ConfirmForm,
        lambda breach, row, by, _data: annexes.leave_out(breach, row, by=by),
        annexes.drafts_with_list,
        part="evidence",
        done=gettext_lazy("The letter goes without the list."),
    ),
    "evidence-verify": Act(
        gettext_lazy("Compare with its SHA-256"),
        ConfirmForm,
        lambda _breach, row, by, _data: evidence.verify(row, by=by),
        lambda breach: breach.evidence.select_related("breach").filter(document__isnull=False),
        part="evidence",
        done=gettext_lazy("The file is unchanged: it has the SHA-256 it was secured with."),
        failed=gettext_lazy("The file no longer has its SHA-256: it was changed. Tell the lead at once."),
    ),
    "notice": Act(
        gettext_lazy("Record a notice"),
        NoticeForm,
        lambda breach, _row, by, data: notices.record(breach, by=by, **data),
        part="clock",
    ),
    "notice-more": Act(
        gettext_lazy("Mark as incomplete"),
        MissingForm,
        lambda _breach, row, by, data: notices.leave_open(row, by=by, **data),
        lambda breach: breach.notices.select_related("breach"),
        part="clock",
    ),
    "phase-end": Act(
        gettext_lazy("Nothing left to tell"),
        ReasonForm,
        lambda _breach, row, by, data: notices.end_phase(row, by=by, **data),
        lambda breach: breach.phases.select_related("breach"),
        part="clock",
    ),
    "silence": Act(
        gettext_lazy("Propose not to tell the Board"),
        ReasonForm,
        lambda breach, _row, by, data: notices.propose_silence(breach, by=by, **data),
        open_only=True,
        part="clock",
    ),
    "silence-answer": Act(
        gettext_lazy("Answer the proposal"),
        AnswerForm,
        lambda _breach, row, by, data: notices.answer_silence(row, by=by, **data),
        lambda breach: breach.silences.select_related("breach", "proposed_by", "proposed_for"),
        part="clock",
    ),
    "barrier-add": Act(
        gettext_lazy("Add a barrier"),
        BarrierForm,
        lambda breach, _row, by, data: reviews.add_barrier(breach, by=by, **data),
    ),
    "barrier": Act(
        gettext_lazy("Verify"),
        VerifyForm,
        lambda _breach, row, by, data: reviews.verify_barrier(row, by=by, **data),
        lambda breach: breach.barriers.select_related("breach"),
    ),
    "review": Act(
        gettext_lazy("Write the review down"),
        ReviewForm,
        lambda breach, _row, by, data: reviews.hold(_review(breach), by=by, **data),
    ),
    "action-add": Act(
        gettext_lazy("Add an action"),
        ActionForm,
        lambda breach, _row, by, data: reviews.add_action(_review(breach), by=by, **data),
    ),
    "action": Act(
        gettext_lazy("Carried out"),
        ResultForm,
        lambda _breach, row, by, data: reviews.finish_action(row, by=by, **data),
        lambda breach: ReviewAction.objects.filter(review__breach=breach).select_related("review__breach"),
    ),
    "sanction": Act(
        gettext_lazy("Record a sanction"),
        SanctionForm,
        lambda breach, _row, by, data: sanctions.record(breach, by=by, **data),
        part="sanctions",
    ),
    "sanction-later": Act(
        gettext_lazy("Close without waiting for it"),
        DoNotWaitForm,
        lambda _breach, row, by, data: sanctions.do_not_wait(row, by=by, **data),
        lambda breach: breach.tasks.exclude(awaits="").select_related("breach"),
        part="sanctions",
    ),
}


def blank(key: str, row: Model | None = None, initial: Data | None = None) -> forms.Form:
    """An empty form of an act, its fields named apart from those of the other forms on the page."""
    mark = f"{key}-{row.pk}" if row is not None else key
    return ACTS[key].form(auto_id=f"id_{mark}_%s", initial=initial)


def assessed(breach: Breach) -> Data:
    """What is known so far, to begin the form with."""
    names = [name for name in AssessForm.base_fields if name not in ("category", "reason")]
    values = {name: getattr(breach, name) for name in names}
    return values | {"category": breach.category_id}
