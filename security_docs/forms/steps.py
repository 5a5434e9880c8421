"""What each step of 5.3.1 asks for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from processes.asking import AskingForm
from processes.errors import RuleBroken
from processes.fields import day_field, text_field
from processes.forms import StepForm
from processes.models import Channel
from security_docs import workflow
from security_docs.services.evaluations import read_lines

LONG = 60_000


class NotifiedForm(AskingForm):
    """5.3.1.1: a document of the Ministry, as it came by letter."""

    function = workflow.notified

    source_number = forms.CharField(label=_("Number of the document"), max_length=100, required=False)
    source_dated = day_field(_("Date of the document"), required=False)
    comply_by = day_field(_("To be complied with by"), required=False)
    clauses = forms.CharField(
        label=_("Its clauses"),
        max_length=LONG,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_(
            "One a line with the number first, such as “4.2 Passwords are changed …”. They can be added later."
        ),
    )
    field_order = (
        "title",
        "applicant_institution",
        "applicant",
        "applicant_name",
        "applicant_contact",
        "source_number",
        "source_dated",
        "comply_by",
        "description",
        "clauses",
        "channel",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_for_staff:
            self.fields["applicant"].label = _("Contact person with an account")
            self.fields["applicant_name"].label = _("Contact person")
            self.fields["applicant_institution"].label = _("Who notifies it?")
            self.fields["applicant_institution"].help_text = _("The Ministry or its general directorate.")
            self.fields["channel"].initial = Channel.LETTER

    def clean_clauses(self) -> list[tuple[str, str]]:
        """The clauses by number."""
        try:
            return read_lines(self.cleaned_data["clauses"])
        except RuleBroken as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class EvaluateForm(StepForm):
    """5.3.1.2."""

    function = workflow.evaluate

    finding = text_field(_("Evaluation: what it asks of the province"))


class PrepareForm(StepForm):
    """5.3.1.3."""

    function = workflow.prepare

    preparation = text_field(_("What was revised or written"))
    no_change = forms.BooleanField(label=_("The province's documents cover it; no change"), required=False)


class AnnounceForm(StepForm):
    """5.3.1.4."""

    function = workflow.announce

    note = text_field(_("Remark"), rows=2, required=False)


class EvaluateAgainForm(StepForm):
    """Another look."""

    function = workflow.evaluate_again

    reason = text_field(_("Why it is evaluated again"), rows=2)


class WithdrawForm(StepForm):
    """No longer needed."""

    function = workflow.withdraw

    reason = text_field(_("Why it is withdrawn"), rows=2)


FORMS: dict[str, type[StepForm]] = {
    "evaluate": EvaluateForm,
    "prepare": PrepareForm,
    "announce": AnnounceForm,
    "evaluate_again": EvaluateAgainForm,
    "withdraw": WithdrawForm,
}
