"""The approved catalogue, as running code asks for it.

A checked or approved definition never changes, so its steps are kept in memory by its primary key.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext as _

from processes.errors import RuleBroken
from processes.models import Case, Definition, DefinitionState, StepDefinition


@dataclass(frozen=True)
class Sheet:
    """The steps of one definition in their official order."""

    definition: Definition
    steps: tuple[StepDefinition, ...]

    @property
    def definition_id(self) -> int:
        """The definition's primary key."""
        return self.definition.pk

    @property
    def number(self) -> str:
        """The official number of the sub-process."""
        return self.definition.subprocess.number

    @property
    def name(self) -> str:
        """The official name of the sub-process."""
        return self.definition.name

    def step(self, key: str) -> StepDefinition | None:
        """The step of that code name, if the definition has one."""
        return next((step for step in self.steps if step.key == key), None)

    def roles(self, key: str) -> frozenset[str]:
        """Who takes that step; nobody when the definition does not have it."""
        step = self.step(key)
        return frozenset(step.roles) if step else frozenset()


@lru_cache(maxsize=256)
def sheet(definition_id: int) -> Sheet:
    """The sheet of a definition a case rests on."""
    definition = Definition.objects.select_related("subprocess").get(pk=definition_id)
    steps = tuple(StepDefinition.objects.filter(definition_id=definition_id).order_by("position"))
    return Sheet(definition, steps)


def place(case: Case) -> None:
    """Give a case its definition and the step it waits for from memory, instead of reading them with it."""
    known = sheet(case.definition_id)
    case.definition = known.definition
    waited_for = next((step for step in known.steps if step.pk == case.step_id), None)
    if waited_for is not None:
        case.step = waited_for


def approved(number: str) -> Definition:
    """The definition new cases of a sub-process begin with."""
    rows = Definition.objects.select_related("subprocess")
    try:
        return rows.get(subprocess__number=number, state=DefinitionState.APPROVED)
    except Definition.DoesNotExist:
        words = _("Sub-process %(number)s has no approved definition yet.") % {"number": number}
        raise RuleBroken(words) from None


def in_force() -> dict[str, int]:
    """The sub-processes that have an approved definition: their numbers, each with that definition's primary key."""
    rows = Definition.objects.filter(state=DefinitionState.APPROVED)
    return dict(rows.order_by().values_list("subprocess__number", "pk"))


def others(number: str) -> list[tuple[str, str]]:
    """The other sub-processes with an approved definition, as choices of number and name."""
    rows = Definition.objects.filter(state=DefinitionState.APPROVED).exclude(subprocess__number=number)
    return [
        (subprocess, f"{subprocess} {name}")
        for subprocess, name in rows.order_by("subprocess__number").values_list("subprocess__number", "name")
    ]
