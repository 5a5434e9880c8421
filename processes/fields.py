"""Form fields every room uses: a few sentences; a day; people and institutions, picked from a list or typed out in full."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Employee, Institution, Unit, User
from processes.widgets import Picker

LONGEST_TEXT = 8000
DAY = forms.DateInput({"type": "date"}, "%Y-%m-%d")  # the browser's own picker, which speaks ISO


class PickedField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One row, told by its primary key or by words that fit exactly one row."""

    default_error_messages = {
        "invalid_choice": _("Nothing by that name was found; choose from the list."),
        "several": _("Several fit “%(value)s”; choose one from the list."),
    }

    def __init__(self, queryset: QuerySet[Any], url_name: str, **kwargs: Any) -> None:
        super().__init__(queryset, widget=Picker(url_name), **kwargs)
        self.widget.labels = self._label

    def to_python(self, value: Any) -> Model | None:
        if value in self.empty_values or isinstance(value, Model):
            return value or None
        text = str(value).strip()
        if (
            text.isascii()
            and text.isdigit()
            and len(text) < 10
            and (row := self._by_key(int(text))) is not None
        ):
            return row
        found = list(self.queryset.found_by(text)[:2])  # type: ignore[union-attr]
        if len(found) == 1:
            return found[0]
        code = "several" if found else "invalid_choice"
        raise forms.ValidationError(self.error_messages[code], code=code, params={"value": text})

    def _by_key(self, pk: int) -> Model | None:
        return self.queryset.filter(pk=pk).first()  # type: ignore[union-attr]

    def _label(self, value: Any) -> str:
        text = str(value)
        row = self._by_key(int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else None
        return str(row) if row else text


def day_field(label: Any, **kwargs: Any) -> forms.DateField:
    """A day, in the browser's own picker."""
    return forms.DateField(label=label, widget=DAY, **kwargs)


def text_field(label: Any, *, rows: int = 3, **kwargs: Any) -> forms.CharField:
    """A box for a few sentences."""
    return forms.CharField(
        label=label, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": rows}), **kwargs
    )


def person_field(**kwargs: Any) -> PickedField:
    """A person with an account."""
    return PickedField(User.objects.people(), "people-find", **kwargs)


def institution_field(**kwargs: Any) -> PickedField:
    """An institution in use."""
    return PickedField(Institution.objects.active(), "institutions-find", **kwargs)


def employee_field(**kwargs: Any) -> PickedField:
    """Somebody on the staff register who is here; a form narrows `queryset` to `visible_to` the person who fills it in."""
    return PickedField(Employee.objects.here(), "employees-find", **kwargs)


def unit_field(**kwargs: Any) -> PickedField:
    """A unit of an institution."""
    return PickedField(Unit.objects.active(), "units-find", **kwargs)
