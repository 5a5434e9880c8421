"""The invented province: every room gets its cases, once, and what it says while building is text."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command
from django.db.models import Count

from processes.models import Case
from processes.rooms import all_rooms
from tests.processes.sheets import load

pytestmark = pytest.mark.django_db


def test_every_room_gets_cases_and_a_second_call_adds_none() -> None:
    load()

    call_command("demo", cases=12, stdout=io.StringIO())
    found = dict(Case.objects.values_list("subprocess__number").annotate(found=Count("pk")))
    call_command("demo", cases=12, stdout=io.StringIO())

    assert set(found) == {room.number for room in all_rooms()}
    assert sum(found.values()) == Case.objects.count()
