"""The four official steps of 5.3.1, and what the unit does beside them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.models import Institution, User
from accounts.queries import people_with_role
from accounts.roles import UNIT_STAFF, Role
from audit.context import because
from processes import inbox
from processes.errors import RuleBroken
from processes.gate import save
from processes.models import Channel
from processes.workflow import Step, Workflow
from security_docs import queries
from security_docs.models import Clause, Compliance, State

LEADS = frozenset({Role.HIS_LEAD, Role.UNIT_HEAD})


def needs_every_clause_judged(compliance: Compliance, by: User) -> str | None:
    """No clause was entered and then passed over."""
    open_ones = list(compliance.clauses.filter(verdict="").values_list("number", flat=True)[:6])
    if open_ones:
        return _("These clauses are not evaluated yet: %(numbers)s.") % {
            "numbers": ", ".join(open_ones[:5]) + (" …" if len(open_ones) > 5 else "")
        }
    return None


def needs_both_announcements(compliance: Compliance, by: User) -> str | None:
    """5.3.1.4 says by EBYS letter and on the web page: one of them alone is no announcement."""
    told = queries.announced(compliance)
    if not told.letter and not told.page:
        return _(
            "Neither has EBYS registered an announcement letter of this record, nor is an announcement on the web page."
        )
    if not told.letter:
        return _("The announcement letter has not been registered by EBYS yet; the web page is done.")
    if not told.page:
        return _("Nothing is on the web page yet; the letter is registered.")
    return None


def needs_it_in_force(compliance: Compliance, by: User) -> str | None:
    """What is announced is in force: a version that is only approved binds nobody yet."""
    standing = queries.standing(compliance)
    if standing.waiting:
        return _(
            "Approved but not in force yet: %(versions)s. Put it in force before the record is closed."
        ) % {"versions": ", ".join(standing.waiting)}
    if not compliance.no_change and not standing.came_into_force:
        return _("No version prepared for this record is in force.")
    return None


FLOW = Workflow(
    "5.3.1",
    Compliance,
    {
        "notified": Step(
            gettext_lazy("Register a notified document"),
            sources=(),
            target=State.NOTIFIED,
            roles=UNIT_STAFF,
        ),
        "evaluate": Step(
            gettext_lazy("Conclude the evaluation"),
            sources=(State.NOTIFIED,),
            target=State.EVALUATED,
            guards=(needs_every_clause_judged,),
        ),
        "prepare": Step(
            gettext_lazy("Document is prepared"), sources=(State.EVALUATED,), target=State.PREPARED
        ),
        "announce": Step(
            gettext_lazy("Announced: close"),
            sources=(State.PREPARED,),
            target=State.ANNOUNCED,
            guards=(needs_it_in_force, needs_both_announcements),
        ),
        "evaluate_again": Step(
            gettext_lazy("Evaluate again"),
            sources=(State.EVALUATED, State.PREPARED),
            target=State.NOTIFIED,
            roles=LEADS,
        ),
        "withdraw": Step(
            gettext_lazy("Withdraw the record"),
            sources=(State.NOTIFIED, State.EVALUATED),
            target=State.WITHDRAWN,
            roles=LEADS,
        ),
    },
    opening="notified",
    closing=frozenset({State.ANNOUNCED, State.WITHDRAWN}),
)


def notified(
    *,
    by: User,
    title: str,
    description: str = "",
    channel: str = Channel.LETTER,
    applicant: User | None = None,
    applicant_name: str = "",
    applicant_contact: str = "",
    applicant_institution: Institution | None = None,
    source_number: str = "",
    source_dated: date | None = None,
    comply_by: date | None = None,
    clauses: Sequence[tuple[str, str]] = (),
    now: datetime | None = None,
) -> Compliance:
    """5.3.1.1: the Ministry notifies a compliance document; the unit registers it with the letter it came by."""
    if applicant and applicant_institution is None:
        applicant_institution = applicant.institution
    compliance = Compliance(
        title=title,
        description=description,
        channel=channel,
        applicant=applicant,
        applicant_name=applicant_name,
        applicant_contact=applicant_contact,
        applicant_institution=applicant_institution,
        source_number=source_number,
        source_dated=source_dated,
        comply_by=comply_by,
    )
    with transaction.atomic():
        opened = FLOW.open(compliance, by=by, now=now)
        with because(step="notified", by=by):
            for number, text in clauses:
                save(Clause(compliance=opened, number=number, text=text))
    return opened


def evaluate(
    compliance: Compliance,
    *,
    by: User,
    finding: str,
    version: int | None = None,
    now: datetime | None = None,
) -> Compliance:
    """5.3.1.2: the document was read and evaluated, clause by clause where it has clauses."""
    with FLOW.step("evaluate", compliance, by=by, reason=finding, version=version, now=now) as compliance:
        compliance.finding = finding
    return compliance


def prepare(
    compliance: Compliance,
    *,
    by: User,
    preparation: str,
    no_change: bool = False,
    version: int | None = None,
    now: datetime | None = None,
) -> Compliance:
    """5.3.1.3: the province's document was revised or written anew and approved; `no_change` says it covers it already."""
    with FLOW.step(
        "prepare", compliance, by=by, reason=preparation, version=version, skipped=no_change, now=now
    ) as compliance:
        ready, waiting = queries.versions_standing(compliance)
        if waiting:
            raise RuleBroken(
                _("Still being prepared: %(versions)s.") % {"versions": ", ".join(waiting)},
                fields={"preparation": [_("A version of this record is not approved yet.")]},
            )
        if no_change and ready:
            raise RuleBroken(
                _("A version was prepared for this record: leave “no change” unticked."),
                fields={"no_change": [_("A version was prepared for this record.")]},
            )
        if not no_change and not ready:
            sentence = _(
                "No version of a document is approved for this record; prepare one, or tick “no change”."
            )
            raise RuleBroken(sentence, fields={"no_change": [sentence]})
        compliance.preparation, compliance.no_change = preparation, no_change
    return compliance


def announce(
    compliance: Compliance,
    *,
    by: User,
    note: str = "",
    version: int | None = None,
    now: datetime | None = None,
) -> Compliance:
    """5.3.1.4: announced to institutions and staff by EBYS letter and on the web page; the record is closed."""
    with FLOW.step("announce", compliance, by=by, reason=note, version=version, now=now) as compliance:
        compliance.outcome = note or _("Announced by letter and on the web page.")
        leads = [person for person in people_with_role(Role.HIS_LEAD) if person != by]
        inbox.tell(leads, compliance, gettext_noop("%(number)s was announced by letter and on the web page."))
    return compliance


def evaluate_again(
    compliance: Compliance,
    *,
    by: User,
    reason: str,
    version: int | None = None,
    now: datetime | None = None,
) -> Compliance:
    """The evaluation needs another look: its clauses can be judged anew."""
    with FLOW.step(
        "evaluate_again", compliance, by=by, reason=reason, version=version, now=now
    ) as compliance:
        pass
    return compliance


def withdraw(
    compliance: Compliance,
    *,
    by: User,
    reason: str,
    version: int | None = None,
    now: datetime | None = None,
) -> Compliance:
    """Registered twice, or taken back by the Ministry."""
    with FLOW.step("withdraw", compliance, by=by, reason=reason, version=version, now=now) as compliance:
        compliance.outcome = reason
    return compliance
