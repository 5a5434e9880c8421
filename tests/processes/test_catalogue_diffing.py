"""What changed between two editions: steps are matched by their code names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from processes.diffing import Change, difference
from processes.exchange import EditionText, reference

pytestmark = pytest.mark.usefixtures("in_english")


@pytest.fixture
def edition() -> EditionText:
    return next(one for one in reference() if one.number == "5.3.6")


def told(old: EditionText, new: EditionText) -> list[tuple[str, str]]:
    return [(step.key, step.kind) for step in difference(old, new).steps]


def test_an_edition_does_not_differ_from_itself(edition):
    assert not difference(edition, edition)


def test_a_field_of_the_head(edition):
    found = difference(edition, replace(edition, outputs=("Altyapı kurulumu", "Rapor")))

    assert found.fields == (Change("Outputs", "Altyapı kurulumu", "Altyapı kurulumu, Rapor"),)


def test_a_planned_duration_that_becomes_continuous(edition):
    steps = tuple(replace(step, days=None) if step.key == "supply" else step for step in edition.steps)

    [step] = difference(edition, replace(edition, steps=steps)).steps

    assert step.changes == (Change("Planned working days", "2 working days", "Continuous"),)


def test_a_step_left_out_moves_no_other(edition):
    steps = tuple(step for step in edition.steps if step.key != "supply")

    assert told(edition, replace(edition, steps=steps)) == [("supply", "removed")]
    assert told(replace(edition, steps=steps), edition) == [("supply", "added")]


def test_a_step_that_changes_its_place_is_moved_alone(edition):
    first, *rest = edition.steps

    assert told(edition, replace(edition, steps=(*rest, first))) == [("report", "moved")]


def test_a_renumbered_step_is_the_same_step(edition):
    steps = tuple(replace(step, number="5.3.6.7") if step.key == "inform" else step for step in edition.steps)

    [step] = difference(edition, replace(edition, steps=steps)).steps

    assert (step.key, step.kind, step.changes[0].old, step.changes[0].new) == (
        "inform",
        "changed",
        "5.3.6.6",
        "5.3.6.7",
    )
