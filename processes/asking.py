"""The part every registration of a request shares: what it is about, who asks, and how it reached the unit."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.authority import works_in_unit
from processes.fields import institution_field, person_field, text_field
from processes.forms import OpeningForm
from processes.models import Channel


class AskingForm(OpeningForm):
    """Staff register for somebody who wrote, called or came; everybody else asks for themselves.

    A room's form adds its own fields and orders them with `field_order`. `FOR_STAFF` are asked of staff alone.
    """

    FOR_STAFF: ClassVar[tuple[str, ...]] = ("applicant", "applicant_name", "applicant_institution", "channel")

    title = forms.CharField(
        label=_("Subject"), max_length=200, widget=forms.TextInput(attrs={"class": "wide"})
    )
    applicant = person_field(
        label=_("Who asks?"),
        required=False,
        help_text=_("Name or registry number of somebody with an account."),
    )
    applicant_name = forms.CharField(label=_("Name, if without an account"), max_length=150, required=False)
    applicant_contact = forms.CharField(label=_("Telephone or room"), max_length=150, required=False)
    applicant_institution = institution_field(
        label=_("Institution"),
        required=False,
        help_text=_("Left empty, it is that of the person. Enough alone when the person is not known."),
    )
    description = text_field(_("Details"), required=False)
    channel = forms.ChoiceField(
        label=_("Reached us by"),
        choices=[choice for choice in Channel.choices if choice[0] != Channel.SCHEDULE],
        initial=Channel.TELEPHONE,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_for_staff = works_in_unit(self.by)
        if not self.is_bound:
            self.fields["title"].widget.attrs["autofocus"] = True
        for name in self.not_asked():
            del self.fields[name]

    def not_asked(self) -> Collection[str]:
        """The fields this person does not see."""
        return () if self.is_for_staff else self.FOR_STAFF

    def needs_somebody(self, data: dict[str, Any]) -> bool:
        """Whether staff have to say who asked, by what they wrote in the other fields."""
        return True

    def clean_channel(self) -> str:
        """What the form proposed, unless said otherwise."""
        return self.cleaned_data["channel"] or str(self.fields["channel"].initial)

    def clean(self) -> dict[str, Any]:
        """Somebody must be known to have asked; who is not of the staff is that person."""
        data = super().clean() or {}
        if not self.is_for_staff:
            return data | {"applicant": self.by, "channel": Channel.PORTAL}
        known = any(data.get(name) for name in ("applicant", "applicant_name", "applicant_institution"))
        if not self.errors and not known and self.needs_somebody(data):
            self.add_error("applicant", _("Say who asks: a person or at least an institution."))
        return data
