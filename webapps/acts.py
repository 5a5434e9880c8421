"""What can be done with a review, a part of it, a comparison and a difference: the services of the pages, for programs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from ebys.api.acting import Act, plain
from processes.fields import day_field, person_field
from webapps import reconciling, remedies, reviewing
from webapps.models import Decision, Difference, DifferenceKind, Reconciliation, ReviewPart

MOST_REASON = 300


class Keys(forms.MultipleChoiceField):
    """Rows of a part; which of them belong to it is looked at later."""

    def valid_value(self, value: str) -> bool:
        """Any number may be named."""
        return value.isascii() and value.isdigit() and len(value) < 19


class DecideForm(forms.Form):
    """Keep or remove some of the authorities."""

    items = Keys(label=_("Rows"))
    decision = forms.ChoiceField(
        label=_("Decision"), choices=[(one.value, one.label) for one in (Decision.KEEP, Decision.REMOVE)]
    )
    reason = forms.CharField(label=_("Reason"), max_length=MOST_REASON, required=False)


class HandForm(forms.Form):
    """Who answers for an institution from now on."""

    reviewer = person_field(label=_("Reviewer"))


class AcceptForm(forms.Form):
    """Why the application's list is right."""

    reason = forms.CharField(label=_("Reason for accepting"), max_length=1000)
    since = day_field(
        _("Access since"),
        required=False,
        help_text=_(
            "Where the register takes an access over from the list. Left empty, it is the day in the list, or else that "
            "of the comparison."
        ),
    )


class KindForm(forms.Form):
    """Which kind of differences is settled."""

    kind = forms.ChoiceField(label=_("Differences"), choices=DifferenceKind.choices)


class AcceptAllForm(AcceptForm):
    """Which kind of differences is accepted."""

    field_order = ("kind", "since", "reason")
    kind = forms.ChoiceField(label=_("Differences"), choices=DifferenceKind.choices)


def _done(service: Callable[..., Any]) -> Callable[[Any, User, forms.Form, int | None], Any]:
    """A service that is given what the form asked; the record is told afterwards."""

    def take(record: Any, by: User, form: forms.Form, _version: int | None) -> Any:
        service(record, by=by, **form.cleaned_data)
        return record

    return take


def _decide(part: ReviewPart, by: User, form: forms.Form, _version: int | None) -> ReviewPart:
    given = form.cleaned_data
    keys = [int(key) for key in given["items"]]
    reviewing.decide(part, by=by, items=keys, decision=given["decision"], reason=given["reason"])
    return part


def _keep_all(part: ReviewPart, by: User, _form: forms.Form, _version: int | None) -> ReviewPart:
    keys = reviewing.undecided(part, by)
    reviewing.decide(part, by=by, items=keys, decision=Decision.KEEP)
    return part


def _accept_all(run: Reconciliation, by: User, form: forms.Form, _version: int | None) -> Reconciliation:
    reconciling.accept_all(run, by=by, **form.cleaned_data)
    return run


def _request_all(run: Reconciliation, by: User, form: forms.Form, _version: int | None) -> Reconciliation:
    remedies.open_all(run, form.cleaned_data["kind"], by=by)
    return run


def _accept(difference: Difference, by: User, form: forms.Form, _version: int | None) -> Difference:
    return reconciling.accept(difference, by=by, **form.cleaned_data)


def _request(difference: Difference, by: User, _form: forms.Form, _version: int | None) -> Difference:
    remedies.open_case(difference, by=by)
    return difference


REVIEW = {"finish": Act(_("Finish the review"), plain(forms.Form), _done(reviewing.finish))}
PART = {
    "decide": Act(_("Record the decision"), plain(DecideForm), _decide),
    "keep_undecided": Act(_("Keep everything undecided"), plain(forms.Form), _keep_all),
    "hand_over": Act(_("Ask this person"), plain(HandForm), _done(reviewing.hand_to)),
}
COMPARISON = {
    "accept_all": Act(_("Accept all"), plain(AcceptAllForm), _accept_all),
    "request_all": Act(_("Open requests for all"), plain(KindForm), _request_all),
}
DIFFERENCE = {
    "accept": Act(_("Accept"), plain(AcceptForm), _accept),
    "request": Act(_("Open a request"), plain(forms.Form), _request),
}
