"""What each act on the dossier of a breach asks for."""

from __future__ import annotations

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from incidents.forms import category_field, moment_field, owner_field
from incidents.models import (
    Level,
    NoticeTo,
    PersonalData,
    Phase,
    Proceedings,
    SanctionKind,
    TaskOutcome,
)
from processes.fields import day_field, text_field


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
    reason = text_field(
        gettext_lazy("Why, if this ends or lengthens the 72 hours?"),
        rows=2,
        required=False,
        help_text=gettext_lazy(
            "Needed where personal data are no longer involved or no longer certain, or where it was learned of later than "
            "written so far. Once personal data were involved, only the lead does this; not telling the Board can be "
            "proposed for signature instead. The reason is kept in the trail with the old and the new value."
        ),
    )


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
    missing = text_field(
        gettext_lazy("What is still to be told, if it is incomplete?"),
        rows=2,
        required=False,
        help_text=gettext_lazy("Information may be given in phases. Left empty, the notice is complete."),
    )
    next_by = day_field(gettext_lazy("By when is the next phase given?"), required=False)


class MissingForm(forms.Form):
    """A notice is incomplete."""

    missing = text_field(gettext_lazy("What is still to be told?"), rows=2)
    next_by = day_field(gettext_lazy("By when is the next phase given?"))


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
    concludes = forms.ChoiceField(
        label=gettext_lazy("Does it conclude proceedings?"),
        choices=[("", gettext_lazy("No, more may follow")), *Proceedings.choices],
        required=False,
        help_text=gettext_lazy(
            "Concluded proceedings are no longer asked for and do not stand in the way of closing."
        ),
    )
    decided_by = forms.CharField(label=gettext_lazy("Decided by"), max_length=150)
    decided_on = day_field(gettext_lazy("Decided on"))
    reference = forms.CharField(label=gettext_lazy("Number of the decision"), max_length=60, required=False)
    concerning = forms.CharField(
        label=gettext_lazy("Person or firm concerned"), max_length=150, required=False
    )
    text = text_field(gettext_lazy("Summary"), rows=2, required=False)


class DoNotWaitForm(forms.Form):
    """Closing does not wait for a sanction."""

    due_on = day_field(gettext_lazy("When will somebody ask for the result again?"))
    reason = text_field(gettext_lazy("Why does closing not wait for it?"), rows=2)


class ConfirmForm(forms.Form):
    """Nothing to fill in."""
