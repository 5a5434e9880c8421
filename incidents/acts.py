"""What is done on the dossier of a breach beside its official steps: one form and one written function each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from incidents.forms import category_field, moment_field, owner_field
from incidents.models import (
    Breach,
    Level,
    NoticeTo,
    PersonalData,
    Phase,
    Review,
    ReviewAction,
    SanctionKind,
    TaskOutcome,
)
from incidents.services import assessment, checklists, evidence, notices, reviews, sanctions
from processes.errors import NotFound
from processes.fields import day_field, text_field

Data = dict[str, Any]


class AssessForm(forms.Form):
    """What is known now."""

    level = forms.ChoiceField(label=gettext_lazy("Level"), choices=Level.choices)
    category = category_field(required=False)
    system = forms.CharField(label=gettext_lazy("System or place concerned"), max_length=200, required=False)
    occurred_at = moment_field(gettext_lazy("When did it happen?"), required=False)
    detected_at = moment_field(gettext_lazy("When was it noticed?"), required=False)
    learned_at = moment_field(gettext_lazy("When did the directorate learn of it?"))
    reported_at = moment_field(gettext_lazy("When was it reported to us?"))
    personal_data = forms.ChoiceField(
        label=gettext_lazy("Are personal data involved?"), choices=PersonalData.choices
    )
    is_special_category = forms.BooleanField(
        label=gettext_lazy("Special categories among them (health data and the like)"), required=False
    )
    affected_count = forms.IntegerField(
        label=gettext_lazy("How many people are affected?"),
        min_value=0,
        max_value=100_000_000,
        required=False,
    )
    affected_groups = forms.CharField(
        label=gettext_lazy("Which groups of people?"), max_length=300, required=False
    )
    data_kinds = forms.CharField(label=gettext_lazy("Which kinds of data?"), max_length=300, required=False)
    consequences = text_field(gettext_lazy("Likely consequences"), required=False)


class TaskForm(forms.Form):
    """A further task."""

    phase = forms.ChoiceField(label=gettext_lazy("Asked for by"), choices=Phase.choices)
    text = forms.CharField(label=gettext_lazy("What has to be done?"), max_length=300)
    is_mandatory = forms.BooleanField(label=gettext_lazy("Mandatory"), required=False, initial=True)


class SettleForm(forms.Form):
    """A task is settled."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("How was it settled?"), choices=TaskOutcome.choices, initial=TaskOutcome.DONE
    )
    note = text_field(gettext_lazy("What was done, or why it is not needed"), rows=2, required=False)


class ReasonForm(forms.Form):
    """A reason."""

    reason = text_field(gettext_lazy("Reason"), rows=2)


class EvidenceForm(forms.Form):
    """A piece of evidence."""

    title = forms.CharField(label=gettext_lazy("What is it?"), max_length=200)
    upload = forms.FileField(label=gettext_lazy("File"), required=False)
    sha256 = forms.CharField(
        label=gettext_lazy("SHA-256, where it was written down before"), max_length=64, required=False
    )
    place = forms.CharField(label=gettext_lazy("Where is it kept?"), max_length=150)
    collected_at = moment_field(gettext_lazy("When was it secured?"), required=False)
    description = text_field(gettext_lazy("Description"), rows=2, required=False)


class HandoverForm(forms.Form):
    """A piece goes from one hand to the next."""

    giver = forms.CharField(label=gettext_lazy("Handed over by"), max_length=150)
    receiver = forms.CharField(label=gettext_lazy("Received by"), max_length=150)
    handed_at = moment_field(gettext_lazy("When?"), required=False)
    reason = forms.CharField(label=gettext_lazy("Why?"), max_length=300)


class NoticeForm(forms.Form):
    """A notice that went out."""

    addressee = forms.ChoiceField(label=gettext_lazy("Who was told?"), choices=NoticeTo.choices)
    sent_at = moment_field(gettext_lazy("When was it sent?"), required=False)
    way = forms.CharField(label=gettext_lazy("How was it sent?"), max_length=100)
    reference = forms.CharField(label=gettext_lazy("Reference number"), max_length=60, required=False)
    summary = text_field(gettext_lazy("What was told?"))
    late_reason = text_field(gettext_lazy("Why after 72 hours?"), rows=2, required=False)


class AnswerForm(forms.Form):
    """The unit head's word on not telling the Board."""

    is_approved = forms.TypedChoiceField(
        label=gettext_lazy("Do you sign it?"),
        choices=[("yes", gettext_lazy("I sign it")), ("no", gettext_lazy("I send it back"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    answer = text_field(gettext_lazy("Remark"), rows=2, required=False)


class BarrierForm(forms.Form):
    """A further barrier."""

    text = text_field(gettext_lazy("Systemic barrier against repetition"), rows=2)
    owner = owner_field()
    verify_on = day_field(gettext_lazy("When will somebody look whether it holds?"))


class VerifyForm(forms.Form):
    """Does the barrier hold?"""

    holds = forms.TypedChoiceField(
        label=gettext_lazy("Does it hold?"),
        choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    finding = text_field(gettext_lazy("What was found?"), rows=2)


class ReviewForm(forms.Form):
    """The look back."""

    held_on = day_field(gettext_lazy("When was it held?"), initial=timezone.localdate)
    participants = text_field(gettext_lazy("Who took part?"), rows=2)
    course = text_field(gettext_lazy("What happened, in order?"))
    lessons = text_field(gettext_lazy("Which policies and processes have to change?"))


class ActionForm(forms.Form):
    """An action of the review."""

    text = forms.CharField(label=gettext_lazy("What has to be done?"), max_length=300)
    owner = owner_field()
    due_on = day_field(gettext_lazy("By when?"))


class ResultForm(forms.Form):
    """An action was carried out."""

    result = text_field(gettext_lazy("What came of it?"), rows=2)


class SanctionForm(forms.Form):
    """A sanction."""

    kind = forms.ChoiceField(label=gettext_lazy("Sanction"), choices=SanctionKind.choices)
    decided_by = forms.CharField(label=gettext_lazy("Decided by"), max_length=150)
    decided_on = day_field(gettext_lazy("Decided on"))
    reference = forms.CharField(label=gettext_lazy("Number of the decision"), max_length=60, required=False)
    concerning = forms.CharField(
        label=gettext_lazy("Person or firm concerned"), max_length=150, required=False
    )
    text = text_field(gettext_lazy("Summary"), rows=2, required=False)


class VerifyFileForm(forms.Form):
    """Nothing to fill in: the file is compared with its digest."""


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
    "evidence-verify": Act(
        gettext_lazy("Compare with its SHA-256"),
        VerifyFileForm,
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
        lambda breach: breach.silences.select_related("breach", "proposed_by"),
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
}


def blank(key: str, row: Model | None = None, initial: Data | None = None) -> forms.Form:
    """An empty form of an act, its fields named apart from those of the other forms on the page."""
    mark = f"{key}-{row.pk}" if row is not None else key
    return ACTS[key].form(auto_id=f"id_{mark}_%s", initial=initial)


def assessed(breach: Breach) -> Data:
    """What is known so far, to begin the form with."""
    names = [*AssessForm.base_fields]
    values = {name: getattr(breach, name) for name in names if name != "category"}
    return values | {"category": breach.category_id}
