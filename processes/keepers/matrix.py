"""The monthly comparison of roles with the approved matrix (Ek-5 5.6.4, 5.6.12): a difference opens a case.

A role nobody approved is access without authority, so the case is one of 5.3.2 by own detection: confidential, decided by
the lead, closed when the role was taken back or the matrix corrected. A difference that waits in an open case opens no
second one; one that is still there after its case was closed opens another.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts import oversight
from accounts.models import User
from accounts.oversight import Difference
from accounts.queries import people_with_role
from accounts.roles import Role
from audit import events, trail
from audit.queries import entries_of
from processes import inbox, rooms
from processes.models import Case, Channel, Definition, DefinitionState, JobOutcome, JobRun

COMPARING = "compare_rights"
COMPARED = "rights_compared"
COMPARED_WITHIN = timedelta(days=35)
BREACHES = "5.3.2"
LISTED = 100
TOLD = gettext_noop(
    "Roles held and the approved matrix differ in %(count)d places. Look at “Roles and their holders” and settle them."
)
OPENED = gettext_noop(
    "%(number)s was opened: roles held and the approved matrix differ in %(count)d places. Take the roles back or "
    "enter their approval."
)
events.name_events(**{COMPARED: gettext_lazy("Roles compared with the matrix")})


def compare_rights(now: datetime) -> dict[str, int]:
    """Once a month: what no case is open for becomes one, and the unit heads are told."""
    found = oversight.differences()
    heads = people_with_role(Role.UNIT_HEAD)
    with transaction.atomic():
        fresh = in_no_case(found)
        case = _opened(fresh, heads, now) if fresh else None
        if case is not None:
            inbox.tell(heads, case, OPENED, count=len(fresh))
        elif found:
            inbox.tell(heads, None, TOLD, count=len(found))
    return {"differences": len(found), "cases": int(case is not None)}


def in_no_case(found: Sequence[Difference]) -> list[Difference]:
    """The differences for which no case is open."""
    waiting = Case.objects.open().filter(subprocess__number=BREACHES, channel=Channel.SCHEDULE).light()
    covered: set[str] = set()
    if cases := list(waiting):
        for entry in entries_of(*cases).filter(event=COMPARED):
            covered.update((entry.changes or {}).get("differences", ()))
    return [one for one in found if _key(one) not in covered]


def matrix_compared() -> Sequence[str]:
    """Rights agree with the approved matrix, somebody looked this month, and each difference waits in a case."""
    differences = oversight.differences()
    found = [row.sentence for row in differences]
    if fresh := in_no_case(differences):
        found.append(
            _("%(count)d differences from the matrix wait in no case; the next comparison opens one.")
            % {"count": len(fresh)}
        )
    done = JobRun.objects.filter(job=COMPARING, outcome=JobOutcome.DONE)
    if not done.filter(ended_at__gte=timezone.now() - COMPARED_WITHIN).exists():
        found.append(_("The roles were not compared with the matrix in the last 35 days."))
    return found


def _opened(found: Sequence[Difference], heads: Sequence[User], now: datetime) -> Case | None:
    """One case for all of them, in a unit head's name; none where 5.3.2 is not worked on here yet."""
    approved = Definition.objects.filter(subprocess__number=BREACHES, state=DefinitionState.APPROVED)
    if not heads or not rooms.has_room(BREACHES) or not approved.exists():
        return None
    opening: Any = rooms.room_for(BREACHES).opening.function
    with translation.override(settings.LANGUAGE_CODE):  # it becomes part of the record
        case: Case = opening(
            by=heads[0],
            title=_("Roles held and the approved matrix differ"),
            description=_description(found),
            channel=Channel.SCHEDULE,
            now=now,
        )
    trail.record(case, COMPARED, {"differences": [_key(one) for one in found]})
    return case


def _description(found: Sequence[Difference]) -> str:
    """Every difference in a sentence; of very many the first."""
    lines = [one.sentence for one in found[:LISTED]]
    if len(found) > LISTED:
        lines.append(_("And %(count)d more: see “Roles and their holders”.") % {"count": len(found) - LISTED})
    return "\n".join(lines)


def _key(one: Difference) -> str:
    """What tells one difference from another: the account's number, the role, and which side has it."""
    return f"{one.user.pk}:{one.role}:{'held' if one.is_held else 'approved'}"
