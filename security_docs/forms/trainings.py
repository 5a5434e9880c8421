"""Forms of the training register (Ek-5 5.4.1.6)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from processes.fields import day_field, employee_field, institution_field, person_field
from security_docs.imports import numbers_in
from security_docs.services.trainings import Held

MOST_NUMBERS = 5_000
LONGEST = 100_000


class HeldForm(forms.Form):
    """A training that was held: what, by whom, when."""

    subject = forms.CharField(
        label=_("Subject"),
        max_length=200,
        widget=forms.TextInput(attrs={"class": "wide"}),
        help_text=_("The same words for the same training: the register is narrowed by them."),
    )
    provider = forms.CharField(label=_("Held by"), max_length=200, required=False)
    held_on = day_field(_("Held on"))
    valid_until = day_field(_("To be repeated by"))


class TrainingForm(HeldForm):
    """One person was trained."""

    employee = employee_field(
        label=_("Staff member"),
        required=False,
        help_text=_("By name or registry number, from the staff register."),
    )
    user = person_field(
        label=_("Or a person with an account"),
        required=False,
        help_text=_("For somebody who does not stand on the staff register."),
    )

    field_order = ("employee", "user", "subject", "provider", "held_on", "valid_until")

    def clean(self) -> dict[str, Any]:
        """One person, not two and not none."""
        values = super().clean() or {}
        named = [name for name in ("employee", "user") if values.get(name)]
        if len(named) != 1 and not self.errors.keys() & {"employee", "user"}:
            self.add_error("employee", _("Choose one person: from the staff register, or by the account."))
        return values


class ManyForm(HeldForm):
    """Everybody whose registry number is pasted was trained."""

    numbers = forms.CharField(
        label=_("Registry numbers"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 12, "class": "wide"}),
        help_text=_(
            "One a line or between commas, as copied from a table. You see every line before it is entered."
        ),
    )

    def clean_numbers(self) -> list[str]:
        """The numbers one by one."""
        found = numbers_in(self.cleaned_data["numbers"])
        if not found:
            raise forms.ValidationError(_("Paste at least one registry number."))
        if len(found) > MOST_NUMBERS:
            raise forms.ValidationError(
                _("At most %(count)d numbers at once; hand a longer list in as a table.")
                % {"count": MOST_NUMBERS}
            )
        return found

    def clean(self) -> dict[str, Any]:
        """Days that fit, told here and not once for every number."""
        values = super().clean() or {}
        if "held_on" in values and "valid_until" in values:
            refusal = self.held().refusal(timezone.localdate())
            for name, texts in refusal.fields.items() if refusal else ():
                self.add_error(name, [str(text) for text in texts])
        return values

    def held(self) -> Held:
        """The training they attended."""
        values = self.cleaned_data
        return Held(
            values.get("subject", "").strip(),
            values["held_on"],
            values["valid_until"],
            values.get("provider", "").strip(),
        )


class AttendanceForm(forms.Form):
    """A list to be signed at a training."""

    EVERYBODY, UNTRAINED, NAMED = "everybody", "untrained", "named"

    institution = institution_field(label=_("Institution"))
    who = forms.ChoiceField(
        label=_("Whose names stand on it"),
        choices=[
            (UNTRAINED, _("Staff who were not trained this year")),
            (EVERYBODY, _("All staff of the institution")),
            (NAMED, _("Only the registry numbers below")),
        ],
    )
    numbers = forms.CharField(
        label=_("Registry numbers"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "class": "wide"}),
        help_text=_("One a line or between commas; only where you choose so above."),
    )
    subject = forms.CharField(
        label=_("Subject"), max_length=200, widget=forms.TextInput(attrs={"class": "wide"})
    )
    provider = forms.CharField(label=_("Held by"), max_length=200, required=False)
    held_on = day_field(_("Day of the training"))
    place = forms.CharField(label=_("Where it is held"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        """Who is named by number has a number."""
        values = super().clean() or {}
        values["numbers"] = numbers_in(values.get("numbers") or "")
        if values.get("who") == self.NAMED and not values["numbers"]:
            self.add_error("numbers", _("Paste at least one registry number."))
        return values
