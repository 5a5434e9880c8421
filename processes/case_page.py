"""What the page of a case shows, read in a fixed number of queries whatever the case went through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.authority import works_in_unit
from accounts.models import User
from processes import catalogue
from processes.errors import DomainError
from processes.forms import StepForm
from processes.gate import Offer
from processes.models import (
    Case,
    CaseLinkKind,
    Note,
    Revision,
    StepDefinition,
    StepRun,
    StepRunOutcome,
)
from processes.panels import Event, Panel, panels_for
from processes.queries import documents_of, insiders_of, runs_of
from processes.rooms import Room, room_of, state_label, state_tone
from processes.services.insiders import may_admit
from processes.wording import age

DONE, SKIPPED, NOW, PLANNED = "done", "skipped", "now", "planned"


@dataclass(frozen=True)
class Stage:
    """One official step as the stepper prints it (`components/stepper.html`)."""

    number: str
    label: str
    state: str
    planned: str = ""
    actual: str = ""
    when: datetime | None = None
    who: str = ""
    is_late: bool = False
    times: int = 1


@dataclass(frozen=True)
class Link:
    """Another case that belongs to this one, and how."""

    pk: int
    label: str | Promise
    number: str
    title: str

    @classmethod
    def told(cls, row: Mapping[str, Any], here: str) -> Link:
        """A link read from this case's side (`queries.LINK`)."""
        outward = row["source"] == here
        other = "target" if outward else "source"
        label = LINK_LABELS.get((row["kind"], outward), _("Related"))
        return cls(row["pk"], label, row[other], row[f"{other}_title"])


@dataclass(frozen=True)
class Insider:
    """Somebody let into a confidential case, and why."""

    name: str
    reason: str

    @classmethod
    def told(cls, row: Mapping[str, str]) -> Insider:
        """As `queries.insiders_of` reads one."""
        person = User(first_name=row["first_name"], last_name=row["last_name"])
        return cls(person.full_name, row["reason"])


LINK_LABELS: dict[tuple[str, bool], Promise] = {
    (CaseLinkKind.DUPLICATE, True): _("Duplicate of"),
    (CaseLinkKind.DUPLICATE, False): _("Reported again as"),
    (CaseLinkKind.HANDED_OVER, True): _("Handed over to"),
    (CaseLinkKind.HANDED_OVER, False): _("Came from"),
}


@dataclass
class CasePage:
    """One case as one person may see it. `chosen` is the step whose form is open, `form` what was written there."""

    case: Case
    user: User
    chosen: str = ""
    form: StepForm | None = None
    refusal: DomainError | None = None

    @cached_property
    def room(self) -> Room:
        """The room the case belongs to."""
        return room_of(self.case)

    @cached_property
    def is_staff(self) -> bool:
        """This person does the unit's work: internal notes, the trail and handling are theirs."""
        return works_in_unit(self.user)

    @property
    def state(self) -> str:
        """The state in words."""
        return state_label(self.case)

    @property
    def tone(self) -> str:
        """The colour of the state."""
        return state_tone(self.case)

    @cached_property
    def offers(self) -> list[Offer]:
        """The steps that start here, each allowed or with its refusal."""
        return self.room.flow.offered(self.case, self.user)

    @cached_property
    def next(self) -> Offer | None:
        """The step that is open: the chosen one, or the official step that is this person's to take now.

        It may still be held up by a rule: then its card says so, with what has to be settled first.
        """
        if self.chosen:
            return next((offer for offer in self.offers if offer.key == self.chosen), None)
        own = [
            offer
            for offer in self.offers
            if offer.number and (offer.refusal is None or offer.refusal.status == 422)
        ]
        return next((offer for offer in own if offer.is_allowed), next(iter(own), None))

    @cached_property
    def next_form(self) -> StepForm | None:
        """The form of that step, as written so far."""
        if self.next is None or not self.next.is_allowed:
            return None
        if self.form is not None:
            return self.form
        return self.room.forms[self.next.key](case=self.case, by=self.user)

    @property
    def block(self) -> str:
        """The template the room wants above the form of this step."""
        return self.room.blocks.get(self.next.key, "") if self.next else ""

    @property
    def written(self) -> list[tuple[str, str]]:
        """What was written into a form that can no longer be sent, so that nothing is lost."""
        if self.form is None or (self.next is not None and self.next.is_allowed):
            return []
        return [
            (str(field.label), str(value))
            for field in self.form
            if (value := self.form.data.get(field.html_name)) and not field.is_hidden
        ]

    @cached_property
    def others(self) -> list[Offer]:
        """The other steps, as buttons; the unit sees its official ones too, though another role takes them."""
        return [
            offer
            for offer in self.offers
            if offer is not self.next
            and (offer.refusal is None or offer.refusal.status != 403 or (offer.number and self.is_staff))
        ]

    @cached_property
    def runs(self) -> list[StepRun]:
        """The steps the case went through, oldest first."""
        return runs_of(self.case)

    @cached_property
    def stages(self) -> list[Stage]:
        """The official steps in order, with the last time each was taken."""
        by_step: dict[int, list[StepRun]] = {}
        for run in self.runs:
            by_step.setdefault(run.step_id, []).append(run)
        sheet = catalogue.sheet(self.case.definition_id)
        return [self._stage(step, by_step.get(step.pk, [])) for step in sheet.steps]

    def _stage(self, step: StepDefinition, runs: list[StepRun]) -> Stage:
        planned = "" if step.planned_days is None else working_days(step.planned_days)
        if step.pk == self.case.step_id:
            who = self.case.assignee.full_name if self.case.assignee else ""
            return Stage(step.number, step.short_name, NOW, planned, who=who)
        ended = [run for run in runs if run.outcome in (StepRunOutcome.DONE, StepRunOutcome.SKIPPED)]
        if not ended:
            return Stage(step.number, step.short_name, PLANNED, planned)
        run = ended[-1]
        assert run.ended_at is not None
        return Stage(
            step.number,
            step.short_name,
            SKIPPED if run.outcome == StepRunOutcome.SKIPPED else DONE,
            planned,
            age(run.entered_at, run.ended_at) if run.ended_at > run.entered_at else "",
            run.ended_at,
            run.ended_by.full_name if run.ended_by else "",
            run.due_at is not None and run.ended_at > run.due_at,
            len(ended),
        )

    @cached_property
    def notes(self) -> list[Note]:
        """The notes this person may read."""
        rows = self.case.notes.select_related("written_by")
        return list(rows if self.is_staff else rows.filter(is_internal=False))

    @cached_property
    def documents(self) -> list[Revision]:
        """The files this person may read, each in its last revision."""
        return documents_of(self.case, internal=self.is_staff)

    @cached_property
    def panels(self) -> list[tuple[Panel, dict[str, Any]]]:
        """What the floors above show: letters."""
        return [(panel, panel.context(self.case, self.user)) for panel in panels_for(self.user)]

    @cached_property
    def links(self) -> list[Link]:
        """The cases that belong to this one and that this person may see."""
        found = [Link.told(one, self.case.number) for one in getattr(self.case, "links_told", [])]
        if self.is_staff or not found:
            return found
        numbers = [one.number for one in found]
        seen = set(
            Case.objects.visible_to(self.user).filter(number__in=numbers).values_list("number", flat=True)
        )
        return [one for one in found if one.number in seen]

    @property
    def insiders(self) -> list[Insider]:
        """Who was let into a confidential case by name."""
        if not (self.case.is_confidential and self.is_staff):
            return []
        return [Insider.told(one) for one in insiders_of(self.case)]

    @property
    def may_admit(self) -> bool:
        """This person decides who else knows of the case."""
        return may_admit(self.case, self.user)

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What the room's own block prints."""
        return self.room.context(self.case, self.user)

    @cached_property
    def events(self) -> list[Event]:
        """Steps, notes, files, letters and what the room adds in one line of time, the newest first."""
        found = [*self._step_events(), *self._note_events(), *self._file_events()]
        found.extend(self.room.events(self.case, self.user))
        for panel, context in self.panels:
            found.extend(panel.events(context))
        return sorted(found, key=lambda event: event.at, reverse=True)

    def _step_events(self) -> list[Event]:
        return [
            Event(
                run.ended_at,
                "step",
                f"{run.step.number} {run.step.short_name}",
                run.note if self.is_staff else "",
                run.ended_by,
                run.on_behalf_of,
                icon="right" if run.outcome == StepRunOutcome.SKIPPED else "check",
            )
            for run in self.runs
            if run.ended_at is not None and run.outcome != StepRunOutcome.LEFT
        ] + [event for run in self.runs for pause in run.pauses for event in pause_events(pause)]

    def _note_events(self) -> list[Event]:
        return [
            Event(
                note.written_at,
                "note",
                _("Note"),
                note.text,
                note.written_by,
                icon="note",
                is_internal=note.is_internal,
            )
            for note in self.notes
        ]

    def _file_events(self) -> list[Event]:
        return [
            Event(
                revision.document.added_at,
                "file",
                revision.document.title,
                by=revision.document.added_by,
                icon="file",
                is_internal=revision.document.is_internal,
            )
            for revision in self.documents
        ]


def working_days(days: int) -> str:
    """The planned duration in words: “2 iş günü”."""
    return ngettext("%(days)d working day", "%(days)d working days", days) % {"days": days}


def pause_events(pause: dict[str, Any]) -> list[Event]:
    """The clock stopped, and the clock went on."""
    events = [
        Event(
            datetime.fromisoformat(pause["since"]),
            "step",
            _("The clock stopped"),
            pause["reason"],
            icon="pause",
        )
    ]
    if pause["until"]:
        events.append(
            Event(datetime.fromisoformat(pause["until"]), "step", _("The clock went on"), icon="clock")
        )
    return events
