"""The process card: the fields of the official process form in their order, for the page and for paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.roles import Role
from processes.models import Definition, StepDefinition


@dataclass(frozen=True)
class CardStep:
    """One line of "Sürecin Uygulanması"."""

    number: str
    name: str
    condition: str
    roles: str
    uses: str
    duration: str


@dataclass(frozen=True)
class Signature:
    """One of the three boxes at the foot of the form."""

    title: str
    person: str
    at: datetime | None


@dataclass(frozen=True)
class Card:
    """The whole form: two blocks of pairs, the steps, the signatures."""

    planning: tuple[tuple[str, str], ...]
    subprocess: tuple[tuple[str, str], ...]
    steps: tuple[CardStep, ...]
    signatures: tuple[Signature, ...]


def card_of(definition: Definition) -> Card:
    """The card of an edition; it comes with its sub-process, steps and the people under it."""
    main_number, _space, main_name = definition.main_process.partition(" ")
    number, _space, name = definition.process.partition(" ")
    return Card(
        planning=(
            (_("Main process no."), main_number),
            (_("Name of the main process"), main_name),
            (_("Process no."), number),
            (_("Name of the process"), name),
            (_("Owner of the process"), definition.owner),
            (_("Purpose of the process"), definition.purpose),
        ),
        subprocess=(
            (_("Sub-process no."), definition.subprocess.number),
            (_("Name of the sub-process"), definition.name),
            (_("Inputs of the process"), ", ".join(definition.inputs)),
            (_("Outputs of the process"), ", ".join(definition.outputs)),
            (_("Number of repetitions of the sub-process in a year"), definition.repeats),
            (_("Period of repetition of the sub-process in a year"), definition.period),
        ),
        steps=tuple(_line(step) for step in definition.steps.all()),
        signatures=(
            _signed(_("Prepared by"), definition.prepared_by, definition.prepared_at),
            _signed(_("Checked by"), definition.checked_by, definition.checked_at),
            _signed(_("Approved by"), definition.approved_by, definition.approved_at),
        ),
    )


def duration(days: int | None) -> str:
    """A planned duration as the form writes it."""
    if days is None:
        return _("Continuous")
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


def titles(step: StepDefinition) -> str:
    """Who takes a step, by the printed titles."""
    return ", ".join(str(Role(role).label) for role in step.roles)


def _line(step: StepDefinition) -> CardStep:
    return CardStep(
        step.number,
        step.name,
        step.condition,
        titles(step),
        ", ".join(step.uses),
        duration(step.planned_days),
    )


def _signed(title: str, by: User | None, at: datetime | None) -> Signature:
    return Signature(title, by.get_full_name() if by else "", at)
