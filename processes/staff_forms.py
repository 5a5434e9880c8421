"""The staff register on the page: how the list is narrowed and what is filled in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.authority import works_in_unit
from accounts.models import Employee, Institution, Unit, User
from accounts.models.staff import EmployeeQuerySet
from accounts.services import staff
from processes.fields import day_field, institution_field, person_field, unit_field
from processes.filters import Narrowed, PickedFilter

HERE, LEFT, ALL = "here", "left", "all"


class StaffFilter(Narrowed):
    """What the register can be narrowed by in the address; a name is searched for by a form of its own."""

    BEGINS_WITH = frozenset({"status"})

    institution = PickedFilter(
        label=_("Institution"), queryset=Institution.objects.active(), url_name="institutions-find"
    )
    unit = django_filters.ModelChoiceFilter(
        label=_("Unit"), queryset=Unit.objects.none(), empty_label=_("All")
    )
    status = django_filters.ChoiceFilter(
        label=_("Status"),
        method="by_status",
        empty_label=None,
        choices=[(HERE, _("Working here")), (LEFT, _("Has left")), (ALL, _("All"))],
    )

    class Meta:
        model = Employee
        fields: tuple[str, ...] = ()

    def __init__(self, data: Any = None, *args: Any, by: User, **kwargs: Any) -> None:
        given = {key: value for key, value in (data or {}).items() if value}
        super().__init__({"status": HERE, **given}, *args, **kwargs)
        place = self._place(by)
        if not works_in_unit(by):
            del self.filters["institution"]
        if place is None:
            del self.filters["unit"]
        else:
            self.filters["unit"].queryset = Unit.objects.filter(institution=place).order_by("sort_key", "pk")

    def _place(self, by: User) -> int | None:
        """The institution whose units may be chosen from."""
        if not works_in_unit(by):
            return by.institution_id
        chosen = str(self.data.get("institution", ""))
        return int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else None

    def by_status(self, rows: EmployeeQuerySet, name: str, value: str) -> QuerySet[Employee]:
        """Those who are here, those who have left, or both."""
        if value == ALL:
            return rows
        return rows.left() if value == LEFT else rows.here()


class SearchForm(forms.Form):
    """A name, a registry number or a whole TC Kimlik number; sent in the body, so that it stands in no address."""

    q = forms.CharField(
        label=_("Name, registry number or TC Kimlik number"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off", "spellcheck": "false"}),
    )


class ServiceForm(forms.Form):
    """A form whose service refuses with sentences; they are shown beside the fields they are about."""

    function: ClassVar[Callable[..., Employee]]

    def done(self, by: User, employee: Employee | None = None) -> Employee | None:
        """What the service made of it; None when it refused."""
        given = () if employee is None else (employee,)
        try:
            return type(self).function(*given, by=by, **self.cleaned_data)
        except ValidationError as refusal:
            told = refusal.message_dict if hasattr(refusal, "error_dict") else {"": refusal.messages}
            for name, sentences in told.items():
                for sentence in sentences:
                    self.add_error(name if name in self.fields else None, sentence)
        return None


def reason_field(label: Any) -> forms.CharField:
    """Why, for the trail."""
    return forms.CharField(label=label, max_length=250)


class PersonForm(ServiceForm):
    """Who somebody is and how to reach them."""

    first_name = forms.CharField(label=_("First name"), max_length=150)
    last_name = forms.CharField(label=_("Last name"), max_length=150)
    title = forms.CharField(label=_("Job title"), max_length=120, required=False)
    registry_no = forms.CharField(label=_("Registry number"), max_length=20, required=False)
    tc = forms.CharField(
        label=_("TC Kimlik number"),
        max_length=14,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(
        label=_("Telephone"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    user = person_field(label=_("Account"), required=False)
    started_on = day_field(label=_("Started on"), required=False)


class RegisterForm(PersonForm):
    """Somebody new on the register."""

    function = staff.register
    institution = institution_field(label=_("Institution"))
    unit = unit_field(label=_("Unit"), required=False)

    field_order = ("first_name", "last_name", "institution", "unit", "title", "registry_no", "tc")


class ChangeForm(PersonForm):
    """What is corrected; a TC Kimlik number left empty stays as it is."""

    function = staff.change
    reason = reason_field(_("Reason"))

    def __init__(self, *args: Any, employee: Employee, **kwargs: Any) -> None:
        names = ("first_name", "last_name", "title", "registry_no", "email", "phone", "started_on")
        initial = {name: getattr(employee, name) for name in names} | {"user": employee.user_id}
        super().__init__(*args, initial=initial, **kwargs)
        if employee.has_tc:
            self.fields["tc"].help_text = _("%(number)s is known. Leave empty to keep it.") % {
                "number": employee.tc_masked
            }

    def done(self, by: User, employee: Employee | None = None) -> Employee | None:
        if not self.cleaned_data["tc"]:
            del self.cleaned_data["tc"]
        return super().done(by, employee)


class MoveForm(ServiceForm):
    """Where somebody works from a day on."""

    function = staff.move
    institution = institution_field(label=_("Institution"))
    unit = unit_field(label=_("Unit"), required=False)
    on = day_field(label=_("From"))
    reason = reason_field(_("Reason"))


class ReturnForm(MoveForm):
    """Where somebody who left works again."""

    function = staff.return_to


class LeaveForm(ServiceForm):
    """The day somebody left."""

    function = staff.leave
    on = day_field(label=_("Left on"))
    reason = reason_field(_("Reason"))


class ShowForm(forms.Form):
    """What the TC Kimlik number is needed for."""

    reason = reason_field(_("What the number is needed for"))
