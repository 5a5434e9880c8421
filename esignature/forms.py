"""What each step of 5.3.3 asks for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.authority import roles_of, works_in_unit
from accounts.models import Employee
from accounts.roles import Role
from esignature import workflow
from esignature.fields import (
    checks_field,
    holder_field,
    kind_field,
    line_field,
    reason_field,
    text_field,
)
from esignature.models import Request
from esignature.secrecy import refuse_secrets
from processes.fields import day_field, institution_field
from processes.forms import OpeningForm, StepForm
from processes.models import Channel


class ReceiveForm(OpeningForm):
    """5.3.3.1: staff register the form that lies on the desk; holders and the heads of their institution announce one."""

    function = workflow.receive_form

    holder = holder_field()
    kind = kind_field()
    reason = reason_field()
    checks = checks_field()
    description = text_field(_("Explanation"), rows=2, required=False)
    channel = forms.ChoiceField(
        label=_("Reached us by"),
        choices=[choice for choice in Channel.choices if choice[0] != Channel.SCHEDULE],
        initial=Channel.LETTER,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_for_staff = works_in_unit(self.by)
        if self.is_for_staff:
            return
        del self.fields["channel"], self.fields["checks"]
        if Role.REQUESTING_UNIT_HEAD in roles_of(self.by):
            self.fields["holder"].queryset = Employee.objects.here().visible_to(self.by)  # type: ignore[attr-defined]
        else:
            del self.fields["holder"]

    def clean(self) -> dict[str, Any]:
        """Who is no staff and heads nothing asks for themselves."""
        data = super().clean() or {}
        if self.is_for_staff:
            return data | {"channel": data.get("channel") or Channel.LETTER}
        data["channel"] = Channel.PORTAL
        if "holder" not in self.fields:
            data |= {"applicant": self.by, "holder": Employee.objects.here().filter(user=self.by).first()}
        return data


class RequestForm(StepForm):
    """A step of a request."""

    case: Request


class WriteLetterForm(RequestForm):
    """5.3.3.2, for a single form; many go into one letter on the page of batches."""

    function = workflow.write_letter

    letter_number = line_field(_("Number of the letter"), max_length=100)
    letter_date = day_field(_("Date of the letter"), required=False, help_text=_("Left empty, it is today."))


class PostForm(RequestForm):
    """5.3.3.3."""

    function = workflow.post

    parcel = line_field(_("Parcel or registered number"), max_length=40)
    posted_on = day_field(_("Posted on"), required=False, help_text=_("Left empty, it is today."))


class CheckForm(RequestForm):
    """The form is looked at, and what the letter left open is filled in."""

    function = workflow.check_form

    holder = holder_field(required=False)
    kind = kind_field()
    reason = reason_field()
    checks = checks_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("kind", "reason", "checks"):
            self.fields[name].initial = getattr(self.case, name)
        self.fields["holder"].initial = self.case.holder_id


class ReturnForm(RequestForm):
    """The form goes back."""

    function = workflow.return_form

    return_reason = text_field(_("What is missing or wrong?"), rows=2)


class ReceiveAgainForm(RequestForm):
    """The form came back."""

    function = workflow.receive_again

    checks = checks_field()
    description = text_field(_("Explanation"), rows=2, required=False)


class RenewOnlineForm(RequestForm):
    """Renewed without paper."""

    function = workflow.renew_online

    online_reason = text_field(
        _("How and when was it approved online?"),
        rows=2,
        help_text=_("This takes the place of form, letter and post; it is kept as their reason."),
    )


class ConcludeForm(RequestForm):
    """The certificate came by another way."""

    function = workflow.conclude

    conclude_reason = text_field(
        _("How is it known that the certificate has arrived?"),
        rows=2,
        help_text=_("A table of certificates closes requests by itself; by hand it is the exception."),
    )


class WithdrawForm(RequestForm):
    """No longer needed."""

    function = workflow.withdraw

    withdraw_reason = text_field(_("Why it is no longer needed"), rows=2)


FORMS: dict[str, type[StepForm]] = {
    "write_letter": WriteLetterForm,
    "post": PostForm,
    "check_form": CheckForm,
    "return_form": ReturnForm,
    "receive_again": ReceiveAgainForm,
    "renew_online": RenewOnlineForm,
    "conclude": ConcludeForm,
    "withdraw": WithdrawForm,
}


class RecipientForm(forms.Form):
    """To whom the letter goes."""

    recipient = institution_field(label=_("The letter goes to"))


class ParcelForm(forms.Form):
    """The parcel of a batch."""

    parcel = line_field(_("Parcel or registered number"), max_length=40)
    posted_on = day_field(_("Posted on"), required=False, help_text=_("Left empty, it is today."))


class CertificateForm(forms.Form):
    """What is written down when a certificate begins to be valid; all of it stands on the certificate."""

    serial = line_field(_("Serial number"), max_length=64)
    carrier = line_field(
        _("Carrier"), max_length=80, help_text=_("Card or token with its number; operator of the SIM.")
    )
    valid_from = day_field(_("Valid from"))
    valid_until = day_field(_("Valid until"))


class CorrectionForm(CertificateForm):
    """What stands on the certificate, in place of what was typed wrongly."""

    reason = forms.CharField(
        label=_("What was wrong?"),
        max_length=300,
        validators=[refuse_secrets],
        help_text=_("Shown on the page of the certificate, also to its holder."),
    )


class DayForm(forms.Form):
    """The day something happened to a certificate."""

    on = day_field(_("On which day?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = timezone.localdate()


class DayReasonForm(DayForm):
    """The day and the reason."""

    reason = forms.CharField(label=_("Reason"), max_length=300, validators=[refuse_secrets])


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=300, validators=[refuse_secrets])
