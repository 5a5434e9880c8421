"""Somebody leaves: what is still asked for, or still signs, in their name is named to those who end it."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.models import Employee, User
from accounts.queries import people_with_role
from accounts.roles import Role
from esignature.models import Certificate, Request
from esignature.models.certificates import of_leavers
from processes import inbox


def when_left(employee: Employee, by: User) -> None:
    """Tell the unit's keepers of each open request and each certificate of a person who has just left."""
    requests = list(Request.objects.open().filter(holder=employee))
    certificates = list(Certificate.objects.filter(of_leavers(timezone.localdate()), holder=employee))
    if not requests and not certificates:
        return
    keepers = people_with_role(Role.IT_LEAD, Role.IT_OFFICER)
    for request in requests:
        inbox.tell(keepers, request, gettext_noop("The holder of %(number)s has left; withdraw the request."))
    for certificate in certificates:
        text = gettext_noop("The holder of a certificate has left: have it revoked, or send it back.")
        inbox.tell(keepers, None, text, path=certificate.get_absolute_url())
