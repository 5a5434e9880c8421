"""The invented breaches: every state, the same ones each time, and nothing a clause would find amiss."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

from accounts.demo import build_people
from incidents.demo import build
from incidents.models import Breach, LevelPlan, Sanction, Shift, State
from processes import clauses
from tests.processes.sheets import load

NOW = datetime(2026, 11, 22, 14, 0, tzinfo=ZoneInfo("Europe/Istanbul"))


def test_every_state_but_the_merged_is_there(db: None) -> None:
    load()
    build_people()

    build(30, NOW)

    states = Counter(Breach.objects.values_list("state", flat=True))
    assert set(states) == set(State.values) - {State.MERGED}
    assert (LevelPlan.objects.count(), Shift.objects.at(NOW).count()) == (3, 1)
    assert Sanction.objects.exists()
    assert not Breach.objects.filter(is_confidential=False).exists()
    lines = [line for line in clauses.board() if any(one.app == "incidents" for one in line.keepings)]
    assert {line.clause.number: line.findings for line in lines if line.findings} == {}
