"""Forms through which every door takes a step: page, bulk action and API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms

from accounts.models import User
from processes.models import Case


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
