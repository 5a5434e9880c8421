"""The seven official steps of 5.3.6, and what the unit does beside them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.authority import roles_of
from accounts.models import Institution, User
from accounts.queries import people_with_role
from accounts.roles import UNIT_STAFF, Role
from ebys.answers import require_registered_letter
from helpdesk.models import (
    OPEN_STATES,
    AnswerChannel,
    Asset,
    Category,
    Priority,
    State,
    SupplyState,
    Ticket,
)
from processes import inbox
from processes.errors import RuleBroken
from processes.models import Channel
from processes.services import cases
from processes.workflow import Step, Workflow

IT_STAFF = frozenset({Role.IT_LEAD, Role.IT_OFFICER})
APPLICANTS = frozenset({Role.REQUESTING_STAFF, Role.REQUESTING_UNIT_HEAD})


def needs_supplies_settled(ticket: Ticket, by: User) -> str | None:
    """Everything on the supply list has arrived or was dropped."""
    missing = [
        item.name for item in ticket.supplies.filter(state__in=(SupplyState.NEEDED, SupplyState.ORDERED))
    ]
    if missing:
        return _("Still missing on the supply list: %(items)s.") % {"items": ", ".join(missing)}
    return None


def needs_an_assignee(ticket: Ticket, by: User) -> str | None:
    """Somebody was directed to it."""
    return None if ticket.assignee_id else _("Nobody is directed to this request yet.")


def within_reopening_period(ticket: Ticket, by: User) -> str | None:
    """A closed request comes back only while the period of the province's settings lasts."""
    days = settings.HELPDESK_REOPEN_DAYS
    if ticket.closed_at and timezone.now() - ticket.closed_at > timedelta(days=days):
        return _("A request can be reopened within %(days)d days of its closing; open a new one instead.") % {
            "days": days
        }
    return None


def only_the_applicant(ticket: Ticket, by: User) -> str | None:
    """The person who asked; who registered it, when that person has no account."""
    return (
        None if by.pk == (ticket.applicant_id or ticket.opened_by_id) else _("Only the applicant does this.")
    )


def applicant_or_unit(ticket: Ticket, by: User) -> str | None:
    """The person who asked, or the information-technology staff."""
    return None if roles_of(by) & IT_STAFF else only_the_applicant(ticket, by)


FLOW = Workflow(
    "5.3.6",
    Ticket,
    {
        "report": Step(
            gettext_lazy("Register a request"),
            sources=(),
            target=State.REPORTED,
            roles=UNIT_STAFF | APPLICANTS,
        ),
        "assess": Step(gettext_lazy("Assess"), sources=(State.REPORTED,), target=State.ASSESSED),
        "plan": Step(gettext_lazy("Choose the solution"), sources=(State.ASSESSED,), target=State.PLANNED),
        "supply": Step(
            gettext_lazy("Conclude the supply"),
            sources=(State.PLANNED,),
            target=State.SUPPLIED,
            guards=(needs_supplies_settled,),
        ),
        "assign": Step(gettext_lazy("Direct staff"), sources=(State.SUPPLIED,), target=State.ASSIGNED),
        "solve": Step(
            gettext_lazy("Record the solution"),
            sources=(State.ASSIGNED,),
            target=State.SOLVED,
            guards=(needs_an_assignee,),
        ),
        "inform": Step(gettext_lazy("Inform and close"), sources=(State.SOLVED,), target=State.CLOSED),
        "reopen": Step(
            gettext_lazy("Reopen"),
            sources=(State.CLOSED,),
            target=State.ASSIGNED,
            roles=IT_STAFF | APPLICANTS,
            persons=(applicant_or_unit,),
            guards=(within_reopening_period,),
        ),
        "rate": Step(
            gettext_lazy("Rate the service"),
            sources=(State.CLOSED,),
            target=State.CLOSED,
            roles=IT_STAFF | APPLICANTS,
            persons=(only_the_applicant,),
        ),
        "merge": Step(
            gettext_lazy("Merge into another request"),
            sources=OPEN_STATES,
            target=State.MERGED,
            roles=IT_STAFF,
        ),
        "hand_over": Step(
            gettext_lazy("Hand over to another sub-process"),
            sources=(State.REPORTED, State.ASSESSED, State.PLANNED),
            target=State.HANDED_OVER,
            roles=IT_STAFF,
        ),
        "withdraw": Step(
            gettext_lazy("Withdraw the request"),
            sources=(State.REPORTED, State.ASSESSED),
            target=State.WITHDRAWN,
            roles=IT_STAFF | APPLICANTS,
            persons=(applicant_or_unit,),
        ),
    },
    opening="report",
    closing=frozenset({State.CLOSED, State.MERGED, State.HANDED_OVER, State.WITHDRAWN}),
)


def report(
    *,
    by: User,
    title: str,
    description: str = "",
    channel: str = Channel.PORTAL,
    applicant: User | None = None,
    applicant_name: str = "",
    applicant_contact: str = "",
    applicant_institution: Institution | None = None,
    category: Category | None = None,
    asset: Asset | None = None,
    priority: int = Priority.NORMAL,
    now: datetime | None = None,
) -> Ticket:
    """5.3.6.1: trouble reaches the unit by letter, telephone or the portal."""
    if applicant and applicant_institution is None:
        applicant_institution = applicant.institution
    ticket = Ticket(
        title=title,
        description=description,
        channel=channel,
        applicant=applicant,
        applicant_name=applicant_name,
        applicant_contact=applicant_contact,
        applicant_institution=applicant_institution,
        category=category,
        asset=asset,
        priority=priority,
    )
    return FLOW.open(ticket, by=by, now=now)


def assess(
    ticket: Ticket,
    *,
    by: User,
    finding: str,
    priority: int | None = None,
    category: Category | None = None,
    asset: Asset | None = None,
    version: int | None = None,
    now: datetime | None = None,
) -> Ticket:
    """5.3.6.2: what the trouble is, how urgent, and which equipment it concerns."""
    with FLOW.step("assess", ticket, by=by, reason=finding, version=version, now=now) as ticket:
        ticket.finding = finding
        ticket.priority = priority or ticket.priority
        ticket.category = category or ticket.category
        ticket.asset = asset or ticket.asset
    return ticket


def plan(
    ticket: Ticket, *, by: User, way: str, version: int | None = None, now: datetime | None = None
) -> Ticket:
    """5.3.6.3: the way to solve it is chosen."""
    with FLOW.step("plan", ticket, by=by, reason=way, version=version, now=now) as ticket:
        ticket.way = way
    return ticket


def supply(
    ticket: Ticket,
    *,
    by: User,
    note: str = "",
    nothing_needed: bool = False,
    version: int | None = None,
    now: datetime | None = None,
) -> Ticket:
    """5.3.6.4: what is needed has arrived; `nothing_needed` records the step as looked at and skipped."""
    with FLOW.step(
        "supply", ticket, by=by, reason=note, version=version, skipped=nothing_needed, now=now
    ) as ticket:
        listed = ticket.supplies.exclude(state=SupplyState.DROPPED).exists()
        if nothing_needed and listed:
            raise RuleBroken(
                _("The supply list has items; drop them before recording that nothing was needed."),
                fields={"nothing_needed": [_("The supply list has items.")]},
            )
        if not nothing_needed and not listed and not note.strip():
            raise RuleBroken(
                _("Say what was procured, or record that nothing was needed."),
                fields={"note": [_("Say what was procured, or record that nothing was needed.")]},
            )
        ticket.nothing_needed = nothing_needed
    return ticket


def assign(
    ticket: Ticket,
    *,
    by: User,
    assignee: User,
    note: str = "",
    version: int | None = None,
    now: datetime | None = None,
) -> Ticket:
    """5.3.6.5: the unit's suitable staff are directed to it."""
    if assignee.pk not in {person.pk for person in people_with_role(Role.IT_OFFICER)}:
        raise RuleBroken(
            _("%(person)s is not an information-technology officer.") % {"person": assignee.get_full_name()},
            fields={"assignee": [_("Choose an information-technology officer.")]},
        )
    with FLOW.step("assign", ticket, by=by, reason=note, version=version, now=now) as ticket:
        ticket.assignee = assignee
        if assignee != by:
            inbox.tell([assignee], ticket, gettext_noop("%(number)s was assigned to you."))
    return ticket


def solve(
    ticket: Ticket, *, by: User, solution: str, version: int | None = None, now: datetime | None = None
) -> Ticket:
    """5.3.6.5: the trouble is solved."""
    with FLOW.step("solve", ticket, by=by, reason=solution, version=version, now=now) as ticket:
        ticket.solution = solution
    return ticket


def inform(
    ticket: Ticket,
    *,
    by: User,
    answer_channel: str,
    answer_note: str,
    version: int | None = None,
    now: datetime | None = None,
) -> Ticket:
    """5.3.6.6: the applicant and the information-technology lead are told of the result; the request is closed."""
    with FLOW.step("inform", ticket, by=by, reason=answer_note, version=version, now=now) as ticket:
        if answer_channel == AnswerChannel.LETTER:
            require_registered_letter(ticket)
        ticket.answer_channel, ticket.answer_note = answer_channel, answer_note
        ticket.outcome = ticket.solution
        leads = [person for person in people_with_role(Role.IT_LEAD) if person != by]
        inbox.tell(leads, ticket, gettext_noop("%(number)s was solved and the applicant was informed."))
        if ticket.applicant and ticket.applicant != by:
            inbox.tell([ticket.applicant], ticket, gettext_noop("Your request %(number)s was concluded."))
    return ticket


def reopen(
    ticket: Ticket, *, by: User, reason: str, version: int | None = None, now: datetime | None = None
) -> Ticket:
    """The trouble came back: the same staff take it up again."""
    with FLOW.step("reopen", ticket, by=by, reason=reason, version=version, now=now) as ticket:
        ticket.reopenings += 1
        ticket.answer_channel = ticket.answer_note = ""
        if ticket.assignee and ticket.assignee != by:
            inbox.tell([ticket.assignee], ticket, gettext_noop("%(number)s was reopened."))
    return ticket


def rate(
    ticket: Ticket,
    *,
    by: User,
    satisfaction: int,
    satisfaction_note: str = "",
    version: int | None = None,
    now: datetime | None = None,
) -> Ticket:
    """The applicant says how the service was, from 1 to 5."""
    with FLOW.step("rate", ticket, by=by, version=version, now=now) as ticket:
        ticket.satisfaction, ticket.satisfaction_note = satisfaction, satisfaction_note
    return ticket


def merge(
    ticket: Ticket,
    *,
    by: User,
    into: Ticket,
    reason: str = "",
    version: int | None = None,
    now: datetime | None = None,
) -> Ticket:
    """Two people reported the same trouble: this one ends, the other goes on and keeps the link."""
    with FLOW.step("merge", ticket, by=by, reason=reason, version=version, now=now) as ticket:
        ticket.outcome = cases.merge(ticket, into, by=by)
    return ticket


def hand_over(
    ticket: Ticket, *, by: User, to: str, reason: str, version: int | None = None, now: datetime | None = None
) -> Ticket:
    """The request belongs to another sub-process: it ends here and goes on there, linked when it is kept here too."""
    with FLOW.step("hand_over", ticket, by=by, reason=reason, version=version, now=now) as ticket:
        ticket.outcome = cases.hand_over(ticket, to, by=by, description=ticket.description)
    return ticket


def withdraw(
    ticket: Ticket, *, by: User, reason: str, version: int | None = None, now: datetime | None = None
) -> Ticket:
    """The applicant no longer needs it."""
    with FLOW.step("withdraw", ticket, by=by, reason=reason, version=version, now=now) as ticket:
        ticket.outcome = reason
    return ticket
