"""What is asked for when documents are registered, written, approved, announced and read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Institution, InstitutionKind, Unit, User
from accounts.roles import Role
from ebys.models import OutgoingLetter
from processes.fields import PickedField, day_field, institution_field, person_field, text_field, unit_field
from security_docs import queries
from security_docs.models import (
    AudienceKind,
    Classification,
    Clause,
    Document,
    Kind,
    Reading,
    Verdict,
    Version,
    VersionState,
)

TEXT_OF_A_VERSION = 400_000
MOST_RECIPIENTS = 300
ROWS_AT_ONCE = 4


class DocumentForm(forms.Form):
    """A row of the register."""

    number = forms.CharField(label=_("Document number"), max_length=30)
    title = forms.CharField(label=_("Title"), max_length=200, widget=forms.TextInput(attrs={"class": "wide"}))
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)
    classification = forms.ChoiceField(
        label=_("Classification"), choices=Classification.choices, initial=Classification.INTERNAL
    )
    owner = person_field(label=_("Owner"))
    review_months = forms.IntegerField(
        label=_("Reviewed every (months)"), min_value=1, max_value=60, initial=12
    )
    needs_signature = forms.BooleanField(
        label=_("Its readers sign that they have read it"), required=False, initial=True
    )
    reading_days = forms.IntegerField(label=_("Days to read it in"), min_value=1, max_value=365, initial=15)
    training_subject = forms.CharField(
        label=_("Subject of the training"),
        max_length=200,
        required=False,
        help_text=_("As it stands in the training register (Ek-5 5.4.1.6); for training documents."),
    )

    @classmethod
    def of(cls, document: Document, *args: Any) -> DocumentForm:
        """The form with what the register says now."""
        return cls(
            *args,
            initial={
                name: getattr(document, f"{name}_id" if name == "owner" else name) for name in cls.base_fields
            },
        )


class EndForm(forms.Form):
    """Why something ends."""

    reason = text_field(_("Reason"), rows=2)


class ReviewForm(forms.Form):
    """A periodic review without a change."""

    on = day_field(_("Reviewed on"), initial=timezone.localdate)
    note = text_field(_("What was looked at, and why it holds as it stands"))


class ReadersForm(forms.Form):
    """A group that has to read a document."""

    kind = forms.ChoiceField(label=_("Group"), choices=AudienceKind.choices)
    institution = institution_field(label=_("Institution"), required=False)
    unit = unit_field(label=_("Unit"), required=False)
    institution_kind = forms.ChoiceField(
        label=_("Kind of institution"), choices=[("", "–"), *InstitutionKind.choices], required=False
    )
    role = forms.ChoiceField(label=_("Role"), choices=[("", "–"), *Role.choices], required=False)

    def clean(self) -> dict[str, Any]:
        """The field that goes with the kind is filled in."""
        data = super().clean() or {}
        kind = data.get("kind", "")
        if kind and kind != AudienceKind.EVERYBODY and not data.get(kind) and kind not in self.errors:
            self.add_error(kind, _("Choose the one institution, unit, kind or role that reads it."))
        return data


class VersionForm(forms.Form):
    """A version: its text or its file, and what changed."""

    change_note = text_field(_("What changed and why"), rows=2)
    body = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=TEXT_OF_A_VERSION,
        widget=forms.Textarea(attrs={"rows": 22}),
        help_text=_(
            "Paragraphs are separated by an empty line. A line that begins with 1. or 1.2 is a heading, one with - an item."
        ),
    )
    upload = forms.FileField(
        label=_("Or a file (PDF or DOCX)"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".pdf,.docx"}),
        help_text=_("It takes the place of the text."),
    )


class SubmitForm(forms.Form):
    """Who approves it: one to eight people."""

    first = person_field(label=_("Approved by"))
    second = person_field(label=_("And by"), required=False)
    third = person_field(label=_("And by"), required=False)
    fourth = person_field(label=_("And by"), required=False)
    fifth = person_field(label=_("And by"), required=False)
    sixth = person_field(label=_("And by"), required=False)
    seventh = person_field(label=_("And by"), required=False)
    eighth = person_field(label=_("And by"), required=False)

    def approvers(self) -> list[User]:
        """The people named."""
        return [person for name in self.fields if (person := self.cleaned_data[name])]


class AgreeForm(forms.Form):
    """An approval of exactly the content shown, with a remark or without."""

    sha256 = forms.CharField(label=_("SHA-256 of what is approved"), max_length=64, widget=forms.HiddenInput)
    note = text_field(_("Remark"), rows=2, required=False)


class PublishForm(forms.Form):
    """Until when it is to be read."""

    read_by = day_field(
        _("To be read by"),
        required=False,
        help_text=_("Left empty: as many days from today as the register says."),
    )


class ClausesForm(forms.Form):
    """Clauses, one a line."""

    text = forms.CharField(
        label=_("Clauses"),
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One a line with the number first, such as “4.2 Passwords are changed …”."),
    )


class JudgeForm(forms.Form):
    """What a clause means for the province."""

    verdict = forms.ChoiceField(label=_("Verdict"), choices=Verdict.choices, widget=forms.RadioSelect)
    reason = text_field(
        _("Reason"), rows=2, required=False, help_text=_("Needed unless the clause simply applies.")
    )
    gap = text_field(_("What is missing"), rows=2, required=False)
    owner = person_field(label=_("Who closes the gap?"), required=False)
    due_on = day_field(_("Until when?"), required=False)

    @classmethod
    def of(cls, clause: Clause, *args: Any) -> JudgeForm:
        """The form with what was judged before."""
        initial = {name: getattr(clause, name) for name in ("verdict", "reason", "gap", "due_on")}
        return cls(*args, initial={**initial, "owner": clause.owner_id})


class GapForm(forms.Form):
    """How a gap was closed."""

    note = text_field(_("How it was closed"), rows=2)
    on = day_field(_("On"), initial=timezone.localdate)


class AnnouncementForm(forms.Form):
    """What the public reads."""

    title = forms.CharField(
        label=_("Heading"), max_length=200, widget=forms.TextInput(attrs={"class": "wide"})
    )
    text = forms.CharField(
        label=_("Text"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("Everybody can read it: no names, no personal data."),
    )
    document_version = forms.ModelChoiceField(
        Version.objects.filter(state=VersionState.PUBLISHED).select_related("document"),
        label=_("Announced document"),
        required=False,
        empty_label=_("None"),
        help_text=_("Its PDF is offered to the public only when its classification is “Public”."),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["document_version"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = queries.announceable(by)
        present, empty = self.initial.get("document_version"), field.empty_label
        field.choices = lambda: [("", empty), *queries.announceable_choices(by, present)]


class AddresseeForm(forms.Form):
    """One more institution, or one unit of an institution; an empty row is none."""

    institution = institution_field(label=_("Institution"), required=False)
    unit = unit_field(label=_("or a unit of an institution"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        assert isinstance(field, PickedField)
        plain = field.widget.labels

        def label(value: Any) -> str:
            text = str(value)
            found = Unit.objects.filter(pk=text).first() if text.isascii() and text.isdigit() else None
            return f"{found.name} – {found.institution}" if found else str(plain(value))

        field.widget.labels = label


AddresseeFormSet = forms.formset_factory(
    AddresseeForm, extra=0, max_num=MOST_RECIPIENTS, absolute_max=MOST_RECIPIENTS
)


class LetterForm(forms.Form):
    """To whom the announcement is written."""

    kinds = forms.MultipleChoiceField(
        label=_("All institutions of these kinds"),
        choices=[choice for choice in InstitutionKind.choices if choice[0] != InstitutionKind.MINISTRY],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    with_document = forms.BooleanField(label=_("Enclose the document as PDF"), required=False, initial=True)

    def __init__(self, *args: Any, rows: Any = None, **kwargs: Any) -> None:
        """`rows` are what was typed so far, when further rows are asked for."""
        super().__init__(*args, **kwargs)
        data = self.data if self.is_bound else None
        self.rows = AddresseeFormSet(data, prefix="to", initial=rows or [{} for _row in range(ROWS_AT_ONCE)])

    @classmethod
    def with_more_rows(cls, data: QueryDict) -> LetterForm:
        """The form as it was filled in so far, with further rows; nothing is looked through yet."""
        names, given = ("institution", "unit"), data.get("to-TOTAL_FORMS", "")
        count = int(given) if given.isascii() and given.isdigit() and len(given) < 5 else 0
        rows = [
            {name: data.get(f"to-{row}-{name}") or data.get(f"to-{row}-{name}_text", "") for name in names}
            for row in range(min(count, MOST_RECIPIENTS - ROWS_AT_ONCE))
        ]
        rows += [{} for _row in range(ROWS_AT_ONCE)]
        initial = {"kinds": data.getlist("kinds"), "with_document": "with_document" in data}
        return cls(initial=initial, rows=rows)

    def institutions(self) -> Sequence[Institution]:
        """Every institution chosen, each once, in the order of the alphabet."""
        chosen = {one.pk for row in self.rows if (one := row.cleaned_data.get("institution"))}
        kinds = self.cleaned_data["kinds"]
        chosen |= set(Institution.objects.active().of_kind(*kinds).values_list("pk", flat=True))
        return list(Institution.objects.filter(pk__in=chosen).in_order())

    def units(self) -> Sequence[Unit]:
        """Every unit chosen, each once, by institution and name."""
        chosen = {one.pk for row in self.rows if (one := row.cleaned_data.get("unit"))}
        found = Unit.objects.filter(pk__in=chosen).select_related("institution")
        return list(found.order_by("institution__sort_key", "sort_key", "pk"))

    def clean(self) -> dict[str, Any]:
        """Somebody is written to."""
        data = super().clean() or {}
        if not self.rows.is_valid():
            self.add_error(None, _("Look at the rows of institutions and units again."))
        elif not self.errors:
            count = len(self.institutions()) + len(self.units())
            if not count:
                self.add_error("kinds", _("Choose at least one institution or unit."))
            elif count > MOST_RECIPIENTS:
                sentence = _("A letter goes to at most %(count)d addressees.") % {"count": MOST_RECIPIENTS}
                self.add_error("kinds", sentence)
        return data


class SignForm(forms.Form):
    """“I have read it.”"""

    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)
    is_read = forms.BooleanField(
        label=_("I have read and understood this document and will act by it."),
        error_messages={"required": _("Tick the sentence to sign.")},
    )


class ProofForm(forms.Form):
    """Which part of the proof is made as PDF, and the letter it is enclosed in."""

    standing = forms.ChoiceField(
        label=_("Who stands on it"),
        choices=[
            ("", _("Everybody")),
            ("signed", _("Those who signed")),
            ("open", _("Those who have not signed yet")),
        ],
        required=False,
    )
    institution = institution_field(label=_("Of this institution alone"), required=False)
    letter = forms.ModelChoiceField(
        OutgoingLetter.objects.none(),
        label=_("Enclose it in the letter"),
        required=False,
        empty_label=_("None, make the PDF alone"),
        help_text=_("Drafts of 5.3.1; the list becomes an annex of the one chosen."),
    )

    def __init__(self, *args: Any, letters: Sequence[OutgoingLetter], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["letter"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = OutgoingLetter.objects.filter(pk__in=[one.pk for one in letters])
        empty = field.empty_label
        field.choices = [("", empty), *((one.pk, f"{one.case.number} {one.subject}") for one in letters)]


class PaperForm(forms.Form):
    """Which institution signs on paper."""

    institution = institution_field(label=_("Institution"))


class PaperEntryForm(forms.Form):
    """The signed list as it came back."""

    scan = forms.FileField(
        label=_("Scan of the signed list"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
        error_messages={"required": _("Choose the scan of the signed list.")},
    )
    signed_on = day_field(_("Signed on"), initial=timezone.localdate)
    ticked = forms.TypedMultipleChoiceField(
        label=_("Who signed"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one name that signed.")},
    )

    def __init__(self, *args: Any, readings: Sequence[Reading], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["ticked"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [
            (one.pk, f"{place}. {one.employee.full_name}" if one.employee else str(place))
            for place, one in enumerate(readings, start=1)
        ]
