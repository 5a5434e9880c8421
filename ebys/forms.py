"""What is asked for when letters are registered, routed and written."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ebys.models import (
    WRITABLE_SECURITY,
    LetterTemplate,
    OutgoingLetter,
    Purpose,
    Recipient,
    Security,
    Urgency,
)
from ebys.paper import text_of
from ebys.services.drafting import DraftText, RecipientEntry
from ebys.services.receiving import LetterFacts, Upload, as_belge_id
from processes.errors import RuleBroken
from processes.fields import DAY, institution_field
from processes.filetypes import ACCEPTED_EXTENSIONS
from processes.models import Case
from processes.models.catalogue import SDP_CODE
from processes.widgets import SuggestInput

MOST_RECIPIENTS = 60
MOST_UPLOADS = 20


class UploadsInput(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True
    layout = "file"


class UploadsField(forms.FileField):
    """Any number of files, up to a limit; what each holds is looked at where it is kept."""

    def __init__(self, accept: Iterable[str], **kwargs: Any) -> None:
        widget = UploadsInput(attrs={"multiple": True, "accept": ",".join(accept)})
        super().__init__(widget=widget, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Upload]:
        uploads = (
            [upload for upload in data if upload]
            if isinstance(data, list | tuple)
            else [data]
            if data
            else []
        )
        if not uploads and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(uploads) > MOST_UPLOADS:
            raise ValidationError(
                _("At most %(count)d files are taken in at once.") % {"count": MOST_UPLOADS}
            )
        return uploads


class UploadForm(forms.Form):
    """Packages brought by hand."""

    package = UploadsField(
        (".eyp", ".eyps", ".eypg", ".zip"),
        label=_("EYP package"),
        error_messages={"required": _("Choose at least one package.")},
    )


class RegisterForm(forms.Form):
    """A letter typed from the paper or from EBYS's screen."""

    uploads = UploadsField(
        ACCEPTED_EXTENSIONS,
        label=_("The letter as PDF, then its annexes"),
        required=False,
        help_text=_("The first file is the letter itself."),
    )
    sender = institution_field(
        label=_("Sender"),
        required=False,
        help_text=_("Write the beginning of its name or its DETSİS number."),
    )
    sender_name = forms.CharField(
        label=_("Sender, when not on the list"),
        required=False,
        max_length=300,
        help_text=_("As the letter writes it."),
    )
    official_number = forms.CharField(
        label=_("Letter number"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"placeholder": "E-12345678-705-123"}),
    )
    dated = forms.DateField(label=_("Date"), required=False, widget=DAY)
    subject = forms.CharField(label=_("Subject"), max_length=500)
    sdp_code = forms.CharField(
        label=_("File-plan code"), required=False, max_length=12, validators=[SDP_CODE]
    )
    security = forms.ChoiceField(label=_("Secrecy"), choices=Security.choices, initial=Security.NONE)
    urgency = forms.ChoiceField(label=_("Urgency"), choices=Urgency.choices, initial=Urgency.NORMAL)
    answer_by = forms.DateField(label=_("Answer wanted by"), required=False, widget=DAY)
    references = forms.CharField(
        label=_("References (ilgi)"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=4000,
        help_text=_("One line each."),
    )
    belge_id = forms.CharField(
        label=_("Document identifier (BelgeId)"),
        required=False,
        max_length=40,
        help_text=_("Printed at the foot as Belge Doğrulama Kodu when it is a GUID."),
    )

    def clean_dated(self) -> date | None:
        """A letter that came in is not dated in the future."""
        dated: date | None = self.cleaned_data["dated"]
        if dated and dated > timezone.localdate():
            raise ValidationError(_("The date of a letter does not lie in the future."))
        return dated

    def clean_belge_id(self) -> Any:
        """The identifier as a value, or nothing."""
        try:
            return as_belge_id(self.cleaned_data["belge_id"])
        except RuleBroken as refusal:
            raise ValidationError(str(refusal)) from refusal

    def clean(self) -> dict[str, Any]:
        """Somebody sent it."""
        values = super().clean() or {}
        if "sender" in values and not values.get("sender") and not values.get("sender_name"):
            self.add_error("sender", _("Say who sent the letter."))
        return values

    def facts(self) -> LetterFacts:
        """What was typed, as the service takes it."""
        values = dict(self.cleaned_data)
        values.pop("uploads")
        lines = [line.strip() for line in values.pop("references").splitlines() if line.strip()]
        sender = values["sender"]
        return LetterFacts(
            **values,
            sender_detsis=(sender.detsis_no or "") if sender else "",
            references=[{"label": "", "text": line} for line in lines],
        )


class AttachForm(forms.Form):
    """The open case a letter belongs to, by its number."""

    number = forms.CharField(
        label=_("Case number"),
        max_length=32,
        widget=forms.TextInput(attrs={"placeholder": "5.3.6/2026/000123"}),
    )


class ReasonForm(forms.Form):
    """A move that needs a written reason."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class NumberForm(forms.Form):
    """What EBYS gave a letter when it was signed."""

    number = forms.CharField(
        label=_("Letter number"),
        max_length=100,
        widget=forms.TextInput(attrs={"placeholder": "E-12345678-705-123"}),
    )
    dated = forms.DateField(label=_("Date"), widget=DAY)


class TemplateForm(forms.Form):
    """Which text a new letter begins with."""

    template = forms.ModelChoiceField(
        label=_("Template"),
        queryset=LetterTemplate.objects.none(),
        required=False,
        empty_label=_("An empty letter"),
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        number = case.official_number
        self.fields["template"].queryset = LetterTemplate.objects.for_subprocess(number)  # type: ignore[attr-defined]


class DraftForm(forms.Form):
    """The text of a letter that is still a draft."""

    subject = forms.CharField(
        label=_("Subject"), max_length=200, help_text=_("Initial capitals, no full stop at the end.")
    )
    references = forms.CharField(
        label=_("References (ilgi)"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One line each, the oldest first; the letters a, b, c are put before them."),
    )
    body = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=20000,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_(
            "An empty line begins a paragraph. The closing phrase follows from the addressees; a last sentence without a "
            "full stop is completed by it."
        ),
    )
    closing = forms.CharField(
        label=_("Another closing phrase"),
        required=False,
        max_length=200,
        widget=SuggestInput(
            [("arz ederim.", ""), ("rica ederim.", ""), ("arz ve rica ederim.", ""), ("Saygılarımla.", "")]
        ),
    )
    sdp_code = forms.CharField(label=_("File-plan code"), max_length=12, validators=[SDP_CODE])
    security = forms.ChoiceField(
        label=_("Secrecy"),
        choices=[(one.value, one.label) for one in WRITABLE_SECURITY],
        initial=Security.NONE,
    )
    urgency = forms.ChoiceField(label=_("Urgency"), choices=Urgency.choices, initial=Urgency.NORMAL)
    answer_by = forms.DateField(label=_("Answer wanted by"), required=False, widget=DAY)
    signatory_name = forms.CharField(label=_("Signed by"), required=False, max_length=120)
    signatory_title = forms.CharField(label=_("Title of the signatory"), required=False, max_length=120)

    def clean_subject(self) -> str:
        """The subject is one line without punctuation at its end."""
        subject = " ".join(self.cleaned_data["subject"].split())
        if subject.endswith((".", ",", ";", ":", "!")):
            raise ValidationError(_("The subject ends without punctuation."))
        return subject

    def clean(self) -> dict[str, Any]:
        """“By a date” needs its date."""
        values = super().clean() or {}
        if values.get("urgency") == Urgency.BY_DATE and not values.get("answer_by"):
            self.add_error("answer_by", _("A letter marked “by a date” says by which date."))
        return values

    def text(self) -> DraftText:
        """What was typed, as the service takes it; of fields with a mistake what can be shown."""
        values: dict[str, Any] = {
            name: self.cleaned_data.get(name, self.data.get(name, "")) for name in self.fields
        }
        values["answer_by"] = self.cleaned_data.get("answer_by")
        values["references"] = [
            line.strip() for line in str(values["references"]).splitlines() if line.strip()
        ]
        known = {"security": Security.values, "urgency": Urgency.values}
        for name, choices in known.items():
            if values[name] not in choices:
                values[name] = choices[0]
        return DraftText(**values)

    @classmethod
    def initial_of(cls, letter: OutgoingLetter) -> dict[str, Any]:
        """The saved text as the form shows it."""
        text = text_of(letter)
        return {
            **{name: getattr(text, name) for name in cls.base_fields},
            "references": "\n".join(text.references),
        }


class RecipientForm(forms.Form):
    """One addressee; an empty row is none."""

    institution = institution_field(label=_("Institution"), required=False)
    person_name = forms.CharField(label=_("or a person"), required=False, max_length=150)
    unit_name = forms.CharField(label=_("Unit"), required=False, max_length=200)
    purpose = forms.ChoiceField(label=_("Purpose"), choices=Purpose.choices, initial=Purpose.ACTION)
    without_annexes = forms.BooleanField(label=_("Without the annexes"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = self.initial.get("institution")
        if known is not None and not self.is_bound:
            self.initial["institution"] = known.pk
            self.fields["institution"].widget.labels = lambda value: known.name if value else ""

    def clean(self) -> dict[str, Any]:
        """An institution or a person, not both."""
        values = super().clean() or {}
        if values.get("institution") and values.get("person_name"):
            self.add_error("person_name", _("An addressee is either an institution or a person."))
        return values

    def entry(self) -> RecipientEntry | None:
        """The addressee typed in this row, if any."""
        values = getattr(self, "cleaned_data", {})
        if not values.get("institution") and not values.get("person_name"):
            return None
        return RecipientEntry(
            institution=values.get("institution"),
            person_name=values.get("person_name", ""),
            unit_name=values.get("unit_name", ""),
            purpose=values.get("purpose", Purpose.ACTION),
            without_annexes=values.get("without_annexes", False),
        )


class BaseRecipients(forms.BaseFormSet):  # type: ignore[type-arg]
    """The distribution of a letter."""

    def entries(self) -> list[RecipientEntry]:
        """Every addressee typed, without empty and removed rows."""
        return [
            entry
            for form in self.forms
            if not getattr(form, "cleaned_data", {}).get("DELETE") and (entry := form.entry())
        ]

    def clean(self) -> None:
        """An institution stands in the distribution once."""
        seen: set[tuple[int, str]] = set()
        for entry in self.entries():
            if entry.institution is None:
                continue
            key = (entry.institution.pk, entry.unit_name)
            if key in seen:
                raise ValidationError(
                    _("%(name)s stands in the distribution twice.") % {"name": entry.institution.name}
                )
            seen.add(key)


RecipientFormSet = forms.formset_factory(
    RecipientForm,
    formset=BaseRecipients,
    extra=1,
    can_delete=True,
    max_num=MOST_RECIPIENTS,
    absolute_max=MOST_RECIPIENTS,
)


def recipients_initial(rows: Iterable[Recipient]) -> list[dict[str, Any]]:
    """The saved distribution as the rows show it."""
    names = ("institution", "person_name", "unit_name", "purpose", "without_annexes")
    return [{name: getattr(row, name) for name in names} for row in rows]


class AnnexForm(forms.Form):
    """One more annex of a draft."""

    title = forms.CharField(
        label=_("Title"), required=False, max_length=200, help_text=_("Left empty: the file's name.")
    )
    extent = forms.CharField(
        label=_("Extent"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"placeholder": "5 Sayfa"}),
    )
    upload = forms.FileField(
        label=_("File"),
        required=False,
        help_text=_("Leave empty for what is sent on paper."),
        widget=forms.FileInput(attrs={"accept": ",".join(ACCEPTED_EXTENSIONS)}),
    )

    def clean(self) -> dict[str, Any]:
        """Something to attach."""
        values = super().clean() or {}
        if not values.get("title") and not values.get("upload"):
            self.add_error("title", _("Name the annex or choose its file."))
        return values
