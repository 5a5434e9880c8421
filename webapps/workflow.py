"""The six official steps of 5.3.7, and what the unit and the applicant do beside them.

A letter holds many users, and each line is decided by itself: rejected (5.3.7.3), carried out by the unit (5.3.7.4) or
by the software support (5.3.7.5). A step that has no line goes unentered; the applicant is told of all lines at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.authority import roles_of
from accounts.models import Institution, User
from accounts.roles import UNIT_STAFF, Role
from audit.context import because
from ebys.answers import require_registered_letter
from processes import inbox
from processes.models import Channel, Document
from processes.services import cases
from processes.workflow import Step, Workflow
from webapps import queries
from webapps.lines import Entry
from webapps.models import AccessRequest, AnswerChannel, Application, Origin, State
from webapps.services import deciding

IT_STAFF = frozenset({Role.IT_LEAD, Role.IT_OFFICER})
APPLICANTS = frozenset({Role.REQUESTING_UNIT_HEAD})


def needs_lines(request: AccessRequest, by: User) -> str | None:
    """Somebody stands in the request."""
    return None if request.lines_total else _("Enter the users of the letter first.")


def needs_nothing_left(request: AccessRequest, by: User) -> str | None:
    """Every line has its result."""
    return _("Some users still wait for their result.") if request.lines_left else None


def applicant_or_unit(request: AccessRequest, by: User) -> str | None:
    """The information-technology staff; the person who asked; the head of the unit that asked.

    What nobody asked for (somebody left or moved, a review, a comparison) is the information-technology staff's alone: the
    institution that would lose the access does not decide whether it goes.
    """
    if roles_of(by) & IT_STAFF:
        return None
    if request.origin != Origin.REQUEST:
        return _(
            "No unit asked for this: only the information-technology staff withdraw it or change its users."
        )
    if by.pk in (request.applicant_id, request.opened_by_id):
        return None
    if by.institution_id is not None and by.institution_id == request.applicant_institution_id:
        return None
    return _("Only the unit that asked does this.")


def nothing_refused(request: AccessRequest) -> bool:
    """Every user fulfils the conditions."""
    return request.lines_refused == 0


def nothing_left(request: AccessRequest) -> bool:
    """No accepted line waits to be carried out."""
    return request.lines_left == 0


FLOW = Workflow(
    "5.3.7",
    AccessRequest,
    {
        "request": Step(
            gettext_lazy("Register a request"),
            sources=(),
            target=State.REQUESTED,
            roles=UNIT_STAFF | APPLICANTS,
        ),
        "evaluate": Step(
            gettext_lazy("Evaluate the conditions"),
            sources=(State.REQUESTED,),
            target=State.EVALUATED,
            guards=(needs_lines,),
            instead=((State.ACCEPTED, nothing_refused),),
        ),
        "reject": Step(
            gettext_lazy("Reject with the reason"),
            sources=(State.EVALUATED,),
            target=State.ACCEPTED,
            instead=((State.SETTLED, nothing_left),),
        ),
        "perform": Step(
            gettext_lazy("Carry it out"),
            sources=(State.ACCEPTED,),
            target=State.SUPPORT,
            instead=((State.SETTLED, nothing_left),),
        ),
        "escalate": Step(
            gettext_lazy("Record the support's answer"), sources=(State.SUPPORT,), target=State.SETTLED
        ),
        "inform": Step(
            gettext_lazy("Inform and close"),
            sources=(State.SETTLED,),
            target=State.CLOSED,
            guards=(needs_nothing_left,),
        ),
        "enter": Step(
            gettext_lazy("Enter the users"),
            sources=(State.REQUESTED,),
            target=State.REQUESTED,
            roles=IT_STAFF | APPLICANTS,
            persons=(applicant_or_unit,),
        ),
        "hand_over": Step(
            gettext_lazy("Hand over to another sub-process"),
            sources=(State.REQUESTED,),
            target=State.HANDED_OVER,
            roles=IT_STAFF,
        ),
        "withdraw": Step(
            gettext_lazy("Withdraw the request"),
            sources=(State.REQUESTED,),
            target=State.WITHDRAWN,
            roles=IT_STAFF | APPLICANTS,
            persons=(applicant_or_unit,),
        ),
    },
    opening="request",
    closing=frozenset({State.CLOSED, State.HANDED_OVER, State.WITHDRAWN}),
)


def request(
    *,
    by: User,
    title: str,
    description: str = "",
    channel: str = Channel.PORTAL,
    applicant: User | None = None,
    applicant_name: str = "",
    applicant_contact: str = "",
    applicant_institution: Institution | None = None,
    application: Application | None = None,
    lines: Sequence[Entry] = (),
    origin: str = Origin.REQUEST,
    raised_for: str = "",
    now: datetime | None = None,
) -> AccessRequest:
    """5.3.7.1: a letter or request asks to define, authorise, remove or deactivate users of a web application."""
    if applicant and applicant_institution is None:
        applicant_institution = applicant.institution
    opened = AccessRequest(
        title=title,
        description=description,
        channel=channel,
        applicant=applicant,
        applicant_name=applicant_name,
        applicant_contact=applicant_contact,
        applicant_institution=applicant_institution,
        application=application,
        origin=origin,
        raised_for=raised_for,
        lines_total=len(lines),
    )
    with deciding.written_together(), because(step="request", by=by):
        FLOW.open(opened, by=by, now=now)
        deciding.write_lines(opened, lines)
    return opened


def enter(
    request: AccessRequest,
    *,
    by: User,
    lines: Sequence[Entry],
    application: Application | None = None,
    version: int | None = None,
    now: datetime | None = None,
) -> AccessRequest:
    """The users of a letter are typed in, in place of those entered before."""
    with FLOW.step("enter", request, by=by, version=version, now=now) as request:
        request.application = application or request.application
        request.lines_total = len(lines)
        deciding.replace_lines(request, lines)
    return request


def evaluate(
    request: AccessRequest,
    *,
    by: User,
    met: Sequence[str] = (),
    all_met: bool = False,
    refused: Sequence[str] = (),
    refusal: str = "",
    version: int | None = None,
    now: datetime | None = None,
) -> AccessRequest:
    """5.3.7.2: does each user fulfil the application's conditions? `met` names line and condition as “12-3”.

    A condition that is not named as met rejects the line with the condition's own reason; `refused` lines are rejected
    for the reason written in `refusal`.
    """
    at = now or timezone.now()
    with FLOW.step("evaluate", request, by=by, reason=refusal, version=version, now=now) as request:
        accepted, turned_down = deciding.judge(
            request, met=None if all_met else set(met), refused=set(refused), refusal=refusal, by=by, at=at
        )
        request.lines_left, request.lines_refused = accepted, turned_down
    return request


def reject(
    request: AccessRequest,
    *,
    by: User,
    note: str = "",
    version: int | None = None,
    now: datetime | None = None,
) -> AccessRequest:
    """5.3.7.3: the users who do not fulfil the conditions are rejected, each with the reason of the check list."""
    with FLOW.step("reject", request, by=by, reason=note, version=version, now=now) as request:
        if request.applicant and request.applicant != by:
            inbox.tell([request.applicant], request, gettext_noop("In %(number)s some users were rejected."))
    return request


def perform(
    request: AccessRequest,
    *,
    by: User,
    done: Sequence[str] = (),
    evidence: str = "",
    document: Document | None = None,
    ticket: str = "",
    version: int | None = None,
    now: datetime | None = None,
) -> AccessRequest:
    """5.3.7.4: what was asked is done on the application and recorded with its evidence.

    The lines not in `done` are those the unit cannot do: they go to the software support under the number `ticket`, or under
    one number for each application (“CODE: number”, a line each). Nothing is granted to somebody who left meanwhile.
    """
    at = now or timezone.now()
    with FLOW.step(
        "perform", request, by=by, reason=evidence or ticket, version=version, skipped=not done, now=now
    ) as request:
        request.lines_left, turned_down = deciding.perform(
            request, done=set(done), evidence=evidence, document=document, ticket=ticket, by=by, at=at
        )
        request.lines_refused += turned_down
    return request


def escalate(
    request: AccessRequest,
    *,
    by: User,
    answer: str,
    solved: Sequence[str] = (),
    version: int | None = None,
    now: datetime | None = None,
) -> AccessRequest:
    """5.3.7.5: the software support answered; lines it did not solve are rejected with its answer."""
    at = now or timezone.now()
    with FLOW.step("escalate", request, by=by, reason=answer, version=version, now=now) as request:
        request.lines_refused += deciding.answered(request, solved=set(solved), answer=answer, by=by, at=at)
        request.lines_left = 0
    return request


def inform(
    request: AccessRequest,
    *,
    by: User,
    answer_channel: str,
    answer_note: str,
    version: int | None = None,
    now: datetime | None = None,
) -> AccessRequest:
    """5.3.7.6: the applicant is told the result of every line; the request is closed."""
    with FLOW.step("inform", request, by=by, reason=answer_note, version=version, now=now) as request:
        if answer_channel == AnswerChannel.LETTER:
            require_registered_letter(request)
        request.answer_channel, request.answer_note = answer_channel, answer_note
        request.outcome, request.raised_for = queries.outcome_of(queries.lines_of(request)), ""
        if request.applicant and request.applicant != by:
            inbox.tell([request.applicant], request, gettext_noop("Your request %(number)s was concluded."))
    return request


def hand_over(
    request: AccessRequest,
    *,
    by: User,
    to: str,
    reason: str,
    version: int | None = None,
    now: datetime | None = None,
) -> AccessRequest:
    """The request belongs to another sub-process: it ends here and goes on there, linked when it is kept here too."""
    with FLOW.step("hand_over", request, by=by, reason=reason, version=version, now=now) as request:
        request.outcome = cases.hand_over(request, to, by=by, description=request.description)
        request.raised_for = ""
    return request


def withdraw(
    request: AccessRequest,
    *,
    by: User,
    reason: str,
    version: int | None = None,
    now: datetime | None = None,
) -> AccessRequest:
    """The unit that asked no longer needs it."""
    with FLOW.step("withdraw", request, by=by, reason=reason, version=version, now=now) as request:
        request.outcome, request.raised_for = reason, ""
    return request
