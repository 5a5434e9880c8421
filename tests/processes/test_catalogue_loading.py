"""The reference catalogue: 34 steps in seven editions, brought in once."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from audit.models import Entry
from processes import approval, catalogue, exchange
from processes.errors import RuleBroken
from processes.models import Definition, DefinitionState, StepDefinition, Subprocess
from processes.services import definitions
from tests.processes.sheets import load

pytestmark = pytest.mark.django_db


def every_edition() -> list[Definition]:
    return list(Definition.objects.select_related("subprocess").order_by("subprocess__number"))


def test_load_brings_in_the_34_steps_of_the_seven_sub_processes():
    definitions.load_catalogue()

    steps = {
        number: StepDefinition.objects.filter(definition__subprocess__number=number).count()
        for number in Subprocess.objects.values_list("number", flat=True)
    }

    assert steps == {"5.3.1": 4, "5.3.2": 6, "5.3.3": 3, "5.3.4": 4, "5.3.5": 4, "5.3.6": 7, "5.3.7": 6}
    signed = [*Definition.objects.values_list("state", "edition", "approved_by")]
    assert set(map(str, signed)) == {"('approved', 1, None)"}


def test_load_a_second_time_changes_nothing():
    definitions.load_catalogue()
    before = (
        list(Definition.objects.order_by("pk").values()),
        list(StepDefinition.objects.order_by("pk").values()),
    )

    assert definitions.load_catalogue() == []
    after = (
        list(Definition.objects.order_by("pk").values()),
        list(StepDefinition.objects.order_by("pk").values()),
    )
    assert after == before


def test_load_is_told_in_the_trail():
    [first, *_rest] = definitions.load_catalogue()

    told = Entry.objects.filter(object_pk=str(first.pk), content_type__model="definition")

    assert set(told.values_list("event", "step")) == {("created", "load"), ("adopted", "adopt")}


def test_both_steps_numbered_5_3_6_5_are_kept_apart_by_their_code_names():
    definition = load("5.3.6")["5.3.6"]

    same = [step.key for step in catalogue.sheet(definition.pk).steps if step.number == "5.3.6.5"]

    assert same == ["assign", "solve"]


def test_the_first_step_of_5_3_6_has_no_planned_duration():
    sheet = catalogue.sheet(load("5.3.6")["5.3.6"].pk)

    assert [step.planned_days for step in sheet.steps] == [None, 1, 1, 2, 1, 1, 1]


def test_every_reference_edition_follows_the_rules_of_the_form():
    load()

    faults = {
        definition.subprocess.number: approval.faults(definition, list(definition.steps.order_by("position")))
        for definition in every_edition()
    }

    assert set(faults) == {"5.3.1", "5.3.2", "5.3.3", "5.3.4", "5.3.5", "5.3.6", "5.3.7"}
    assert not any(faults.values())


def test_the_loader_for_tests_gives_what_the_real_one_gives():
    definitions.load_catalogue()
    real = [exchange.text_of(definition) for definition in every_edition()]
    Definition.objects.filter(state=DefinitionState.APPROVED).update(state=DefinitionState.RETIRED)

    quick = [exchange.text_of(definition) for definition in load("5.3.6").values()]

    assert [one.steps for one in quick] == [one.steps for one in real if one.number == "5.3.6"]


def test_export_and_reading_give_the_same_editions_back():
    load()

    written = exchange.write(list(definitions.editions_in_force()))

    assert exchange.read(written.encode()) == exchange.reference()


def test_the_command_exports_what_it_can_read_again(tmp_path, capsys):
    call_command("catalogue", "load")
    target = tmp_path / "catalogue.yaml"

    call_command("catalogue", "export", "5.3.6", "--to", str(target))

    [edition] = exchange.read(target.read_bytes())
    assert [step.key for step in edition.steps] == [
        "report",
        "assess",
        "plan",
        "supply",
        "assign",
        "solve",
        "inform",
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe\x00", "YAML"),
        (b"a: [", "YAML"),
        (b"[]", "sbs-catalogue/1"),
        (b"format: sbs-catalogue/1", "sub-process"),
        (b"format: sbs-catalogue/1\nsubprocesses: [{}]", "main_process"),
        (b"!!python/object/apply:os.system ['true']", "YAML"),
    ],
)
def test_reading_refuses_what_is_no_catalogue(content, words, settings):
    settings.LANGUAGE_CODE = "en"

    with pytest.raises(RuleBroken) as refusal:
        exchange.read(content)

    assert words in str(refusal.value)


def test_reading_names_the_entry_it_does_not_know():
    written = exchange.REFERENCE.read_bytes().replace(b"short_name: Tedarik", b"shortname: Tedarik")

    with pytest.raises(RuleBroken) as refusal:
        exchange.read(written)

    assert "subprocesses[5].steps[3].shortname" in str(refusal.value)
