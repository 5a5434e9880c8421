"""Requests that nobody writes a letter for: somebody left or moved, a review or a comparison says “remove”."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Employee, Institution, Unit, User
from accounts.queries import people_with_role
from accounts.roles import Role
from processes import inbox
from processes.models import Channel
from webapps import workflow
from webapps.lines import MOST, Entry
from webapps.models import ENDING, AccessRequest, Authority, Operation, Origin, RequestLine, Standing
from webapps.models.authorities import AuthorityQuerySet

RUNNING = (Standing.WAITING, Standing.ACCEPTED, Standing.SUPPORT)


def when_left(employee: Employee, by: User) -> None:
    """Somebody left: one request ends everything the person still has, application by application."""
    authorities = list(not_asked_yet(Authority.objects.open().filter(employee=employee)).told())
    applications = {one.application_id: one.application for one in authorities}
    revoke(
        employee.institution,
        [Entry(application, employee, Operation.DEACTIVATE) for application in applications.values()],
        by=by,
        origin=Origin.LEAVER,
        title=_("Access of a person who left"),
        raised_for=key_of("left", employee, authorities),
    )


def when_moved(employee: Employee, old_institution: Institution, old_unit: Unit | None, by: User) -> None:
    """Somebody works at another institution: one request takes what was granted for the old place.

    About a new unit in the same institution a review asks (`webapps.moving`).
    """
    if employee.institution_id == old_institution.pk:
        return
    held = Authority.objects.open().filter(employee=employee).exclude(institution=employee.institution_id)
    authorities = list(not_asked_yet(held).told())
    revoke(
        old_institution,
        [Entry(one.application, employee, Operation.REMOVE, one.role) for one in authorities],
        by=by,
        origin=Origin.MOVER,
        title=_("Access of a person who moved"),
        raised_for=key_of("moved", employee, authorities),
    )


def revoke(
    institution: Institution,
    entries: list[Entry],
    *,
    by: User,
    origin: str,
    title: str,
    raised_for: str,
    description: str = "",
    now: datetime | None = None,
) -> AccessRequest | None:
    """Raise a request once; nothing happens when there is nothing to take or one raised for it is on its way."""
    if not entries or AccessRequest.objects.filter(raised_for=raised_for).exists():
        return None
    raised = workflow.request(
        by=by,
        title=title,
        description=description,
        channel=Channel.SCHEDULE,
        applicant_institution=institution,
        lines=entries[:MOST],
        origin=origin,
        raised_for=raised_for,
        now=now,
    )
    leads = [person for person in people_with_role(Role.IT_LEAD) if person != by]
    inbox.tell(leads, raised, gettext_noop("%(number)s was raised: authorities are to be removed."))
    return raised


def not_asked_yet(authorities: AuthorityQuerySet) -> AuthorityQuerySet:
    """Those no request on its way asks to end already."""
    asked = RequestLine.objects.filter(
        Q(role=OuterRef("role")) | Q(operation=Operation.DEACTIVATE),
        employee=OuterRef("employee"),
        application=OuterRef("application"),
        operation__in=ENDING,
        standing__in=RUNNING,
        request__closed_at__isnull=True,
    )
    return authorities.exclude(Exists(asked))


def key_of(why: str, employee: Employee, authorities: Iterable[Authority]) -> str:
    """What tells one raising from another: the person and the newest authority it is about."""
    return f"{why}:{employee.pk}:{max((one.pk for one in authorities), default=0)}"
