"""Forms of the catalogue and the working-day calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from processes.exchange import MOST_BYTES, EditionText, StepText
from processes.fields import day_field
from processes.models import DayOffKind
from processes.models.catalogue import NUMBER

MOST_STEPS = 40
ENTERED_BY_HAND = (DayOffKind.ADMINISTRATIVE, DayOffKind.ADMINISTRATIVE_HALF, DayOffKind.WORKED)


class LinesField(forms.CharField):
    """Several short texts, one on each line."""

    widget = forms.Textarea(attrs={"rows": 2})

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("One on each line."))
        super().__init__(**kwargs)
        self.longest = MaxLengthValidator(longest)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> Any:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        for line in lines:
            self.longest(line)
        return lines


class EditionForm(forms.Form):
    """The head of the process form, in its order."""

    main_process = forms.CharField(label=_("Main process"), max_length=200)
    process = forms.CharField(label=_("Process"), max_length=200)
    owner = forms.CharField(label=_("Process owner"), max_length=120)
    purpose = forms.CharField(
        label=_("Purpose"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    name = forms.CharField(label=_("Name of the sub-process"), max_length=200)
    inputs = LinesField(label=_("Inputs"), longest=200, required=False)
    outputs = LinesField(label=_("Outputs"), longest=200, required=False)
    repeats = forms.CharField(label=_("Number of repetitions in a year"), max_length=80)
    period = forms.CharField(label=_("Period of repetition in a year"), max_length=80)
    change_note = forms.CharField(
        label=_("What changed and why"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )


class StepTextForm(forms.Form):
    """One step of the process form."""

    number = forms.CharField(label=_("Number"), max_length=24, validators=[NUMBER])
    key = forms.SlugField(label=_("Code name"), max_length=40)
    name = forms.CharField(
        label=_("Name"),
        max_length=300,
        help_text=_("Ends in -mesi or -ması."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    short_name = forms.CharField(label=_("Short name"), max_length=60)
    roles = forms.MultipleChoiceField(
        label=_("Taken by"), choices=Role.choices, widget=forms.CheckboxSelectMultiple
    )
    uses = LinesField(label=_("Documents and systems used"), longest=120, required=False)
    days = forms.IntegerField(
        label=_("Planned working days"),
        min_value=0,
        max_value=365,
        required=False,
        help_text=_("Empty: continuous, no clock runs."),
    )
    condition = forms.CharField(label=_("Runs only when"), max_length=120, required=False)

    def step(self) -> StepText:
        """What was filled in."""
        values = self.cleaned_data
        return StepText(
            number=values["number"],
            key=values["key"],
            name=values["name"],
            short_name=values["short_name"],
            roles=tuple(values["roles"]),
            uses=tuple(values["uses"]),
            days=values["days"],
            condition=values["condition"],
        )


if TYPE_CHECKING:
    BaseSteps = forms.BaseFormSet[StepTextForm]  # generic for the type checker only
else:
    BaseSteps = forms.BaseFormSet


class StepForms(BaseSteps):
    def steps(self) -> list[StepText]:
        """The steps that stay, in the order given; one left empty is none."""
        return [form.step() for form in self.ordered_forms if form not in self.deleted_forms]


StepsFormSet = cast(
    type[StepForms],
    forms.formset_factory(
        StepTextForm,
        formset=StepForms,
        can_order=True,
        can_delete=True,
        extra=1,
        max_num=MOST_STEPS,
        validate_max=True,
        absolute_max=MOST_STEPS + 1,
    ),
)


def initial_of(edition: EditionText) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What an edition's forms begin with: its head, and its steps."""
    head = {name: getattr(edition, name) for name in EditionForm.base_fields}
    steps = [{name: getattr(step, name) for name in StepTextForm.base_fields} for step in edition.steps]
    return head, steps


class CopyForm(forms.Form):
    """Beginning a new edition."""

    note = forms.CharField(
        label=_("What changes and why"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ImportForm(forms.Form):
    """A catalogue file brought in as drafts."""

    file = forms.FileField(label=_("Catalogue file (YAML)"))
    note = forms.CharField(
        label=_("What changes and why"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean_file(self) -> bytes:
        """The file's content; one larger than any catalogue is not read."""
        upload = self.cleaned_data["file"]
        if upload.size > MOST_BYTES:
            raise forms.ValidationError(
                _("A catalogue file may have at most %(size)d KB."), params={"size": MOST_BYTES // 1024}
            )
        return bytes(upload.read())


class MoveForm(forms.Form):
    """A signature under an edition, or the reason why it gets none."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(required=False, max_length=1000)


class DayOffForm(forms.Form):
    """A day the office does not work, or works although it was announced otherwise."""

    date = day_field(_("Day"))
    kind = forms.ChoiceField(
        label=_("What it is"),
        choices=[(kind.value, kind.label) for kind in ENTERED_BY_HAND],
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("As the announcement words it, such as the day's occasion."),
    )


class YearForm(forms.Form):
    """Which year of the calendar is shown."""

    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)

    def chosen(self) -> int:
        """The year asked for, else this one."""
        return int(self.cleaned_data["year"]) if self.is_valid() else timezone.localdate().year
