"""What must hold before a step of 5.3.3, and who besides the unit takes one: each answers with the sentence that refuses."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.authority import roles_of, works_in_unit
from accounts.models import User
from accounts.roles import Role
from esignature import queries
from esignature.models import Request


def has_a_holder(request: Request, by: User) -> str | None:
    """It is known for whom the signature is."""
    return None if request.holder_id else _("Say first for whom the signature is: look at the form.")


def holder_is_here(request: Request, by: User) -> str | None:
    """Nothing more is asked of Kamu SM for somebody who has left. What a registered letter asked before is recorded."""
    if queries.was_written(request.batch):
        return None
    if request.holder is not None and not request.holder.is_here:
        return _("The holder has left; withdraw the request.")
    return None


def form_is_complete(request: Request, by: User) -> str | None:
    """Every line of the province's check list was found in order, and the scan is there where it is asked for."""
    if not request.is_complete:
        missing = queries.missing_checks(request)
        if not missing:
            return _("The form was not looked at yet.")
        return _("The form is not complete yet: %(lines)s.") % {"lines": "; ".join(missing)}
    if queries.lacks_scan(request):
        return _("The scan of the form is not on the request yet.")
    return None


def no_letter_under_way(request: Request, by: User) -> str | None:
    """The form is not on the list of a letter that EBYS has not registered."""
    if queries.is_under_way(request.batch):
        return _("The form is on the list of a batch letter; take it out there first.")
    return None


def can_be_renewed_online(request: Request, by: User) -> str | None:
    """Renewal without paper: only while the present certificate is valid and in its last three months."""
    return queries.why_not_online(request)


def only_the_applicant(request: Request, by: User) -> str | None:
    """The holder; who registered it, when the holder has no account; the head of the holder's institution."""
    if by.pk == (request.applicant_id or request.opened_by_id):
        return None
    heads = Role.REQUESTING_UNIT_HEAD in roles_of(by)
    if heads and by.institution_id and by.institution_id == request.applicant_institution_id:
        return None
    return _("Only the applicant does this.")


def applicant_or_unit(request: Request, by: User) -> str | None:
    """The applicant, or the unit's staff."""
    return None if works_in_unit(by) else only_the_applicant(request, by)
