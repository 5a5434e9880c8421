"""The duties about backups: each check finds what is amiss, and only that."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from processes import clauses
from processes.keepers import operations
from processes.models import JobOutcome, JobRun

pytestmark = pytest.mark.django_db


def ran(job: str, *, days: float = 0.1, **counts: int) -> None:
    """A run that ended well so many days ago."""
    at = timezone.now() - timedelta(days=days)
    JobRun.objects.create(
        job=job, period=f"{at:%Y%m%dT%H%M%SZ}", outcome=JobOutcome.DONE, runs=1, started_at=at, ended_at=at, counts=counts
    )  # fmt: skip


@pytest.fixture
def in_order() -> None:
    """Seven nights with their backups, the last one tried."""
    for days in range(7):
        ran("backup", days=days + 0.1, kilobytes=1000 + days, generations=7)
    ran("restore_drill", seconds=20)


def findings() -> dict[str, list[str]]:
    return {number: check() for number, (_how, check) in operations.KEPT.items()}


def test_nights_with_their_backups_leave_nothing_to_say(in_order):
    assert findings() == {number: [] for number in operations.KEPT}


def test_an_installation_without_backups_is_told_so():
    found = findings()
    assert found["5.2.8"] == []
    assert all(found[number] for number in ("5.2", "5.2.9", "5.2.10", "5.2.12"))


def test_a_missed_night_is_found():
    ran("backup", days=1.2, kilobytes=1, generations=3)
    assert len(operations.is_made()) == 1


def test_a_failed_backup_does_not_count(in_order):
    JobRun.objects.filter(job="backup").update(outcome=JobOutcome.FAILED)
    assert len(operations.is_made()) == 1


def test_two_generations_are_too_few(in_order):
    ran("backup", days=0, kilobytes=1000, generations=2)
    assert len(operations.has_generations()) == 1


@pytest.mark.parametrize(("size", "found"), [(1000, 0), (1390, 0), (1500, 1), (610, 0), (10, 1)])
def test_an_unusual_size_is_found(in_order, size, found):
    ran("backup", days=0, kilobytes=size, generations=8)
    assert len(operations.has_usual_size()) == found


def test_a_drill_too_long_ago_is_found():
    ran("restore_drill", days=32, seconds=20)
    assert len(operations.is_tried()) == len(operations.is_back_in_time()) == 1


def test_a_drill_that_took_too_long_is_found():
    ran("restore_drill", seconds=5 * 3600)
    assert operations.is_tried() == []
    assert len(operations.is_back_in_time()) == 1


def test_the_board_shows_them():
    kept = {
        line.clause.number
        for line in clauses.board()
        if any(one.app == "operations" for one in line.keepings)
    }
    assert kept == set(operations.KEPT)
