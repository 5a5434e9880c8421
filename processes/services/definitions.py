"""Bringing editions of the catalogue in and preparing new ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import authority_for
from accounts.models import User
from audit.context import because, signed_in
from processes import approval, exchange
from processes.errors import NotPermitted, RuleBroken, WrongState
from processes.exchange import EditionText, StepText
from processes.gate import principal, save
from processes.models import Definition, DefinitionState, StepDefinition, Subprocess

IN_PREPARATION = (DefinitionState.DRAFT, DefinitionState.CHECKED)


def load_catalogue(by: User | None = None) -> list[Definition]:
    """Bring in the reference editions of sub-processes that have none yet; they are in force at once.

    Running it again changes nothing. Returns the editions it brought in.
    """
    with transaction.atomic(), signed_in(by) if by else nullcontext(), because(step="load"):
        present = set(Definition.objects.values_list("subprocess__number", flat=True))
        return [_adopted(edition) for edition in exchange.reference() if edition.number not in present]


def editions_in_force() -> QuerySet[Definition]:
    """The approved edition of every sub-process, in the order of the numbers."""
    return (
        Definition.objects.filter(state=DefinitionState.APPROVED)
        .select_related("subprocess")
        .prefetch_related("steps")
        .order_by("subprocess__number")
    )


def in_preparation(subprocess: Subprocess) -> Definition | None:
    """The edition being prepared, if there is one."""
    return subprocess.definitions.filter(state__in=IN_PREPARATION).first()


def former_of(definition: Definition) -> Definition | None:
    """The edition before this one that was in force: what a reader compares it with."""
    return (
        Definition.objects.filter(
            subprocess=definition.subprocess_id,
            edition__lt=definition.edition,
            state__in=(DefinitionState.APPROVED, DefinitionState.RETIRED),
        )
        .exclude(prepared_by__isnull=False, approved_by__isnull=True)  # given up before it was in force
        .order_by("state", "-edition")
        .first()
    )


def copy(source: Definition, *, by: User, note: str) -> Definition:
    """Begin a new edition from an existing one; `note` says what is going to change and why."""
    if not note.strip():
        raise RuleBroken(
            _("Write what changes and why."), fields={"change_note": [_("Write what changes and why.")]}
        )
    return draft(exchange.text_of(source), by=by, note=note)


def draft(edition: EditionText, *, by: User, note: str = "") -> Definition:
    """A new draft with that content; the one who brings it is its preparer."""
    authority = authority_for(by, approval.PREPARERS)
    if authority is None:
        raise NotPermitted(_("Only the leads and the unit head prepare an edition."))
    with transaction.atomic(), because(step="prepare", reason=note, on_behalf_of=principal(authority)):
        subprocess = Subprocess.objects.select_for_update().filter(number=edition.number).first()
        if subprocess is None:
            raise RuleBroken(
                _("There is no sub-process %(number)s; the unit head registers it first.")
                % {"number": edition.number}
            )
        if waiting := in_preparation(subprocess):
            raise WrongState(
                _("Edition %(edition)d of %(number)s is already being prepared.")
                % {"edition": waiting.edition, "number": subprocess.number}
            )
        return _stored(subprocess, edition, prepared_by=by, note=note)


def bring(content: bytes, *, by: User, note: str) -> list[Definition]:
    """Take a catalogue file in: a draft for every sub-process in it, all of them or none."""
    with transaction.atomic():
        return [draft(edition, by=by, note=note) for edition in exchange.read(content)]


def change(
    definition: Definition,
    *,
    by: User,
    values: Mapping[str, Any] | None = None,
    steps: Sequence[StepText] | None = None,
    version: int | None = None,
) -> Definition:
    """Write into a draft: fields of the form, and the whole list of steps in its new order.

    A step keeps its row by its code name, so the trail tells what changed in it.
    """
    with approval.GATE.move("prepare", definition, by=by, version=version) as locked:
        for name, value in (values or {}).items():
            setattr(locked, name, value)
        if steps is not None:
            _write_steps(locked, steps)
    return locked


def _write_steps(definition: Definition, steps: Sequence[StepText]) -> None:
    keys = [step.key for step in steps]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        raise RuleBroken(_("Two steps of a definition cannot share a code name.") + f" ({', '.join(twice)})")
    present = {row.key: row for row in definition.steps.all()}
    for key, row in present.items():
        if key not in keys:
            row.delete()
    for position, step in enumerate(steps, start=1):
        row = present.get(step.key) or StepDefinition(definition=definition)
        for name, value in {**step.columns, "position": position}.items():
            setattr(row, name, value)
        try:
            save(row)
        except RuleBroken as refusal:
            raise RuleBroken(
                _("Step %(number)s: %(refusal)s") % {"number": step.number, "refusal": refusal.message}
            ) from refusal


def _adopted(edition: EditionText) -> Definition:
    subprocess, _created = Subprocess.objects.get_or_create(
        number=edition.number, defaults={"code": edition.code, "sdp_codes": list(edition.sdp_codes)}
    )
    definition = _stored(subprocess, edition)
    approval.adopt(definition)
    return definition


def _stored(
    subprocess: Subprocess, edition: EditionText, *, prepared_by: User | None = None, note: str = ""
) -> Definition:
    """The next edition of a sub-process as a draft, with its steps."""
    latest = subprocess.definitions.aggregate(latest=Max("edition"))["latest"] or 0
    definition = Definition(
        subprocess=subprocess,
        edition=latest + 1,
        prepared_by=prepared_by,
        prepared_at=timezone.now() if prepared_by else None,
        **{**edition.columns, "change_note": note or edition.change_note},
    )
    save(definition)
    _write_steps(definition, edition.steps)
    return definition
