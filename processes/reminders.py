"""Telling who has to know that a case has become overdue: once for each due date that passes."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_noop

from accounts.models import User
from accounts.roles import Role
from processes import catalogue, inbox, jobs
from processes.models import Case, OverdueNotice

LEADS = frozenset({Role.HIS_LEAD, Role.IT_LEAD})
AT_ONCE = 500


def tell_overdue(now: datetime) -> jobs.Counts:
    """Tell the person at work on each case that has just become overdue, and those who lead its sub-process."""
    told = 0
    while batch := _newly_overdue(now):
        told += _tell(batch, now)
    return {"cases": told}


def _newly_overdue(now: datetime) -> list[Case]:
    """Open cases whose clock runs and whose due time has passed without anybody being told."""
    known = OverdueNotice.objects.filter(case=OuterRef("pk"), due_at=OuterRef("due_at"))
    overdue = (
        Case.objects.open().light().filter(queue_at__lt=now, due_at__isnull=False).exclude(Exists(known))
    )
    return list(overdue.select_related("assignee").order_by("queue_at", "id")[:AT_ONCE])


def _tell(cases: list[Case], now: datetime) -> int:
    day = timezone.localdate(now)
    leads: dict[frozenset[str], list[User]] = {}
    with transaction.atomic():
        OverdueNotice.objects.bulk_create(
            OverdueNotice(case=case, due_at=case.due_at, told_at=now) for case in cases
        )
        for case in cases:
            roles = _leading(case)
            if roles not in leads:
                leads[roles] = list(User.objects.acting_as(roles, on=day))
            people = [*([case.assignee] if case.assignee else []), *leads[roles]]
            assert case.due_at is not None
            due = date_format(timezone.localtime(case.due_at), "d.m.Y H:i")
            inbox.tell(people, case, gettext_noop("%(number)s is overdue since %(due)s."), due=due)
    return len(cases)


def _leading(case: Case) -> frozenset[str]:
    """The leads among those who take the case's steps; the unit's own lead where none is."""
    steps = catalogue.sheet(case.definition_id).steps
    taking = frozenset(role for step in steps for role in step.roles)
    return taking & LEADS or frozenset({Role.HIS_LEAD})
