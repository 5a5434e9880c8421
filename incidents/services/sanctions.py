"""The sanctions that followed from a breach (çıktı: Yaptırım), and asking for them until they are recorded.

A decision for discipline or court (5.3.2.2) begins proceedings somebody else ends. Their result, a sanction or that there
is none, is a mandatory task: closing waits for it unless the lead writes why it cannot, and it is asked for until it is
recorded, also after closing.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.authority import roles_of
from accounts.models import User
from accounts.roles import Role
from incidents import awaiting
from incidents.behalf import acting_for
from incidents.models import (
    Breach,
    Sanction,
    SanctionKind,
    Task,
    TaskOutcome,
)
from incidents.services import checklists
from incidents.services.writing import moment, writing, written
from processes.errors import NotPermitted, RuleBroken, WrongState
from processes.gate import save

LEADS = frozenset({Role.HIS_LEAD, Role.UNIT_HEAD})
LATEST = timedelta(days=731)


def ask(breach: Breach, *, by: User, now: datetime) -> None:
    """The decision stands: what it begins is awaited, what it no longer calls for is not; in the caller's transaction."""
    wanted = awaiting.called_for(breach.decision)
    waiting = {task.awaits: task for task in breach.tasks.awaiting()}
    with translation.override(checklists.LANGUAGE):
        for awaits, task in waiting.items():
            if awaits not in wanted:
                checklists.end(task, by, TaskOutcome.NOT_NEEDED, _("Decided anew without it."), now)
    awaiting.begin(breach, [one for one in wanted if one not in waiting], now)


def drop(breach: Breach, note: str, *, by: User, now: datetime) -> None:
    """Nothing is awaited any more: the breach ended otherwise; in the caller's transaction."""
    for task in breach.tasks.awaiting():
        checklists.end(task, by, TaskOutcome.NOT_NEEDED, note, now)


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
