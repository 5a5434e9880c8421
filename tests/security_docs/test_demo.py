"""The invented register: every state, the same each time, quickly made."""

from __future__ import annotations

import pytest

from accounts.demo import build_people
from security_docs import clauses
from security_docs.demo import REGISTER, build
from security_docs.models import (
    Announcement,
    Compliance,
    Document,
    Kind,
    Reading,
    State,
    Version,
    VersionState,
)
from tests.processes.sheets import load


@pytest.fixture
def province(db: None) -> None:
    load()
    build_people()
    build(30)


def test_the_register_has_something_in_every_state(province: None) -> None:
    states = set(Version.objects.values_list("state", flat=True))

    assert Document.objects.count() == len(REGISTER)
    assert states == set(VersionState.values) - {"discarded"}
    assert set(Compliance.objects.values_list("state", flat=True)) == set(State.values)
    assert Announcement.objects.public().count() == 2
    assert Reading.objects.filter(signed_at__isnull=False).count() == 60
    assert [clauses.documented(kind)() for kind in (Kind.EMERGENCY_PLAN, Kind.BACKUP_PLAN)] == [[], []]

    build(30)
    assert Document.objects.count() == len(REGISTER)
