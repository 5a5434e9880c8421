"""Forms through which every door takes a step: page, bulk action and API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from processes import catalogue
from processes.fields import text_field
from processes.models import Case
from processes.widgets import SuggestInput


class StepForm(forms.Form):
    """What one step asks for. `function` is the room's written function; its keywords are the form's fields.

    `ready_texts` are pairs of title and text that may be put into the field named `ready_field`.
    """

    function: ClassVar[Callable[..., Case]]
    ready_field: ClassVar[str] = ""

    def __init__(self, *args: Any, case: Case, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        self.by = by

    def ready_texts(self) -> list[tuple[str, str]]:
        """Texts the unit writes often at this step."""
        return []

    def take(self, *, version: int | None = None) -> Case:
        """Take the step with what was filled in."""
        return type(self).function(self.case, by=self.by, version=version, **self.cleaned_data)


class MergeForm(StepForm):
    """Two cases are about the same thing; `alike` are the numbers and titles of those that may be meant."""

    alike: ClassVar[Callable[..., list[tuple[str, str]]]]

    into = forms.CharField(label=_("Number of the case that goes on"), max_length=32)
    reason = text_field(_("Why they are the same"), rows=2, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].widget = SuggestInput(type(self).alike(self.case, self.by))

    def clean_into(self) -> Case:
        """The other case of the same sub-process, if this person may know of it."""
        known = type(self.case)._default_manager.visible_to(self.by)
        found = known.filter(number=self.cleaned_data["into"].strip()).first()
        if found is None:
            raise forms.ValidationError(_("There is no case with that number in this sub-process."))
        return found


class HandOverForm(StepForm):
    """The case belongs to another sub-process."""

    to = forms.ChoiceField(label=_("Sub-process"))
    reason = text_field(_("Why it belongs there"), rows=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = catalogue.others(self.case.official_number)


class OpeningForm(forms.Form):
    """What a new case asks for. `function` is the room's written function that opens it.

    Every room's function takes at least title, description, channel, applicant, applicant_name, applicant_contact
    and applicant_institution, so that letters and hand-overs reach all rooms alike.
    """

    function: ClassVar[Callable[..., Case]]

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def open(self) -> Case:
        """Open the case with what was filled in."""
        return type(self).function(by=self.by, **self.cleaned_data)
