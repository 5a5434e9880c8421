"""What a merged report leaves to the breach that goes on: the earliest moments, the gravest facts, all that is still to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone, translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from accounts.queries import people_with_role
from accounts.roles import Role
from incidents import alerting, awaiting, holding, merged
from incidents.models import Breach, NoticePhase, PersonalData, Phase, State, Task, TaskOutcome
from incidents.services import checklists, notices
from incidents.services.easing import WEIGHT
from processes import inbox
from processes.errors import RuleBroken
from processes.gate import save
from processes.services import notes
from processes.services.cases import handled

LANGUAGE = "tr"  # of what is kept in records
FACTS = (
    *("learned_at", "detected_at", "occurred_at", "level", "personal_data", "is_special_category"),
    *("affected_count", "affected_groups", "data_kinds", "consequences", "system", "category"),
    "kvkk_settled_at",
)
LONGEST = 200  # of a text as the timeline tells it


def require_possible(breach: Breach, into: Breach) -> None:
    """Refuse to merge where what was signed of one could not be kept in the other; the sentence says what to do."""
    if breach.silences.filter(answered_at__isnull=True).exists():
        words = {"number": breach.number}
        raise _refused(
            _("A decision not to tell the Board waits for a signature in %(number)s: have it answered first.")
            % words
        )
    asked, kept = (frozenset(awaiting.called_for(_standing_decision(one))) for one in (breach, into))
    if not _standing_decision(breach) or not _standing_decision(into) or asked <= kept:
        return
    words = {"number": breach.number, "into": into.number}
    if kept < asked:
        raise _refused(
            _("%(number)s was decided for more than %(into)s: merge %(into)s into %(number)s instead.")
            % words
        )
    raise _refused(
        _(
            "%(number)s and %(into)s were decided differently: let both go their way, and link them instead of merging."
        )
        % words
    )


def hold_in_order(breach: Breach, into: Breach) -> None:
    """Lock the other one first where it is the older, so that two who merge at once do not wait for each other."""
    if into.pk < breach.pk:
        Breach.objects.select_for_update().defer("search").filter(pk=into.pk).first()


def _refused(sentence: str) -> RuleBroken:
    return RuleBroken(sentence, fields={"into": [sentence]})


def _standing_decision(breach: Breach) -> str:
    """The decision as it stands; none while a reopened breach waits to be decided anew."""
    return "" if breach.state == State.REPORTED else breach.decision


def carry_over(breach: Breach, into: Breach, *, outcome: str, by: User, now: datetime) -> None:
    """Let the other breach take over what this one leaves open; in the caller's transaction, which holds both rows.

    `outcome` is what this one ends with. What was taken over stands in the timeline of the one that goes on.
    """
    require_possible(breach, into)
    with translation.override(LANGUAGE):
        reason = _("%(number)s was merged into this breach.") % {"number": breach.number}
    with handled(into, "take_over_merged", by=by, reason=reason) as (case, _run):
        assert isinstance(case, Breach)
        before = {name: getattr(case, name) for name in FACTS}
        _take_moments(breach, case)
        _take_facts(breach, case)
        counts_again = _settle_with_the_board(breach, case, by=by, now=now)
        phases = _take_phases(breach, case)
        tasks = _take_tasks(breach, case, outcome, by=by, now=now)
        if case.category != before["category"]:
            checklists.take_over(case)
        if case.level != before["level"]:
            alerting.hurry(case)
        holding.keep_logs(case, by=by, since=holding.held_from(breach))
        with translation.override(LANGUAGE):
            told = [reason, *_changed(case, before), *_listed(tasks, phases), *_silence(breach, counts_again)]
            _tell(case, by, is_more=len(told) > 1)
            notes.write(case, by, "\n".join(told))


def _take_moments(breach: Breach, into: Breach) -> None:
    """The earliest moment each; what does not fit before the earliest learning is left out."""
    into.learned_at = min(breach.learned_at, into.learned_at)
    into.detected_at = _earliest(
        (breach.detected_at, into.detected_at), min(into.learned_at, into.reported_at)
    )
    into.occurred_at = _earliest((breach.occurred_at, into.occurred_at), into.detected_at or into.learned_at)


def _earliest(moments: Iterable[datetime | None], latest: datetime) -> datetime | None:
    return min((one for one in moments if one is not None and one <= latest), default=None)


def _take_facts(breach: Breach, into: Breach) -> None:
    """The gravest level, personal data as far as anybody found them, and what the other one does not know yet."""
    into.level = min(breach.level, into.level)
    into.personal_data = max(breach.personal_data, into.personal_data, key=lambda one: WEIGHT[one])
    into.is_special_category = breach.is_special_category or into.is_special_category
    counts = [one.affected_count for one in (breach, into) if one.affected_count is not None]
    into.affected_count = max(counts, default=None)
    for name in ("affected_groups", "data_kinds", "consequences", "system"):
        setattr(into, name, getattr(into, name) or getattr(breach, name))
    into.category = into.category or breach.category


def _settle_with_the_board(breach: Breach, into: Breach, *, by: User, now: datetime) -> bool:
    """A notice made under the other number counts; a signed silence does not outlive new facts.

    Says whether the 72 hours of the breach that goes on are counted again.
    """
    first = merged.first_word_to_the_board(breach)
    if first is not None:
        own = into.kvkk_settled_at if notices.is_board_told(into) else None
        into.kvkk_settled_at = min(own, first.sent_at) if own else first.sent_at
        return False
    if breach.personal_data == PersonalData.NO or breach.kvkk_settled_at is not None:
        return False
    return notices.count_again(into, by=by, now=now)


def _take_phases(breach: Breach, into: Breach) -> list[NoticePhase]:
    """What notices of this one left to be told is told from the other one."""
    phases = list(breach.phases.open().select_for_update(of=("self",)))
    for phase in phases:
        phase.breach = into
        save(phase)
    return phases


def _take_tasks(breach: Breach, into: Breach, outcome: str, *, by: User, now: datetime) -> list[Task]:
    """Open mandatory tasks and awaited results go on there, but those it has itself; who reported this one is told."""
    left = list(breach.tasks.filter(Q(is_mandatory=True) | ~Q(awaits=""), outcome=""))
    own = list(into.tasks.all())
    fresh = [
        Task(
            breach_id=into.pk,
            item=task.item,
            phase=task.phase,
            text=task.text,
            is_mandatory=task.is_mandatory,
            awaits=task.awaits,
            due_on=task.due_on,
            note=task.note,
        )
        for task in left
        if not any(_stands_for(one, task) for one in own)
    ]
    if _is_told_by_hand(breach, into):
        with translation.override(LANGUAGE):
            text = _("Tell who reported %(number)s, which was merged, how it ended")
        fresh.append(Task(breach_id=into.pk, phase=Phase.CLOSE, text=text % {"number": breach.number}))
    for task in left:
        checklists.end(task, by, TaskOutcome.NOT_NEEDED, outcome, now)
    return checklists.added(fresh)


def _stands_for(own: Task, task: Task) -> bool:
    """The breach that goes on has this task itself."""
    if task.item_id is not None:
        return own.item_id == task.item_id
    same = own.awaits == task.awaits if task.awaits else (own.text, own.phase) == (task.text, task.phase)
    return same and not own.outcome


def _is_told_by_hand(breach: Breach, into: Breach) -> bool:
    """Somebody reported it by name and has no account that hears of the end by itself."""
    names = [
        (one.applicant_name, one.applicant_contact, one.applicant_institution_id) for one in (breach, into)
    ]
    is_named = bool(breach.applicant_name or breach.applicant_institution_id)
    return (
        breach.applicant_id is None and is_named and (names[0] != names[1] or into.applicant_id is not None)
    )


def _changed(into: Breach, before: dict[str, Any]) -> Iterator[str]:
    """Each fact that was taken over, with what stood there before."""
    for name, old in before.items():
        new = getattr(into, name)
        if new != old:
            yield _("%(field)s: %(new)s (before: %(old)s)") % {
                "field": Breach._meta.get_field(name).verbose_name,  # type: ignore[union-attr]
                "new": _worded(into, name, new),
                "old": _worded(into, name, old),
            }


def _worded(breach: Breach, name: str, value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%d.%m.%Y %H:%M}"
    choices = dict(Breach._meta.get_field(name).flatchoices)  # type: ignore[union-attr]
    return Truncator(str(choices.get(value, value))).chars(LONGEST)


def _listed(tasks: list[Task], phases: list[NoticePhase]) -> Iterator[str]:
    """The tasks and phases taken over, a line each."""
    for task in tasks:
        yield _("Task: %(text)s") % {"text": task.text}
    for phase in phases:
        words = {"day": f"{phase.due_on:%d.%m.%Y}", "text": Truncator(phase.missing).chars(LONGEST)}
        yield _("Next phase of a notice by %(day)s: %(text)s") % words


def _silence(breach: Breach, counts_again: bool) -> Iterator[str]:
    """What becomes of signed decisions not to tell the Board."""
    if counts_again:
        yield _("The signed decision not to tell the Board no longer holds: the 72 hours run again.")
    if breach.silences.filter(is_approved=True, lapsed_at__isnull=True).exists():
        yield _("The decision not to tell the Board that was signed there is not taken over.")


def _tell(into: Breach, by: User, *, is_more: bool) -> None:
    """Whose desk it is on, the leads and the unit head look at it again, where anything was taken over."""
    people = [*people_with_role(Role.HIS_LEAD, Role.UNIT_HEAD), into.assignee]
    text = gettext_noop("%(number)s took over a merged report: look at its 72 hours, level and tasks again.")
    if is_more:
        inbox.tell([one for one in people if one is not None and one != by], into, text)
