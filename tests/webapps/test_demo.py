"""The invented requests of the trial run."""

from __future__ import annotations

from collections import Counter

from accounts.demo import build_people
from processes.services.calendar import load_year
from tests.processes.sheets import load
from webapps import clauses, demo
from webapps.models import Application, Authority, Campaign, Difference, State


def test_the_trial_run_has_requests_in_every_open_state_and_something_of_everything(db: None) -> None:
    load()
    load_year(2026)
    build_people()

    made = demo.build(60)

    states = Counter(one.state for one in made)
    assert {State.REQUESTED, State.CLOSED} < set(states)
    assert len(states) >= 5
    assert Application.objects.count() == len(demo.APPLICATIONS)
    assert Authority.objects.open().exists()
    assert Campaign.objects.count() == 2
    assert set(Difference.objects.values_list("kind", flat=True)) == {"unknown", "extra", "missing"}
    assert clauses.unowned() == []
