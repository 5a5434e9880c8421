"""The approved catalogue for tests, loaded in a few statements."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

from django.apps import apps
from django.db import transaction
from django.db.models import Max

from esignature.models import CheckItem
from processes import catalogue
from processes.exchange import EditionText, reference
from processes.models import Definition, DefinitionState, StepDefinition, Subprocess

check_list = import_module("esignature.migrations.0002_check_list")


def load(*numbers: str) -> dict[str, Definition]:
    """The reference editions in force, by number (all of them when none is named), and the check list of forms.

    What is there already stays.

    Goes round the trail and the gate on purpose: hundreds of tests need the catalogue, none asks how it came.
    """
    catalogue.sheet.cache_clear()
    if not CheckItem.objects.exists():  # emptied with every other table by a test that committed
        check_list.add(apps, None)
    wanted = {edition.number: edition for edition in reference() if not numbers or edition.number in numbers}
    present = _in_force(wanted)
    if missing := [edition for number, edition in wanted.items() if number not in present]:
        with transaction.atomic():
            _put(missing)
        present = _in_force(wanted)
    return present


def _in_force(numbers: Iterable[str]) -> dict[str, Definition]:
    rows = Definition.objects.filter(state=DefinitionState.APPROVED, subprocess__number__in=numbers)
    return {row.subprocess.number: row for row in rows.select_related("subprocess")}


def _put(editions: list[EditionText]) -> None:
    Subprocess.objects.bulk_create(
        [Subprocess(number=one.number, code=one.code, sdp_codes=list(one.sdp_codes)) for one in editions],
        ignore_conflicts=True,
    )
    subprocesses = {row.number: row for row in Subprocess.objects.all()}
    latest = dict(Definition.objects.values_list("subprocess__number").annotate(Max("edition")).order_by())
    definitions = Definition.objects.bulk_create(
        Definition(subprocess=subprocesses[one.number], edition=latest.get(one.number, 0) + 1, **one.columns)
        for one in editions
    )
    StepDefinition.objects.bulk_create(
        StepDefinition(definition=definition, position=place, **step.columns)
        for definition, one in zip(definitions, editions, strict=True)
        for place, step in enumerate(one.steps, start=1)
    )
    Definition.objects.filter(pk__in=[row.pk for row in definitions]).update(state=DefinitionState.APPROVED)
