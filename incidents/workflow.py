"""The six official steps of 5.3.2, and what the unit does beside them."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.models import Institution, User
from accounts.queries import people_with_role
from accounts.roles import UNIT_STAFF, Role
from ebys.answers import require_registered_letter
from incidents import alerting, holding, merged, queries
from incidents.models import (
    OPEN_STATES,
    TO_DISCIPLINE,
    AnswerChannel,
    Barrier,
    Breach,
    Category,
    Decision,
    Level,
    PersonalData,
    Phase,
    Source,
    State,
)
from incidents.services import checklists, easing, merging, notices, repeats, reviews, sanctions
from incidents.services.writing import not_ahead
from processes import inbox
from processes.errors import RuleBroken
from processes.gate import save
from processes.models import Channel
from processes.services import cases
from processes.workflow import Step, Workflow

REPORTERS = frozenset({Role.REQUESTING_STAFF, Role.REQUESTING_UNIT_HEAD, Role.MINISTRY_UNIT_HEAD})
LEAD = frozenset({Role.HIS_LEAD})
SOURCES: dict[str, str] = {
    Channel.LETTER: Source.EBYS,
    Channel.TELEPHONE: Source.TELEPHONE,
    Channel.PORTAL: Source.PORTAL,
    Channel.WEB_FORM: Source.PUBLIC_FORM,
    Channel.API: Source.MINISTRY,
    Channel.SCHEDULE: Source.DETECTION,
}
UNREPORTED = (Source.DETECTION, Source.MINISTRY)  # without a name nobody is missing: no person reported it


def still_open(breach: Breach, *phases: str) -> str | None:
    """The sentence that names the mandatory tasks still open; None when there are none."""
    found = queries.in_the_way(breach, phases or Phase.values)
    if not found:
        return None
    return _("Mandatory tasks are still open: %(tasks)s.") % {"tasks": "; ".join(found)}


def needs_containment_tasks(breach: Breach, by: User) -> str | None:
    """The check list for stopping the breach is settled."""
    return still_open(breach, Phase.CONTAIN)


def needs_prevention_tasks(breach: Breach, by: User) -> str | None:
    """The check list against repetition is settled."""
    return still_open(breach, Phase.PREVENT)


def needs_every_task(breach: Breach, by: User) -> str | None:
    """No mandatory task of any kind is left."""
    return still_open(breach)


def needs_the_board_settled(breach: Breach, by: User) -> str | None:
    """Whether personal data were reached is clear; if so the Board was told, or not telling it was signed off.

    No notice waits for its next phase.
    """
    if breach.personal_data == PersonalData.UNKNOWN:
        return _("Say first whether personal data were involved.")
    if breach.personal_data == PersonalData.YES and breach.kvkk_settled_at is None:
        return _(
            "Personal data were involved: record the notice to the Board, or have the decision not to notify signed off."
        )
    phase = breach.phases.open().order_by("due_on").first()
    if phase is not None:
        return _(
            "A notice is incomplete, its next phase is due on %(day)s: record that notice, or write why nothing is "
            "left to tell."
        ) % {"day": f"{phase.due_on:%d.%m.%Y}"}
    return None


FLOW = Workflow(
    "5.3.2",
    Breach,
    {
        "report": Step(
            gettext_lazy("Report a breach"),
            sources=(),
            target=State.REPORTED,
            roles=UNIT_STAFF | REPORTERS,
        ),
        "decide": Step(
            gettext_lazy("Decide what it calls for"), sources=(State.REPORTED,), target=State.DECIDED
        ),
        "refer": Step(gettext_lazy("Refer to discipline"), sources=(State.DECIDED,), target=State.SETTLED),
        "contain": Step(
            gettext_lazy("Record that the breach is stopped"),
            sources=(State.SETTLED,),
            target=State.CONTAINED,
            guards=(needs_containment_tasks,),
        ),
        "prevent": Step(
            gettext_lazy("Put up a barrier"),
            sources=(State.CONTAINED,),
            target=State.PREVENTED,
            guards=(needs_prevention_tasks,),
        ),
        "inform": Step(
            gettext_lazy("Inform the reporter and close"),
            sources=(State.PREVENTED,),
            target=State.CLOSED,
            guards=(needs_every_task, needs_the_board_settled),
        ),
        "dismiss": Step(
            gettext_lazy("It is not a breach"),
            sources=(State.REPORTED,),
            target=State.DISMISSED,
            roles=LEAD,
        ),
        "merge": Step(
            gettext_lazy("Merge into another breach"),
            sources=OPEN_STATES,
            target=State.MERGED,
            roles=frozenset({Role.HIS_LEAD, Role.HIS_OFFICER}),
        ),
        "reopen": Step(
            gettext_lazy("Reopen"),
            sources=(State.CLOSED, State.DISMISSED),
            target=State.REPORTED,
            roles=LEAD,
        ),
    },
    opening="report",
    closing=frozenset({State.CLOSED, State.DISMISSED, State.MERGED}),
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
    source: str = "",
    source_reference: str = "",
    category: Category | None = None,
    level: str = Level.C,
    system: str = "",
    occurred_at: datetime | None = None,
    detected_at: datetime | None = None,
    learned_at: datetime | None = None,
    reported_at: datetime | None = None,
    personal_data: str = PersonalData.UNKNOWN,
    tracking_hash: str | None = None,
    is_ongoing: bool | None = None,
    now: datetime | None = None,
) -> Breach:
    """5.3.2.1: a breach reaches the unit. It is confidential from its first moment, and whoever is on call is told.

    Of what the reporter says is still going on the description says so, and the people on call have the shorter time.

    Without a moment of its own it was reported now, and learned of when it was reported. What a source reported under a
    number of its own is not taken a second time while the first report is open.
    """
    now = now or timezone.now()
    if applicant and applicant_institution is None:
        applicant_institution = applicant.institution
    source = source or SOURCES[channel]
    repeats.refuse(source, source_reference, by)
    reported_at = reported_at or now
    not_ahead(
        now, occurred_at=occurred_at, detected_at=detected_at, learned_at=learned_at, reported_at=reported_at
    )
    if is_ongoing:
        with translation.override(checklists.LANGUAGE):
            words = _("The reporter says that it is still going on.")
        description = f"{words}\n\n{description}".strip()
    breach = Breach(
        is_confidential=True,
        title=title,
        description=description,
        channel=channel,
        applicant=applicant,
        applicant_name=applicant_name,
        applicant_contact=applicant_contact,
        applicant_institution=applicant_institution,
        is_anonymous=source not in UNREPORTED and not (applicant or applicant_name or applicant_institution),
        source=source,
        source_reference=source_reference,
        holds_reference=bool(source_reference),
        category=category,
        level=level or Level.C,
        system=system,
        occurred_at=occurred_at,
        detected_at=detected_at,
        learned_at=learned_at or reported_at,
        reported_at=reported_at,
        personal_data=personal_data or PersonalData.UNKNOWN,
        tracking_hash=tracking_hash,
    )
    with repeats.told(source, source_reference, by), transaction.atomic():
        breach = FLOW.open(breach, by=by, now=now)
        alerting.begin(breach, now, is_ongoing=bool(is_ongoing))
        checklists.take_over(breach)
        holding.keep_logs(breach, by=by)
    return breach


def decide(
    breach: Breach,
    *,
    by: User,
    decision: str,
    decision_reason: str,
    category: Category | None = None,
    level: str = "",
    personal_data: str = "",
    version: int | None = None,
    now: datetime | None = None,
) -> Breach:
    """5.3.2.2: disciplinary investigation, judicial action, both or neither, with reasons.

    Where discipline has no part in it, 5.3.2.3 is recorded as not needed in the same go.
    """
    now = now or timezone.now()
    with transaction.atomic():
        with FLOW.step("decide", breach, by=by, reason=decision_reason, version=version, now=now) as breach:
            easing.require_untold(breach, personal_data)
            breach.decision, breach.decision_reason = decision, decision_reason
            breach.category = category or breach.category
            breach.level = level or breach.level
            breach.personal_data = personal_data or breach.personal_data
            if breach.personal_data != PersonalData.YES:
                breach.is_special_category = False
            checklists.take_over(breach)
            checklists.ask_for_court(breach)
            sanctions.ask(breach, by=by, now=now)
        holding.keep_logs(breach, by=by)
        if decision not in TO_DISCIPLINE:
            reason = _("Decided: %(decision)s.") % {"decision": Decision(decision).label}
            with FLOW.step("refer", breach, by=by, reason=reason, skipped=True, now=now) as breach:
                pass
    return breach


def refer(
    breach: Breach,
    *,
    by: User,
    referral_number: str,
    referral_date: date,
    note: str = "",
    version: int | None = None,
    now: datetime | None = None,
) -> Breach:
    """5.3.2.3: the Disciplinary Affairs Unit was told by this official letter."""
    if referral_date > timezone.localdate(now):
        sentence = _("The letter cannot be dated in the future.")
        raise RuleBroken(sentence, fields={"referral_date": [sentence]})
    with FLOW.step("refer", breach, by=by, reason=note, version=version, now=now) as breach:
        breach.referral_number, breach.referral_date = referral_number, referral_date
    return breach


def contain(
    breach: Breach,
    *,
    by: User,
    note: str,
    stopped_at: datetime | None = None,
    version: int | None = None,
    now: datetime | None = None,
) -> Breach:
    """5.3.2.4: the system concerned was checked and the breach is stopped; `note` says how."""
    now = now or timezone.now()
    not_ahead(now, stopped_at=stopped_at)
    with FLOW.step("contain", breach, by=by, reason=note, version=version, now=now) as breach:
        breach.containment_note, breach.stopped_at = note, stopped_at or now
    return breach


def prevent(
    breach: Breach,
    *,
    by: User,
    barrier: str,
    owner: User,
    verify_on: date,
    version: int | None = None,
    now: datetime | None = None,
) -> Breach:
    """5.3.2.5: a systemic barrier against repetition, with somebody who answers for it and a day to look whether it holds."""
    if verify_on < timezone.localdate(now):
        sentence = _("The day of the verification is over already.")
        raise RuleBroken(sentence, fields={"verify_on": [sentence]})
    with FLOW.step("prevent", breach, by=by, reason=barrier, version=version, now=now) as breach:
        save(Barrier(breach_id=breach.pk, text=barrier, owner=owner, verify_on=verify_on))
        reviews.entrust(breach, owner, by, gettext_noop("You answer for a barrier of %(number)s."))
    return breach


def inform(
    breach: Breach,
    *,
    by: User,
    answer_channel: str,
    answer_note: str,
    version: int | None = None,
    now: datetime | None = None,
) -> Breach:
    """5.3.2.6: the reporter is told of the end by EBYS letter; an anonymous one finds it on the status page.

    Whose report was merged into it hears of it in the portal; who has no account is told by hand, a task asks for it.
    """
    with FLOW.step("inform", breach, by=by, reason=answer_note, version=version, now=now) as breach:
        _answerable(breach, answer_channel)
        breach.answer_channel, breach.answer_note = answer_channel, answer_note
        breach.outcome = breach.containment_note
        reviews.ask_for(breach, now)
        leads = [person for person in people_with_role(Role.HIS_LEAD) if person != by]
        inbox.tell(leads, breach, gettext_noop("%(number)s was closed and the reporter was informed."))
        reporters = [one for one in (breach.applicant, *merged.reporters(breach)) if one and one != by]
        inbox.tell(reporters, None, gettext_noop("A breach you reported was concluded."))
    return breach


def _answerable(breach: Breach, channel: str) -> None:
    """The way of telling fits the reporter: a registered letter, or the status page of an anonymous report."""
    if channel == AnswerChannel.LETTER:
        require_registered_letter(breach)
    if channel == AnswerChannel.STATUS_PAGE and breach.tracking_hash is None:
        sentence = _("This report has no status page: tell the reporter otherwise.")
        raise RuleBroken(sentence, fields={"answer_channel": [sentence]})


def dismiss(
    breach: Breach, *, by: User, reason: str, version: int | None = None, now: datetime | None = None
) -> Breach:
    """Looked at, and no breach of information security after all; the reason stays with it."""
    with FLOW.step("dismiss", breach, by=by, reason=reason, version=version, now=now) as breach:
        breach.outcome = reason
        sanctions.drop(breach, reason, by=by, now=now or timezone.now())
    return breach


def merge(
    breach: Breach,
    *,
    by: User,
    into: Breach,
    reason: str = "",
    version: int | None = None,
    now: datetime | None = None,
) -> Breach:
    """Two reports of one breach: this one ends, the other goes on, keeps the link and takes over what is still open."""
    now = now or timezone.now()
    with transaction.atomic():
        merging.hold_in_order(breach, into)
        with FLOW.step("merge", breach, by=by, reason=reason, version=version, now=now) as breach:
            breach.outcome = cases.merge(breach, into, by=by)
            merging.carry_over(breach, into, outcome=breach.outcome, by=by, now=now)
    return breach


def reopen(
    breach: Breach, *, by: User, reason: str, version: int | None = None, now: datetime | None = None
) -> Breach:
    """New facts: it is decided anew. What was done before stays on record.

    Where the Board was not told but left out by a signed decision, the 72 hours run again; logs given free are held again.
    """
    now = now or timezone.now()
    with transaction.atomic():
        with FLOW.step("reopen", breach, by=by, reason=reason, version=version, now=now) as breach:
            breach.answer_channel = breach.answer_note = ""
            notices.reopened(breach, by=by, now=now)
        holding.keep_logs(breach, by=by)
    return breach
