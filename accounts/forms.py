"""What people fill in to log in, keep their details and lend their roles."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Delegation, User
from accounts.models.people import Language
from accounts.queries import people_for
from accounts.roles import Role
from accounts.services import people, rights

# The stubs know this class as generic; at run time it is not.
if TYPE_CHECKING:
    _SetPasswordForm = SetPasswordForm[User]
else:
    _SetPasswordForm = SetPasswordForm


class LogInForm(forms.Form):
    """Who and the password; nothing here tells whether the account exists."""

    username = forms.CharField(
        label=_("User name or registry number"),
        max_length=150,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "username",
                "autocapitalize": "none",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=4096,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(forms.Form):
    """The six digits the authenticator app shows, or one recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=30,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "spellcheck": "false",
                "autocapitalize": "none",
                "autofocus": True,
            }
        ),
    )


class AppCodeForm(CodeForm):
    """The first code of a newly set up app."""

    code = forms.CharField(
        label=_("Code that the app shows"),
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class PasswordOnceMoreForm(forms.Form):
    """Asked before something that a stranger at an open screen must not do."""

    password = forms.CharField(
        label=_("Your password"),
        max_length=4096,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class PasskeyForm(PasswordOnceMoreForm):
    """A new passkey: a name for it, the password, and what the device answered."""

    name = forms.CharField(
        label=_("Name"),
        max_length=64,
        help_text=_("So that you know it again: “office computer”, “blue token”."),
    )
    answer = forms.CharField(max_length=20_000, required=False, widget=forms.HiddenInput)

    field_order = ("name", "password", "answer")


class DetailsForm(forms.Form):
    """What a person may change of their own row."""

    phone = forms.CharField(
        label=_("Telephone"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)


class ChooseLanguageForm(forms.Form):
    """One of the portal's languages."""

    language = forms.ChoiceField(choices=Language.choices)


class NewPasswordFields(forms.Form):
    """A new password, typed twice. How long it may be is said by the rules, with their own sentence."""

    new_password = forms.CharField(
        label=_("New password"),
        max_length=4096,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    repeated = forms.CharField(
        label=_("New password again"),
        max_length=4096,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.rules = password_validators_help_texts()

    def clean(self) -> dict[str, Any]:
        """Both the same, and strong enough for this person."""
        values = super().clean() or {}
        first, second = values.get("new_password"), values.get("repeated")
        if first and second and first != second:
            self.add_error("repeated", _("The two new passwords differ."))
        elif first:
            try:
                validate_password(first, self.user)
            except ValidationError as weak:
                self.add_error("new_password", weak)
        return values


class ChangePasswordForm(NewPasswordFields):
    """The password in use, then the new one twice."""

    password = forms.CharField(
        label=_("Password in use"),
        max_length=4096,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    field_order = ("password", "new_password", "repeated")


class ChooseFirstPasswordForm(_SetPasswordForm):
    """A password chosen through the one-time link."""

    def save(self, commit: bool = True) -> User:
        people.set_password(
            self.user,
            self.cleaned_data["new_password1"],
            reason=str(_("The person chose a password through a one-time link.")),
        )
        return self.user


class AcknowledgementForm(forms.Form):
    """A tick instead of a signature; `shown` is the hash of the text that was on the page."""

    shown = forms.CharField(max_length=64, widget=forms.HiddenInput)
    read = forms.BooleanField(
        label=_("I have read this declaration. I know my rights and will keep to them."),
        error_messages={"required": _("Tick the box to acknowledge.")},
    )


class DelegationForm(forms.Form):
    """Lend a role to a colleague for some days."""

    to_user = forms.ModelChoiceField(
        label=_("Colleague"), queryset=User.objects.none(), empty_label=_("Choose a person")
    )
    role = forms.ChoiceField(
        label=_("Role"), required=False, help_text=_("Leave as it is to lend every role you hold yourself.")
    )
    valid_from = forms.DateField(
        label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    valid_until = forms.DateField(
        label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=250, help_text=_("For example: annual leave, course, duty elsewhere.")
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        colleagues = people_for(by).filter(institution=by.institution_id, institution__isnull=False)
        self.fields["to_user"].queryset = colleagues.exclude(pk=by.pk).in_order()  # type: ignore[attr-defined]
        held = [(role, Role(role).label) for role in rights.lendable_roles(by)]
        self.fields["role"].choices = [("", _("All my roles")), *held]  # type: ignore[attr-defined]
        today = timezone.localdate().isoformat()
        for name in ("valid_from", "valid_until"):
            self.fields[name].widget.attrs["min"] = today
        self.fields["valid_from"].initial = timezone.localdate()

    def clean_valid_from(self) -> date:
        """What happened before today happened in the person's own name."""
        day: date = self.cleaned_data["valid_from"]
        if day < timezone.localdate():
            raise ValidationError(_("A role is lent from today on."), code="past")
        return day

    def give(self) -> Delegation:
        """Lend what was filled in; the service's refusals are raised as they are."""
        return rights.delegate(self.by, by=self.by, **self.cleaned_data)
