"""What changed between two editions of a sub-process, field by field and step by step."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Role
from processes.exchange import EditionText, StepText

EDITION_FIELDS: dict[str, str | Promise] = {
    "name": gettext_lazy("Name"),
    "main_process": gettext_lazy("Main process"),
    "process": gettext_lazy("Process"),
    "owner": gettext_lazy("Process owner"),
    "purpose": gettext_lazy("Purpose"),
    "inputs": gettext_lazy("Inputs"),
    "outputs": gettext_lazy("Outputs"),
    "repeats": gettext_lazy("Number of repetitions in a year"),
    "period": gettext_lazy("Period of repetition in a year"),
}
STEP_FIELDS: dict[str, str | Promise] = {
    "number": gettext_lazy("Number"),
    "name": gettext_lazy("Name"),
    "short_name": gettext_lazy("Short name"),
    "roles": gettext_lazy("Taken by"),
    "uses": gettext_lazy("Documents and systems used"),
    "days": gettext_lazy("Planned working days"),
    "condition": gettext_lazy("Runs only when"),
}


@dataclass(frozen=True)
class Change:
    """One field that reads otherwise now."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class StepChange:
    """What became of one step: added, removed, moved or changed (or several of the last two)."""

    number: str
    key: str
    name: str
    kind: str
    changes: tuple[Change, ...] = ()
    old_position: int | None = None
    new_position: int | None = None


@dataclass(frozen=True)
class Difference:
    """Everything in which two editions differ."""

    fields: tuple[Change, ...]
    steps: tuple[StepChange, ...]

    def __bool__(self) -> bool:
        return bool(self.fields or self.steps)


def difference(old: EditionText, new: EditionText) -> Difference:
    """Compare two editions; steps are matched by their code names, so a renumbered step is still the same step."""
    return Difference(_changes(old, new, EDITION_FIELDS), tuple(_steps(old.steps, new.steps)))


def _steps(old: tuple[StepText, ...], new: tuple[StepText, ...]) -> list[StepChange]:
    before = {step.key: (place, step) for place, step in enumerate(old, start=1)}
    after = {step.key: (place, step) for place, step in enumerate(new, start=1)}
    moved = _moved([step.key for step in old], [step.key for step in new])
    found: list[StepChange] = []
    for key, (place, step) in after.items():
        if key not in before:
            found.append(StepChange(step.number, key, step.name, "added", new_position=place))
            continue
        was, former = before[key]
        changes = _changes(former, step, STEP_FIELDS)
        if changes or key in moved:
            kind = "changed" if changes else "moved"
            positions = (was, place) if key in moved else (None, None)
            found.append(StepChange(step.number, key, step.name, kind, changes, *positions))
    found += [
        StepChange(step.number, key, step.name, "removed", old_position=place)
        for key, (place, step) in before.items()
        if key not in after
    ]
    return found


def _moved(old: list[str], new: list[str]) -> set[str]:
    """The steps that stand elsewhere among the others; one taken from between two others moves neither of them."""
    kept_old = [key for key in old if key in new]
    kept_new = [key for key in new if key in old]
    matcher = SequenceMatcher(None, kept_old, kept_new, autojunk=False)
    stayed = {
        key for block in matcher.get_matching_blocks() for key in kept_old[block.a : block.a + block.size]
    }
    return set(kept_old) - stayed


def _changes(old: Any, new: Any, fields: dict[str, str | Promise]) -> tuple[Change, ...]:
    return tuple(
        Change(str(label), said(name, getattr(old, name)), said(name, getattr(new, name)))
        for name, label in fields.items()
        if getattr(old, name) != getattr(new, name)
    )


def said(name: str, value: Any) -> str:
    """A value as the process form prints it."""
    if name == "days":
        return _("Continuous") if value is None else _("%(count)d working days") % {"count": value}
    if name == "roles":
        return ", ".join(str(Role(role).label) if role in Role.values else role for role in value)
    if isinstance(value, tuple):
        return ", ".join(value)
    return str(value)
