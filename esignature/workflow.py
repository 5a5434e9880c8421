"""The three official steps of 5.3.3, and what the unit does beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.models import Employee, Institution, User
from accounts.roles import UNIT_STAFF, Role
from esignature import entering, queries
from esignature.access import KEEPERS
from esignature.guards import (
    applicant_or_unit,
    can_be_renewed_online,
    form_is_complete,
    has_a_holder,
    holder_is_here,
    no_letter_under_way,
)
from esignature.models import Kind, Reason, Request, State
from processes import inbox
from processes.errors import RuleBroken
from processes.models import Channel
from processes.workflow import Step, Workflow

IT_STAFF = frozenset({Role.IT_LEAD, Role.IT_OFFICER})
POSTED = gettext_noop("The form of %(number)s was posted to TÜBİTAK.")
APPLICANTS = frozenset({Role.REQUESTING_STAFF, Role.REQUESTING_UNIT_HEAD})


FLOW = Workflow(
    "5.3.3",
    Request,
    {
        "receive_form": Step(
            gettext_lazy("Receive the form"),
            sources=(),
            target=State.RECEIVED,
            roles=UNIT_STAFF | APPLICANTS,
        ),
        "write_letter": Step(
            gettext_lazy("Write to TÜBİTAK"),
            sources=(State.RECEIVED,),
            target=State.WRITTEN,
            guards=(has_a_holder, holder_is_here, no_letter_under_way, form_is_complete),
        ),
        "post": Step(gettext_lazy("Post"), sources=(State.WRITTEN,), target=State.POSTED),
        "check_form": Step(
            gettext_lazy("Look at the form"),
            sources=(State.RECEIVED,),
            target=State.RECEIVED,
            roles=IT_STAFF,
            guards=(no_letter_under_way,),
        ),
        "return_form": Step(
            gettext_lazy("Return the form"),
            sources=(State.RECEIVED, State.POSTED),
            target=State.RETURNED,
            roles=IT_STAFF,
            guards=(no_letter_under_way,),
        ),
        "receive_again": Step(
            gettext_lazy("Receive the form again"),
            sources=(State.RETURNED,),
            target=State.RECEIVED,
            roles=IT_STAFF | APPLICANTS,
            persons=(applicant_or_unit,),
        ),
        "renew_online": Step(
            gettext_lazy("Renewed online, without paper"),
            sources=(State.RECEIVED,),
            target=State.ONLINE,
            roles=IT_STAFF,
            guards=(has_a_holder, holder_is_here, no_letter_under_way, can_be_renewed_online),
        ),
        "conclude": Step(
            gettext_lazy("Close: the certificate has arrived"),
            sources=(State.RECEIVED, State.WRITTEN),
            target=State.CONCLUDED,
            roles=KEEPERS,
            guards=(has_a_holder, no_letter_under_way),
        ),
        "withdraw": Step(
            gettext_lazy("Withdraw the request"),
            sources=(State.RECEIVED, State.RETURNED),
            target=State.WITHDRAWN,
            roles=IT_STAFF | APPLICANTS,
            persons=(applicant_or_unit,),
            guards=(no_letter_under_way,),
        ),
    },
    opening="receive_form",
    closing=frozenset({State.POSTED, State.RETURNED, State.ONLINE, State.CONCLUDED, State.WITHDRAWN}),
)


def receive_form(
    *,
    by: User,
    title: str = "",
    description: str = "",
    channel: str = Channel.PORTAL,
    applicant: User | None = None,
    applicant_name: str = "",
    applicant_contact: str = "",
    applicant_institution: Institution | None = None,
    holder: Employee | None = None,
    kind: str = Kind.ESIGN,
    reason: str = Reason.FIRST,
    checks: Sequence[str] = (),
    now: datetime | None = None,
) -> Request:
    """5.3.3.1: the wet-signed form reaches the unit. What the unit's staff find in order they tick at once.

    The holder may still be unknown when a letter brought the request; the form is then looked at later.
    """
    now = now or timezone.now()
    request = Request(
        title=title or entering.title_of(kind, reason),
        description=description,
        channel=channel,
        applicant=applicant,
        applicant_name=applicant_name,
        applicant_contact=applicant_contact,
        applicant_institution=applicant_institution,
        kind=kind,
        reason=reason,
    )
    if holder is not None:
        entering.require_own(holder, by)
    with queries.held(holder):
        if holder is not None:
            entering.put_holder(request, holder)
        elif applicant and applicant_institution is None:
            request.applicant_institution = applicant.institution
        entering.look(request, checks, by, now)
        return FLOW.open(request, by=by, now=now)


def write_letter(
    request: Request,
    *,
    by: User,
    letter_number: str,
    letter_date: date | None = None,
    version: int | None = None,
    now: datetime | None = None,
) -> Request:
    """5.3.3.2: TÜBİTAK was written to by EBYS; the letter has a number and a date."""
    with FLOW.step("write_letter", request, by=by, reason=letter_number, version=version, now=now) as request:
        entering.written(request, letter_number, letter_date, now)
    return request


def write_letters(
    requests: Iterable[Request],
    *,
    by: User,
    letter_number: str,
    letter_date: date | None = None,
    now: datetime | None = None,
) -> list[Request]:
    """5.3.3.2 for the forms of one letter: for all of them, or for none."""
    related = ("batch__letter", "holder", queries.scans())
    with FLOW.steps(
        "write_letter", requests, by=by, reason=letter_number, related=related, now=now
    ) as locked:
        for request in locked:
            entering.written(request, letter_number, letter_date, now)
    return locked


def post(
    request: Request,
    *,
    by: User,
    parcel: str,
    posted_on: date | None = None,
    version: int | None = None,
    now: datetime | None = None,
) -> Request:
    """5.3.3.3: the printed letter and the form went to the post under this parcel or registered number."""
    with FLOW.step("post", request, by=by, reason=parcel, version=version, now=now) as request:
        entering.posted(request, parcel, posted_on, now)
        _tell_applicant(request, by, POSTED)
    return request


def post_all(
    requests: Iterable[Request],
    *,
    by: User,
    parcel: str,
    posted_on: date | None = None,
    now: datetime | None = None,
) -> list[Request]:
    """5.3.3.3 for the forms of one parcel: for all of them, or for none."""
    with FLOW.steps("post", requests, by=by, reason=parcel, related=("applicant",), now=now) as locked:
        for request in locked:
            entering.posted(request, parcel, posted_on, now)
        told = [(one.applicant, one) for one in locked if one.applicant and one.applicant != by]
        inbox.tell_each(told, POSTED)
    return locked


def check_form(
    request: Request,
    *,
    by: User,
    holder: Employee | None = None,
    kind: str = "",
    reason: str = "",
    checks: Sequence[str] = (),
    version: int | None = None,
    now: datetime | None = None,
) -> Request:
    """The form is looked at line by line; for whom, which kind and why are corrected where the letter said otherwise."""
    now = now or timezone.now()
    with queries.held(holder), FLOW.step("check_form", request, by=by, version=version, now=now) as request:
        request.kind, request.reason = kind or request.kind, reason or request.reason
        if holder is not None:
            entering.put_holder(request, holder)
        elif request.holder is not None:
            entering.put_holder(request, request.holder)
        entering.look(request, checks, by, now)
    return request


def check_all(requests: Iterable[Request], *, by: User, now: datetime | None = None) -> list[Request]:
    """Every line of the check list was found in order on each of these forms: for all of them, or for none."""
    now = now or timezone.now()
    with FLOW.steps("check_form", requests, by=by, related=("batch__letter",), now=now) as locked:
        for request in locked:
            if request.holder_id is None:
                raise RuleBroken(
                    _("%(number)s: say first for whom the signature is.") % {"number": request.number}
                )
            entering.look(request, queries.checks_for(request.kind, request.reason), by, now)
    return locked


def uncheck_all(
    requests: Iterable[Request], *, by: User, reason: str, now: datetime | None = None
) -> list[Request]:
    """Forms found in order by mistake are to be looked at again: all of them, or none."""
    with FLOW.steps(
        "check_form", requests, by=by, reason=reason, related=("batch__letter",), now=now
    ) as locked:
        for request in locked:
            entering.unlook(request)
    return locked


def return_form(
    request: Request,
    *,
    by: User,
    return_reason: str,
    version: int | None = None,
    now: datetime | None = None,
) -> Request:
    """The form goes back to the holder: it is not complete, or Kamu SM sent it back. The clock of the unit ends here."""
    with FLOW.step("return_form", request, by=by, reason=return_reason, version=version, now=now) as request:
        request.return_reason = request.outcome = return_reason
        request.returns += 1
        request.batch = None
        entering.unlook(request)
        _tell_applicant(request, by, gettext_noop("The form of %(number)s was returned; read why."))
    return request


def receive_again(
    request: Request,
    *,
    by: User,
    description: str = "",
    checks: Sequence[str] = (),
    version: int | None = None,
    now: datetime | None = None,
) -> Request:
    """The form came back corrected; its way to TÜBİTAK begins anew under the same number."""
    now = now or timezone.now()
    with (
        queries.held(request.holder),
        FLOW.step("receive_again", request, by=by, reason=description, version=version, now=now) as request,
    ):
        if request.holder is not None:
            entering.put_holder(request, request.holder)
        request.description = description or request.description
        request.letter_number, request.letter_date = "", None
        request.parcel, request.posted_on = "", None
        request.outcome = ""
        entering.unlook(request)
        entering.look(request, checks, by, now)
    return request


def renew_online(
    request: Request,
    *,
    by: User,
    online_reason: str,
    version: int | None = None,
    now: datetime | None = None,
) -> Request:
    """The renewal was approved on Kamu SM's page with the holder's valid signature: no paper form, no letter, no post."""
    with FLOW.step("renew_online", request, by=by, reason=online_reason, version=version, now=now) as request:
        request.online_reason = request.outcome = online_reason
        _tell_applicant(request, by, gettext_noop("The renewal %(number)s was approved online."))
    return request


def conclude(
    request: Request,
    *,
    by: User,
    conclude_reason: str,
    version: int | None = None,
    now: datetime | None = None,
) -> Request:
    """The certificate is there although nobody recorded the post: nothing is left to be done for the request."""
    with FLOW.step("conclude", request, by=by, reason=conclude_reason, version=version, now=now) as request:
        request.outcome = conclude_reason
    return request


def conclude_all(
    requests: Iterable[Request], *, by: User, conclude_reason: str, now: datetime | None = None
) -> list[Request]:
    """The same for the requests whose certificates stand in one table: for all of them, or for none."""
    with FLOW.steps(
        "conclude", requests, by=by, reason=conclude_reason, related=("batch__letter",), now=now
    ) as locked:
        for request in locked:
            request.outcome = conclude_reason
    return locked


def withdraw(
    request: Request,
    *,
    by: User,
    withdraw_reason: str,
    version: int | None = None,
    now: datetime | None = None,
) -> Request:
    """The signature is no longer needed."""
    with FLOW.step("withdraw", request, by=by, reason=withdraw_reason, version=version, now=now) as request:
        request.outcome = withdraw_reason
    return request


def withdraw_all(
    requests: Iterable[Request], *, by: User, withdraw_reason: str, now: datetime | None = None
) -> list[Request]:
    """Requests opened together are taken back together: all of them, or none."""
    with FLOW.steps(
        "withdraw", requests, by=by, reason=withdraw_reason, related=("batch__letter",), now=now
    ) as locked:
        for request in locked:
            request.outcome = withdraw_reason
    return locked


def _tell_applicant(request: Request, by: User, text: str) -> None:
    if request.applicant and request.applicant != by:
        inbox.tell([request.applicant], request, text)
