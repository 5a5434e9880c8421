"""Form fields of this room: none of them takes a PIN or a security word."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Employee
from esignature import queries
from esignature.models import Kind, Reason
from esignature.secrecy import refuse_secrets
from processes import fields
from processes.fields import PickedField


def text_field(label: Any, **kwargs: Any) -> forms.CharField:
    """A box for a few sentences."""
    return fields.text_field(label, validators=[refuse_secrets], **kwargs)


def line_field(label: Any, **kwargs: Any) -> forms.CharField:
    """One line of text."""
    return forms.CharField(label=label, validators=[refuse_secrets], **kwargs)


def holder_field(**kwargs: Any) -> PickedField:
    """Somebody of the staff register who still works here."""
    kwargs.setdefault("label", _("For whom?"))
    kwargs.setdefault("help_text", _("Name or registry number, as the staff register has it."))
    people = Employee.objects.here().select_related("institution", "user")
    return PickedField(people, "employees-find", **kwargs)


def kind_field(**kwargs: Any) -> forms.ChoiceField:
    """E-signature or mobile signature."""
    return forms.ChoiceField(label=_("Kind"), choices=Kind.choices, initial=Kind.ESIGN, **kwargs)


def reason_field(**kwargs: Any) -> forms.ChoiceField:
    """Why it is asked for."""
    return forms.ChoiceField(label=_("Reason"), choices=Reason.choices, initial=Reason.FIRST, **kwargs)


def checks_field() -> forms.MultipleChoiceField:
    """The province's check list; ticked is what was found in order."""
    field = forms.MultipleChoiceField(
        label=_("Found in order on the form"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A form goes into the letter once every line that concerns it is ticked."),
    )
    field.choices = check_choices
    return field


def check_choices() -> list[tuple[str, str]]:
    """The lines looked at by hand, with the kind or reason they are for."""
    told = []
    for title, kind, reason, needs_file in queries.check_list():
        only = [
            label(value)
            for label, value in ((queries.kind_label, kind), (queries.reason_label, reason))
            if value
        ]
        if not needs_file:
            told.append((title, f"{title} ({', '.join(only)})" if only else title))
    return told
