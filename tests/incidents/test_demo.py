"""The invented breaches: every state, the same ones each time, and nothing a clause would find amiss."""

from __future__ import annotations

from collections import Counter

from django.utils import timezone

from accounts.demo import build_people
from incidents import clauses
from incidents.demo import build
from incidents.models import Breach, LevelPlan, Sanction, Shift, State
from tests.processes.sheets import load


def test_every_state_but_the_merged_is_there(db: None) -> None:
    load()
    build_people()

    now = timezone.now()
    build(30, now)

    states = Counter(Breach.objects.values_list("state", flat=True))
    assert set(states) == set(State.values) - {State.MERGED}
    assert (LevelPlan.objects.count(), Shift.objects.at(now).count()) == (3, 1)
    assert Sanction.objects.exists()
    assert not Breach.objects.filter(is_confidential=False).exists()
    assert {number: found for number, (_how, check) in clauses.KEPT.items() if (found := list(check()))} == {}
