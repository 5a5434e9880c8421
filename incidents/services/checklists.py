"""Check lists of a breach: taken over by category, settled one by one, each with who and when."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from audit import trail
from incidents.behalf import acting_for
from incidents.models import TO_COURT, Breach, ChecklistItem, Phase, Task, TaskOutcome
from incidents.services.writing import moment, writing, written
from processes.errors import RuleBroken, WrongState
from processes.gate import save

LANGUAGE = "tr"  # of what is kept in records


def take_over(breach: Breach) -> list[Task]:
    """Take over the lines of the breach's category that it does not have yet; in the caller's transaction."""
    wanted = ChecklistItem.objects.filter(
        Q(category=breach.category_id) | Q(category__isnull=True), is_active=True
    )
    lines = list(wanted.exclude(pk__in=breach.tasks.filter(item__isnull=False).values("item")))
    fresh = [
        Task(breach_id=breach.pk, item=line, phase=line.phase, text=line.text, is_mandatory=line.is_mandatory)
        for line in lines
    ]
    return added(fresh)


def ask_for_court(breach: Breach) -> None:
    """The decision names judicial action: passing the matter on becomes mandatory before closing (Ek-5 5.1.10)."""
    if breach.decision not in TO_COURT:
        return
    with translation.override(LANGUAGE):
        text = _("Pass the matter on to the judicial authority by letter")
    if not breach.tasks.filter(item__isnull=True, phase=Phase.CLOSE, text=text, outcome="").exists():
        added([Task(breach_id=breach.pk, phase=Phase.CLOSE, text=text)])


def court_task(breach: Breach) -> Task | None:
    """The open task of passing the matter on."""
    with translation.override(LANGUAGE):
        text = _("Pass the matter on to the judicial authority by letter")
    return breach.tasks.filter(item__isnull=True, phase=Phase.CLOSE, text=text, outcome="").first()


def add(breach: Breach, *, by: User, phase: str, text: str, is_mandatory: bool = True) -> Task:
    """A task this breach needs beside its check lists."""
    text = written(text, "text", _("Write what has to be done."))
    if phase not in Phase.values:
        raise RuleBroken(_("Say which step asks for it."), fields={"phase": [_("Choose a step.")]})
    with writing(breach, "task_add", by=by) as locked:
        task = Task(breach_id=locked.pk, phase=phase, text=text, is_mandatory=is_mandatory)
        save(task)
    return task


def settle(
    task: Task, *, by: User, outcome: str = TaskOutcome.DONE, note: str = "", now: datetime | None = None
) -> Task:
    """The task was done, or is not needed for a written reason. The result of proceedings is recorded as a sanction."""
    if outcome not in TaskOutcome.values:
        raise RuleBroken(_("A task is done or not needed."), fields={"outcome": [_("Choose one.")]})
    with writing(task.breach, "task_settle", by=by, reason=note) as locked:
        task = Task.objects.select_for_update().get(pk=task.pk, breach=locked)
        if task.outcome:
            raise WrongState(_("This task is settled already."))
        if task.awaits:
            raise RuleBroken(_("Record the sanction, or “no sanction”, as its own authority decided it."))
        end(task, by, outcome, note, moment(now))
    return task


def end(task: Task, by: User, outcome: str, note: str, now: datetime) -> None:
    """It is settled; in the caller's transaction."""
    task.outcome, task.note = outcome, note.strip()
    task.settled_at, task.settled_by, task.settled_for = now, by, acting_for()
    save(task)


def take_up_again(task: Task, *, by: User, reason: str) -> Task:
    """A settled task turned out not to be."""
    reason = written(reason, "reason", _("Write why it is open again."))
    with writing(task.breach, "task_reopen", by=by, reason=reason) as locked:
        task = Task.objects.select_for_update().get(pk=task.pk, breach=locked)
        if not task.outcome:
            raise WrongState(_("This task is open."))
        task.outcome, task.settled_at, task.settled_by, task.settled_for = "", None, None, None
        save(task)
    return task


def added(fresh: list[Task]) -> list[Task]:
    """Keep new tasks, each with its entry in the trail; in the caller's transaction."""
    if fresh:
        Task.objects.bulk_create(fresh)
        trail.record_many(fresh, "created")
    return fresh
