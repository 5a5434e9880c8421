"""What is asked for when somebody writes a note or brings files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from processes.filetypes import ACCEPTED_EXTENSIONS
from processes.models import DocumentKind
from processes.services.files import MOST_AT_ONCE
from processes.services.notes import LONGEST

ACCEPT = ",".join(ACCEPTED_EXTENSIONS)


class FilesInput(forms.ClearableFileInput):
    """Several files at once, chosen or dropped."""

    allow_multiple_selected = True
    layout = "file"


class FilesField(forms.FileField):
    """At least one file; what each holds is looked at one by one."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        uploads = [upload for upload in data if upload] if isinstance(data, Iterable) else []
        if not uploads:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(uploads) > MOST_AT_ONCE:
            sentence = _("At most %(count)d files are taken in at once.") % {"count": MOST_AT_ONCE}
            raise forms.ValidationError(sentence, code="too_many")
        return uploads


class NoteForm(forms.Form):
    """A remark on a case; the unit chooses whether the applicant reads it."""

    text = forms.CharField(
        label=_("Note"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4}), required=True
    )
    for_applicant = forms.BooleanField(label=_("The applicant may read it"), required=False)

    def __init__(self, *args: Any, staff: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not staff:
            del self.fields["for_applicant"]


class FilesForm(forms.Form):
    """Files for a case, all of one kind."""

    uploads = FilesField(
        label=_("Files"),
        widget=FilesInput(attrs={"multiple": True, "accept": ACCEPT}),
        error_messages={"required": _("Choose at least one file.")},
    )
    title = forms.CharField(
        label=_("Title"),
        max_length=200,
        required=False,
        help_text=_("Left empty, the file's own name is used."),
    )
    kind = forms.ChoiceField(
        label=_("What it is"),
        choices=[choice for choice in DocumentKind.choices if choice[0] != DocumentKind.LETTER],
        initial=DocumentKind.ATTACHMENT,
    )
    internal = forms.BooleanField(label=_("Only for the unit"), required=False)

    def __init__(self, *args: Any, staff: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not staff:
            del self.fields["internal"]


class RevisionForm(forms.Form):
    """A newer version of a file."""

    file = forms.FileField(
        label=_("Newer version"),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        allow_empty_file=True,
        error_messages={"required": _("Choose a file.")},
    )


class WithdrawForm(forms.Form):
    """Why a file is taken out of use."""

    reason = forms.CharField(label=_("Why it is withdrawn"), max_length=300)
