"""The sanctions that followed from a breach (çıktı: Yaptırım), and asking for them until they are recorded.

A decision for discipline or court (5.3.2.2) begins proceedings somebody else ends. Their result, a sanction or that there
is none, is a mandatory task: closing waits for it unless the lead writes why it cannot, and it is asked for until it is
recorded, also after closing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.authority import roles_of
from accounts.models import User
from accounts.roles import Role
from audit.context import because
from incidents.models import (
    TO_COURT,
    TO_DISCIPLINE,
    Breach,
    Phase,
    Proceedings,
    Sanction,
    SanctionKind,
    State,
    Task,
    TaskOutcome,
)
from incidents.services import checklists
from incidents.services.writing import acting_for, moment, writing, written
from processes.errors import NotPermitted, RuleBroken, WrongState
from processes.gate import save

LEADS = frozenset({Role.HIS_LEAD, Role.UNIT_HEAD})
# After so long somebody asks what came of it, and every week from then on; the day is moved with a reason.
ASKED_AFTER: dict[str, timedelta] = {
    Proceedings.DISCIPLINE: timedelta(days=60),
    Proceedings.COURT: timedelta(days=180),
}
LATEST = timedelta(days=731)
TEXTS: dict[str, str | Promise] = {
    Proceedings.DISCIPLINE: gettext_lazy(
        "Record what came of the disciplinary investigation: the sanction, or that there is none"
    ),
    Proceedings.COURT: gettext_lazy(
        "Record what came of the judicial action: the sanction, or that there is none"
    ),
}
AFTER: tuple[tuple[str, tuple[str, ...]], ...] = (
    (Proceedings.DISCIPLINE, TO_DISCIPLINE),
    (Proceedings.COURT, TO_COURT),
)


def called_for(decision: str) -> tuple[str, ...]:
    """The proceedings a decision begins."""
    return tuple(one for one, decisions in AFTER if decision in decisions)


def ask(breach: Breach, *, by: User, now: datetime) -> None:
    """The decision stands: what it begins is awaited, what it no longer calls for is not; in the caller's transaction."""
    wanted = called_for(breach.decision)
    waiting = {task.awaits: task for task in breach.tasks.awaiting()}
    with translation.override(checklists.LANGUAGE):
        for awaits, task in waiting.items():
            if awaits not in wanted:
                checklists.end(task, by, TaskOutcome.NOT_NEEDED, _("Decided anew without it."), now)
    _await(breach, [one for one in wanted if one not in waiting], now)


def drop(breach: Breach, note: str, *, by: User, now: datetime) -> None:
    """Nothing is awaited any more: the breach ended otherwise; in the caller's transaction."""
    for task in breach.tasks.awaiting():
        checklists.end(task, by, TaskOutcome.NOT_NEEDED, note, now)


def unasked(proceedings: str) -> QuerySet[Breach]:
    """Breaches decided for these proceedings whose result nobody was ever asked for, nor told of any sanction."""
    decisions = dict(AFTER)[proceedings]
    asked = Task.objects.filter(breach=OuterRef("pk"), awaits=proceedings)
    told = Sanction.objects.filter(breach=OuterRef("pk"))
    over = (State.REPORTED, State.DISMISSED, State.MERGED)
    return Breach.objects.filter(~Exists(asked), ~Exists(told), decision__in=decisions).exclude(
        state__in=over
    )


def ask_where_missing(now: datetime) -> int:
    """Ask for the sanctions of breaches decided before this was asked; closed ones stay closed while it is awaited."""
    count = 0
    for proceedings, _decisions in AFTER:
        for pk in list(unasked(proceedings).values_list("pk", flat=True)):
            with transaction.atomic(), because(step="ask_for_sanction"):
                breach = Breach.objects.light().select_for_update(of=("self",)).get(pk=pk)
                if unasked(proceedings).filter(pk=pk).exists():
                    _await(breach, [proceedings], now)
                    count += 1
    return count


def _await(breach: Breach, proceedings: list[str], now: datetime) -> None:
    today = timezone.localdate(now)
    checklists.added(list(_tasks(breach, proceedings, today)))


def _tasks(breach: Breach, proceedings: list[str], today: date) -> Iterator[Task]:
    for one in proceedings:
        with translation.override(checklists.LANGUAGE):
            text = str(TEXTS[one])
        yield Task(
            breach_id=breach.pk,
            phase=Phase.CLOSE,
            text=text,
            awaits=one,
            due_on=today + ASKED_AFTER[one],
            is_mandatory=breach.closed_at is None,
        )


def record(
    breach: Breach,
    *,
    by: User,
    kind: str,
    decided_by: str,
    decided_on: date,
    concerning: str = "",
    reference: str = "",
    text: str = "",
    concludes: str = "",
    now: datetime | None = None,
) -> Sanction:
    """A sanction as its own authority decided it; “no sanction” is recorded too. `concludes` names the proceedings whose
    last word it is: their result is awaited no longer.
    """
    if kind not in SanctionKind.values:
        raise RuleBroken(_("Say which sanction it was."), fields={"kind": [_("Choose one.")]})
    decided_by = written(decided_by, "decided_by", _("Write who decided it."))
    if decided_on > timezone.localdate(now):
        sentence = _("This day has not come yet.")
        raise RuleBroken(sentence, fields={"decided_on": [sentence]})
    with writing(breach, "record_sanction", by=by, reason=text, closed_too=True) as locked:
        now = moment(now)
        sanction = Sanction(
            breach_id=locked.pk,
            kind=kind,
            concerning=concerning.strip(),
            decided_by=decided_by,
            decided_on=decided_on,
            reference=reference.strip(),
            text=text.strip(),
            recorded_at=now,
            recorded_by=by,
            recorded_for=acting_for(),
        )
        save(sanction)
        if concludes:
            task = locked.tasks.awaiting().filter(awaits=concludes).first()
            if task is None:
                sentence = _("The result of these proceedings is not awaited.")
                raise RuleBroken(sentence, fields={"concludes": [sentence]})
            with translation.override(checklists.LANGUAGE):
                told = str(SanctionKind(kind).label)
            note = " · ".join(part for part in (told, decided_by, reference.strip()) if part)
            checklists.end(task, by, TaskOutcome.DONE, note, now)
    return sanction


def do_not_wait(task: Task, *, by: User, due_on: date, reason: str, now: datetime | None = None) -> Task:
    """The lead lets the breach be closed before the result is known, such as a trial that takes years; it stays due."""
    reason = written(reason, "reason", _("Write why closing does not wait for it."))
    if not roles_of(by) & LEADS:
        raise NotPermitted(_("Only the lead and the unit head decide that closing does not wait."))
    today = timezone.localdate(now)
    if not today < due_on <= today + LATEST:
        sentence = _("Choose a day to come, at most two years ahead.")
        raise RuleBroken(sentence, fields={"due_on": [sentence]})
    with writing(
        task.breach, "close_without_sanction", by=by, reason=reason, closed_too=True, roles=LEADS
    ) as locked:
        task = Task.objects.select_for_update().get(pk=task.pk, breach=locked)
        if not task.awaits or task.outcome:
            raise WrongState(_("No result is awaited here."))
        task.is_mandatory, task.due_on, task.note = False, due_on, reason
        save(task)
    return task
