"""Reads of cases that more than one door needs."""

from __future__ import annotations

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.authority import roles_of
from accounts.models import User
from processes import rooms
from processes.errors import NotFound
from processes.models import Case, StepDefinition, StepRun

RELATED = ("applicant", "applicant_institution", "assignee", "step", "subprocess")


def cases_for_list(user: User) -> QuerySet[Case]:
    """The cases a person may see, with what a list row prints."""
    return Case.objects.visible_to(user).light().select_related("applicant_institution", "assignee", "step")


def case_for(user: User, number: str) -> Case:
    """One case with its room's own record, as this person may see it.

    Raises NotFound for a number that does not exist and for a case that is not theirs alike.
    """
    head = number.partition("/")[0]
    missing = NotFound(_("There is no case with the number %(number)s.") % {"number": number})
    if not rooms.has_room(head):
        raise missing
    room = rooms.room_for(head)
    found = (
        room.flow.model.objects.visible_to(user)
        .light()
        .select_related(*RELATED, "definition", *room.related)
        .filter(number=number)
        .first()
    )
    if found is None:
        raise missing
    return found


def runs_of(case: Case) -> list[StepRun]:
    """The steps a case went through, oldest first, with the people who took them."""
    return list(case.runs.select_related("step", "ended_by", "on_behalf_of").order_by("entered_at", "id"))


def steps_taken_by(user: User) -> list[int]:
    """The primary keys of the catalogue steps this person's roles take."""
    roles = sorted(roles_of(user))
    return list(StepDefinition.objects.filter(roles__overlap=roles).values_list("pk", flat=True))


def mine(user: User) -> Q:
    """Assigned to this person."""
    return Q(assignee=user)


def with_runs(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Cases together with the steps they went through."""
    return cases.prefetch_related(Prefetch("runs", StepRun.objects.select_related("step", "ended_by")))
