"""What each step of 5.3.2 asks for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from accounts.authority import roles_of
from accounts.models import User
from accounts.queries import people_with_role
from accounts.roles import CONFIDENTIAL_STAFF, Role
from incidents import queries, workflow
from incidents.models import (
    AnswerChannel,
    Breach,
    Category,
    Decision,
    Level,
    PersonalData,
    Source,
)
from incidents.services.rota import Pattern
from processes import forms as steps
from processes.asking import AskingForm
from processes.fields import day_field, text_field
from processes.forms import StepForm
from processes.queries import staff_choices

NAMELESS = (Source.TELEPHONE, Source.DETECTION, Source.MINISTRY)


class MomentInput(forms.DateTimeInput):
    """Day and time in the browser's own picker."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class MomentField(forms.DateTimeField):
    """A moment by the office's clock; a mistyped year is told, for the 72 hours cannot be counted from it."""

    default_error_messages = {"far": _("Look at the year: it has to lie between 2000 and 2199.")}

    def to_python(self, value: Any) -> datetime | None:
        moment = super().to_python(value)
        if moment is not None and not 2000 <= moment.year < 2200:
            raise forms.ValidationError(self.error_messages["far"], code="far")
        return moment


def moment_field(label: Any, **kwargs: Any) -> MomentField:
    """The field of a moment."""
    return MomentField(
        label=label,
        widget=MomentInput(),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M", "%Y-%m-%d %H:%M"],
        **kwargs,
    )


def category_field(**kwargs: Any) -> forms.ModelChoiceField:  # type: ignore[type-arg]
    """What kind of breach it is."""
    field = forms.ModelChoiceField(Category.objects.filter(is_active=True), label=_("Category"), **kwargs)
    field.choices = lambda: [("", _("Not chosen")), *queries.category_choices()]
    return field


def chosen_person(value: Any) -> User:
    """The member of the unit chosen from a list."""
    return User.objects.people().get(pk=int(value))


def owner_field(**kwargs: Any) -> forms.TypedChoiceField:
    """A member of the unit."""
    field = forms.TypedChoiceField(label=_("Who answers for it?"), coerce=chosen_person, **kwargs)
    field.choices = lambda: [("", _("Not chosen")), *staff_choices()]
    return field


def ongoing_field() -> forms.TypedChoiceField:
    """What makes those on call hurry before anybody has judged the level."""
    return forms.TypedChoiceField(
        label=_("Is it still going on?"),
        choices=[("", _("I do not know")), ("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda answer: answer == "yes",
        empty_value=None,
        required=False,
    )


class ReportForm(AskingForm):
    """5.3.2.1: a breach reaches the unit; staff of other units report over the portal and are asked less."""

    function = workflow.report
    FOR_STAFF = (
        *AskingForm.FOR_STAFF,
        "source",
        "source_reference",
        "level",
        "learned_at",
        "reported_at",
        "personal_data",
    )
    FOR_THE_MINISTRY = ("source_reference", "learned_at", "reported_at")
    field_order = (
        "title",
        "description",
        "system",
        "category",
        "level",
        "occurred_at",
        "is_ongoing",
        "detected_at",
        "learned_at",
        "reported_at",
        "personal_data",
        "applicant",
        "applicant_name",
        "applicant_contact",
        "applicant_institution",
        "channel",
        "source",
        "source_reference",
    )

    system = forms.CharField(label=_("System or place concerned"), max_length=200, required=False)
    category = category_field(required=False)
    level = forms.ChoiceField(
        label=_("Level"), choices=Level.choices, initial=Level.C, widget=forms.RadioSelect, required=False
    )
    occurred_at = moment_field(_("When did it happen?"), required=False)
    is_ongoing = ongoing_field()
    detected_at = moment_field(_("When was it noticed?"), required=False)
    learned_at = moment_field(
        _("When did the directorate learn of it?"),
        required=False,
        help_text=_("The 72 hours of the law run from here. Left empty, it is the moment of the report."),
    )
    reported_at = moment_field(
        _("When was it reported to us?"), required=False, help_text=_("Left empty, it is now.")
    )
    personal_data = forms.ChoiceField(
        label=_("Are personal data involved?"),
        choices=PersonalData.choices,
        initial=PersonalData.UNKNOWN,
        required=False,
    )
    source = forms.ChoiceField(
        label=_("Source"),
        choices=[("", _("As it reached us")), *Source.choices],
        required=False,
        help_text=_("Only when it differs, such as the Ministry's central system or our own detection."),
    )
    source_reference = forms.CharField(label=_("Number at the source"), max_length=60, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].label = _("What happened, in one line?")
        if "applicant" in self.fields:
            self.fields["applicant"].label = _("Who reports?")
            self.fields["applicant"].help_text = _(
                "Name or registry number of somebody with an account. An anonymous call, what we detected ourselves and "
                "what the Ministry's central system reports need nobody."
            )

    @property
    def is_of_the_ministry(self) -> bool:
        """Filled in by the Ministry's people or programs: it comes from its central system."""
        return not self.is_for_staff and Role.MINISTRY_UNIT_HEAD in roles_of(self.by)

    def not_asked(self) -> Collection[str]:
        """The Ministry tells the number and the moments of its own system."""
        hidden = super().not_asked()
        return (
            [name for name in hidden if name not in self.FOR_THE_MINISTRY]
            if self.is_of_the_ministry
            else hidden
        )

    def needs_somebody(self, data: dict[str, Any]) -> bool:
        """A caller may stay without a name; our own detection and the central system are nobody's report."""
        return (data.get("source") or workflow.SOURCES[data["channel"]]) not in NAMELESS

    def clean(self) -> dict[str, Any]:
        """What the Ministry's people or programs report comes from its central system."""
        data = super().clean() or {}
        return data | {"source": Source.MINISTRY} if self.is_of_the_ministry else data


class DecideForm(StepForm):
    """5.3.2.2."""

    function = workflow.decide

    decision = forms.ChoiceField(
        label=_("What does it call for?"), choices=Decision.choices, widget=forms.RadioSelect
    )
    decision_reason = text_field(_("Reasons"))
    category = category_field()
    level = forms.ChoiceField(label=_("Level"), choices=Level.choices)
    personal_data = forms.ChoiceField(label=_("Are personal data involved?"), choices=PersonalData.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        breach = self.case
        assert isinstance(breach, Breach)
        for name, value in (
            ("category", breach.category_id),
            ("level", breach.level),
            ("personal_data", breach.personal_data),
        ):
            self.fields[name].initial = value
        if breach.personal_data == PersonalData.YES:
            self.fields["personal_data"].help_text = _(
                "So far they are. “No” ends the 72 hours without a word to the Board: the reasons above have to say why."
            )


class ReferForm(StepForm):
    """5.3.2.3."""

    function = workflow.refer

    referral_number = forms.CharField(
        label=_("Number of the letter to the Disciplinary Affairs Unit"),
        max_length=60,
        help_text=_("A letter written here takes this step by itself once EBYS has registered it."),
    )
    referral_date = day_field(_("Date of the letter"))
    note = text_field(_("Remark"), rows=2, required=False)


class ContainForm(StepForm):
    """5.3.2.4."""

    function = workflow.contain

    note = text_field(_("Which controls were made, and how was it stopped?"))
    stopped_at = moment_field(
        _("When was it stopped?"), required=False, help_text=_("Left empty, it is now.")
    )


class PreventForm(StepForm):
    """5.3.2.5."""

    function = workflow.prevent

    barrier = text_field(_("Systemic barrier against repetition"))
    owner = owner_field()
    verify_on = day_field(
        _("When will somebody look whether it holds?"), initial=lambda: timezone.localdate()
    )


class InformForm(StepForm):
    """5.3.2.6."""

    function = workflow.inform

    answer_channel = forms.ChoiceField(
        label=_("How was the reporter told?"), choices=AnswerChannel.choices, widget=forms.RadioSelect
    )
    answer_note = text_field(_("What the reporter was told"))


class DismissForm(StepForm):
    """No breach after all."""

    function = workflow.dismiss

    reason = text_field(_("Why it is not a breach"), rows=2)


class MergeForm(steps.MergeForm):
    """Two reports of one breach."""

    function = workflow.merge
    alike = queries.like


class ReopenForm(StepForm):
    """New facts."""

    function = workflow.reopen

    reason = text_field(
        _("What became known?"),
        rows=2,
        help_text=_(
            "Where the Board was left out by a signed decision, that decision no longer holds from now on, and the 72 hours "
            "run again from when it was learned of. If the new facts were learned of later, the lead writes that moment and "
            "why on the dossier."
        ),
    )


FORMS: dict[str, type[StepForm]] = {
    "decide": DecideForm,
    "refer": ReferForm,
    "contain": ContainForm,
    "prevent": PreventForm,
    "inform": InformForm,
    "dismiss": DismissForm,
    "merge": MergeForm,
    "reopen": ReopenForm,
}


class OnCallForm(forms.Form):
    """Who is on call, out of those who know of breaches."""

    officer = forms.TypedChoiceField(label=_("Officer on call"), coerce=chosen_person)
    deputy = forms.TypedChoiceField(label=_("Deputy"), coerce=chosen_person)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = people_with_role(*CONFIDENTIAL_STAFF)
        for name in ("officer", "deputy"):
            field = self.fields[name]
            assert isinstance(field, forms.TypedChoiceField)
            field.choices = [("", _("Not chosen")), *((one.pk, one.full_name) for one in people)]


class ShiftForm(OnCallForm):
    """A window of the rota."""

    starts_at = moment_field(_("From"))
    ends_at = moment_field(_("Until"))


class TimeInput(forms.TimeInput):
    """A time of the day in the browser's own picker."""

    input_type = "time"


def time_field(label: Any, **kwargs: Any) -> forms.TimeField:
    """The field of a time of the day."""
    return forms.TimeField(label=label, widget=TimeInput(format="%H:%M"), **kwargs)


class PatternForm(OnCallForm):
    """All windows of a week pattern for one officer and deputy; who takes turns has a pattern each."""

    since = day_field(_("First day"), initial=timezone.localdate)
    until = day_field(_("Last day"))
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Windows begin on"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    starts = time_field(_("They begin at"), initial=time(17))
    ends = time_field(
        _("They end at"),
        initial=time(8),
        help_text=_("Not later than the beginning, it is the next day."),
    )
    length = forms.IntegerField(
        label=_("Days a window lasts"),
        min_value=1,
        max_value=31,
        initial=1,
        help_text=_("1 for a night or a day; 7 from 08.00 to 08.00 for a whole week."),
    )
    every = forms.IntegerField(
        label=_("Every so many weeks"),
        min_value=1,
        max_value=12,
        initial=1,
        help_text=_("1 for every week; with three people who take turns, 3 for each of them."),
    )
    leave_out_taken = forms.BooleanField(
        label=_("Leave out windows where something is planned already"), required=False
    )

    def pattern(self) -> Pattern:
        """The pattern that was filled in."""
        names = ("since", "until", "weekdays", "starts", "ends", "length", "every")
        return Pattern(**{name: self.cleaned_data[name] for name in names})

    def people(self) -> dict[str, Any]:
        """Who is on call, and what happens where something is planned already."""
        return {name: self.cleaned_data[name] for name in ("officer", "deputy", "leave_out_taken")}
