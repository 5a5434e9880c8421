"""The gate of a sub-process: a case goes from one official step to the next.

Who may take a step, its official number and its planned working days come from the approved catalogue version the
case began with; the room's table says from which state to which state a step leads and what must hold first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import authority_for
from accounts.models import User
from audit.context import because
from audit.differences import Values
from processes import alike, catalogue, clock, numbering, searching
from processes.confidential import is_hidden_from, no_such_case
from processes.errors import DomainError, NotFound, NotPermitted, RuleBroken
from processes.gate import Gate, Move, Offer, principal, require_writable, save
from processes.models import Case, StepDefinition, StepRun, StepRunOutcome
from processes.models.case import NO_CLOCK

CaseT = TypeVar("CaseT", bound=Case)
Step = Move


class Workflow(Gate[CaseT]):
    """The steps of one sub-process. `opening` is the step that brings a case in, `closing` the states that end it."""

    def __init__(
        self,
        number: str,
        model: type[CaseT],
        steps: Mapping[str, Step],
        *,
        opening: str,
        closing: frozenset[str],
    ) -> None:
        super().__init__(number, model, steps)
        self.number = number
        self.opening = opening
        self.closing = closing

    def roles_for(self, key: str, record: CaseT) -> frozenset[str]:
        """The roles the approved definition names, and those the room adds."""
        return catalogue.sheet(record.definition_id).roles(key) | self.moves[key].roles

    def lockable(self) -> models.QuerySet[CaseT]:
        """The case and its parent row, without the search vector."""
        return self.model._default_manager.select_for_update().defer("search")

    def refusal(self, key: str, record: CaseT, user: User) -> DomainError | None:
        """As every gate; a confidential case is not there for who must not learn of it."""
        if is_hidden_from(record, user):
            return no_such_case(record.number)
        return super().refusal(key, record, user)

    @contextmanager
    def locked(
        self, verb: str, record: CaseT, *, by: User, reason: str = "", version: int | None = None
    ) -> Iterator[CaseT]:
        """As every gate; a confidential case is put only on the desk of somebody who knows of it."""
        with super().locked(verb, record, by=by, reason=reason, version=version) as current:
            before = current.assignee_id
            yield current
            if current.is_confidential and current.assignee_id != before and current.assignee is not None:
                require_may_be_given(current, current.assignee)

    def waits_for(self, case: CaseT, state: str) -> StepDefinition | None:
        """The official step a case in `state` waits for: the first of the table that starts there."""
        if state in self.closing:
            return None
        sheet = catalogue.sheet(case.definition_id)
        return next(
            (step for key, move in self.moves.items() if state in move.sources and (step := sheet.step(key))),
            None,
        )

    def offered(self, record: CaseT, user: User) -> list[Offer]:
        """The steps that start here, with their official numbers; the one waited for comes first."""
        sheet = catalogue.sheet(record.definition_id)
        offers = [
            replace(offer, number=step.number if (step := sheet.step(offer.key)) else "")
            for offer in super().offered(record, user)
            if offer.key != self.opening
        ]
        return sorted(offers, key=lambda offer: not offer.number)

    def may_open(self, user: User, definition_id: int | None = None) -> bool:
        """This person may bring a case in: the opening step is theirs, or the room lets their role register it.

        Whoever asks for many sub-processes knows their approved definitions already and names this one's.
        """
        approved = definition_id or catalogue.approved(self.number).pk
        roles = catalogue.sheet(approved).roles(self.opening) | self.moves[self.opening].roles
        return authority_for(user, roles) is not None

    def open(self, case: CaseT, *, by: User, reason: str = "", now: datetime | None = None) -> CaseT:
        """Let a new, unsaved case in: it gets its number, the approved definition and the first step it waits for."""
        now = now or timezone.now()
        definition = catalogue.approved(self.number)
        case.definition, case.subprocess = definition, definition.subprocess
        authority = authority_for(by, self.roles_for(self.opening, case))
        if authority is None:
            raise NotPermitted(_("Your role does not register requests of this sub-process."))
        with (
            transaction.atomic(),
            because(step=self.opening, reason=reason, on_behalf_of=principal(authority), by=by),
        ):
            case.state = self.moves[self.opening].target
            case.opened_at, case.opened_by = now, by
            awaited = self.waits_for(case, case.state)
            run = self._wait(case, awaited, now) if awaited else None
            case.number = numbering.next_number(case.subprocess, now)
            searching.index(case)
            save(case)
            opened = catalogue.sheet(definition.pk).step(self.opening)
            runs = [_ended(case, opened, now, by, principal(authority), reason)] if opened else []
            StepRun.objects.bulk_create([*runs, *([run] if run else [])])
        return case

    @contextmanager
    def step(
        self,
        key: str,
        case: CaseT,
        *,
        by: User,
        reason: str = "",
        version: int | None = None,
        skipped: bool = False,
        now: datetime | None = None,
    ) -> Iterator[CaseT]:
        """Take a step. `skipped` records an official step that was looked at and found not needed."""
        now = now or timezone.now()
        with self.move(key, case, by=by, reason=reason, version=version) as locked:
            yield locked
            outcome = StepRunOutcome.SKIPPED if skipped else StepRunOutcome.DONE
            running = StepRun.objects.filter(case=locked, ended_at__isnull=True).order_by().first()
            fresh = self._advance(key, locked, running, by=by, reason=reason, outcome=outcome, now=now)
            if running is not None:
                running.save()
            StepRun.objects.bulk_create(fresh)

    @contextmanager
    def steps(
        self,
        key: str,
        cases: Iterable[CaseT],
        *,
        by: User,
        reason: str = "",
        related: Sequence[str | models.Prefetch[Any]] = (),
        now: datetime | None = None,
    ) -> Iterator[list[CaseT]]:
        """Take one step for many cases, each as `step` takes it: for all of them or for none.

        Yields the locked cases for their fields to be filled. What changes alike is written in one statement; each has
        its own entry in the trail. `related` is what guards and caller look at, read once for all.
        """
        now = now or timezone.now()
        require_writable(reason)
        with transaction.atomic(), because(step=key, reason=reason, by=by):
            locked = self._locked_all(cases)
            models.prefetch_related_objects(locked, *related)
            for case in locked:
                if refusal := self.refusal(key, case, by):
                    raise _named(case, refusal)
            before, desks = alike.hold(locked), [case.assignee_id for case in locked]
            yield locked
            open_runs = StepRun.objects.filter(case__in=locked, ended_at__isnull=True)
            runs = {run.case_id: run for run in open_runs}
            held = alike.hold(list(runs.values()))
            due = clock.due_since(min((now, *(run.entered_at for run in runs.values()))))
            fresh: list[StepRun] = []
            for case, desk in zip(locked, desks, strict=True):
                if case.is_confidential and case.assignee is not None and case.assignee_id != desk:
                    require_may_be_given(case, case.assignee)
                case.state = self.moves[key].leads_to(case)
                case.version += 1
                fresh += self._advance(key, case, runs.get(case.pk), by=by, reason=reason, now=now, due=due)
            alike.save(list(runs.values()), held)
            self._save_all(key, locked, before, by=by)
            StepRun.objects.bulk_create(fresh)

    def _locked_all(self, cases: Iterable[CaseT]) -> list[CaseT]:
        """The rows as they are now, locked in one order whoever asks, and given back in the order asked for."""
        wanted = list(dict.fromkeys(case.pk for case in cases))
        found = {case.pk: case for case in self.lockable().filter(pk__in=wanted).order_by("pk")}
        if len(found) != len(wanted):
            raise NotFound(_("This record no longer exists."))
        return [found[pk] for pk in wanted]

    def _save_all(self, key: str, cases: list[CaseT], before: list[Values], *, by: User) -> None:
        """Write the cases; each entry names whom the person stands in for under the case's own definition."""
        parts: dict[User | None, list[tuple[CaseT, Values]]] = {}
        for pair in zip(cases, before, strict=True):
            behalf = principal(authority_for(by, self.roles_for(key, pair[0])))
            parts.setdefault(behalf, []).append(pair)
        for behalf, pairs in parts.items():
            with because(on_behalf_of=behalf):
                alike.save([case for case, _held in pairs], [held for _case, held in pairs])

    def _advance(
        self,
        key: str,
        case: CaseT,
        running: StepRun | None,
        *,
        by: User,
        reason: str,
        outcome: StepRunOutcome = StepRunOutcome.DONE,
        now: datetime,
        due: clock.Due = clock.due,
    ) -> list[StepRun]:
        """Close the run of the step just taken, open the next one, and move the clock; the runs are left unsaved."""
        target = self.moves[key].leads_to(case)
        taken = catalogue.sheet(case.definition_id).step(key)
        awaited = self.waits_for(case, target)
        behalf = principal(authority_for(by, self.roles_for(key, case)))
        finished: StepRun | None = None
        if running is not None:
            clock.end_pause(case, running, now)
            if taken is None and awaited is not None and running.step_id == awaited.pk:
                case.due_at = running.due_at = due(running.entered_at, awaited.planned_days, running.pauses)
                case.queue_at = case.due_at or NO_CLOCK
                return []
            own = taken is not None and running.step_id == taken.pk
            _end(running, now, by, behalf, reason if own else "", outcome if own else StepRunOutcome.LEFT)
            finished = running if own else None
        fresh = [_ended(case, taken, now, by, behalf, reason, outcome)] if taken and finished is None else []
        if awaited is not None:
            fresh.append(self._wait(case, awaited, now, due))
            case.closed_at = case.closed_by = None
        else:
            case.step, case.due_at, case.queue_at = None, None, NO_CLOCK
            if case.closed_at is None:
                case.closed_at, case.closed_by = now, by
        return fresh

    def _wait(
        self, case: CaseT, awaited: StepDefinition, now: datetime, due: clock.Due = clock.due
    ) -> StepRun:
        """Let the case wait for a step from now on; the run is returned unsaved."""
        case.step = awaited
        case.due_at = due(now, awaited.planned_days, [])
        case.queue_at = case.due_at or NO_CLOCK
        return StepRun(case=case, step=awaited, entered_at=now, due_at=case.due_at)


def _named(case: Case, refusal: DomainError) -> DomainError:
    """A refusal among many cases says which case it speaks of."""
    if isinstance(refusal, NotFound):
        return refusal
    words = {"number": case.number, "reason": refusal.message}
    return type(refusal)(_("%(number)s: %(reason)s") % words)


def _end(
    run: StepRun, now: datetime, by: User, behalf: User | None, note: str, outcome: StepRunOutcome
) -> StepRun:
    run.ended_at, run.ended_by, run.on_behalf_of, run.note, run.outcome = now, by, behalf, note, outcome
    return run


def _ended(
    case: Case,
    step: StepDefinition,
    now: datetime,
    by: User,
    behalf: User | None,
    note: str,
    outcome: StepRunOutcome = StepRunOutcome.DONE,
) -> StepRun:
    """A step that was entered and ended in one go."""
    return _end(StepRun(case=case, step=step, entered_at=now), now, by, behalf, note, outcome)


def require_may_be_given(case: Case, to: User) -> None:
    """Refuse a desk where the case could not be opened."""
    if is_hidden_from(case, to):
        sentence = _("%(person)s does not know of this confidential case. Let the person in first.")
        text = sentence % {"person": to.full_name}
        raise RuleBroken(text, fields={"assignee": [text]})
