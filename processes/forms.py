"""Forms through which every door takes a step: page, bulk action and API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from processes.models import Case


class StepForm(forms.Form):
    """What one step asks for. `function` is the room's written function; its keywords are the form's fields."""

    function: ClassVar[Callable[..., Case]]
    submit_label: ClassVar[Any] = ""

    def __init__(self, *args: Any, case: Case, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        self.by = by

    def take(self, *, version: int | None = None) -> Case:
        """Take the step with what was filled in."""
        return type(self).function(self.case, by=self.by, version=version, **self.cleaned_data)


class NoteStepForm(StepForm):
    """A step that asks only what was done."""

    note = forms.CharField(label=_("What was done"), widget=forms.Textarea(attrs={"rows": 3}), max_length=4000)


class OpeningForm(forms.Form):
    """What a new case asks for. `function` is the room's written function that opens it."""

    function: ClassVar[Callable[..., Case]]

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def open(self) -> Case:
        """Open the case with what was filled in."""
        return type(self).function(by=self.by, **self.cleaned_data)
