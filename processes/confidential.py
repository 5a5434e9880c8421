"""Confidential (gizli) cases: who knows of one, asked wherever something is told, shown or written outside a list.

Lists start at `Case.objects.visible_to`; what hangs on cases is filtered by `apart_from_hidden`.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import roles_of
from accounts.models import User
from accounts.roles import CONFIDENTIAL_STAFF
from processes.errors import NotFound
from processes.models import Case, CaseInsider


def knows_of_all(user: User) -> bool:
    """The person holds, or is lent today, a role that knows of every confidential case."""
    return not roles_of(user).isdisjoint(CONFIDENTIAL_STAFF)


def is_hidden_from(case: Case, user: User) -> bool:
    """The case is confidential, and this person is neither of the named roles nor let into it.

    The answer is remembered on the instance, so that a page asks once; a record locked for a change is read anew.
    """
    if not case.is_confidential or knows_of_all(user):
        return False
    answers: dict[int, bool] = case.__dict__.setdefault("_hidden_from", {})
    if user.pk not in answers:
        admitted = CaseInsider.objects.in_force().filter(case_id=case.pk, person=user)
        answers[user.pk] = not admitted.exists()
    return answers[user.pk]


def who_know(case: Case, people: Iterable[User]) -> list[User]:
    """Those of `people` who may learn of the case; everybody, unless it is confidential."""
    told = list(people)
    if not case.is_confidential or not told:
        return told
    keys = {person.pk for person in told}
    named = User.objects.acting_as(CONFIDENTIAL_STAFF, on=timezone.localdate())
    admitted = CaseInsider.objects.in_force().filter(case_id=case.pk).order_by()
    known = Q(pk__in=named.values("pk")) | Q(pk__in=admitted.values("person_id"))
    knowing = set(User.objects.filter(known, pk__in=keys).values_list("pk", flat=True))
    return [person for person in told if person.pk in knowing]


def require_known(case: Case, user: User) -> None:
    """To who must not learn of a confidential case it does not exist."""
    if is_hidden_from(case, user):
        raise no_such_case(case.number)


def no_such_case(number: str) -> NotFound:
    """The one answer for a number nobody was given and for a case that is not for this person's eyes."""
    return NotFound(_("There is no case with the number %(number)s.") % {"number": number})


def named(case: Case, beside: Case) -> str:
    """How a text kept on `beside` may call `case`: by its number, unless fewer people know of it."""
    return _("a confidential case") if case.is_confidential and not beside.is_confidential else case.number
