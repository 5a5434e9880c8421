"""A sweep sees everything that is due, in portions, the earliest first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from processes import sweeping
from processes.models import JobRun

pytestmark = pytest.mark.django_db


def runs(*minutes: int) -> list[int]:
    now = timezone.now()
    return [
        JobRun.objects.create(job=f"j{place}", period="x", started_at=now + timedelta(minutes=late)).pk
        for place, late in enumerate(minutes)
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_every_row_comes_once_in_its_order_also_those_of_one_moment(size: int) -> None:
    now = timezone.now()
    late, early, *alike = runs(9, 1, 5, 5, 5)
    JobRun.objects.filter(pk__in=alike).update(started_at=now + timedelta(minutes=5))

    assert list(sweeping.keys(JobRun.objects.all(), "started_at", size)) == [early, *alike, late]


def test_what_leaves_the_rows_meanwhile_is_not_missed_by_the_others() -> None:
    first, second, third = runs(1, 2, 3)
    waiting = JobRun.objects.filter(last_error="")
    seen = []

    for pk in sweeping.keys(waiting, "started_at", 1):
        seen.append(pk)
        JobRun.objects.filter(pk=pk).update(last_error="x")

    assert seen == [first, second, third]


def test_what_stays_is_not_looked_at_twice() -> None:
    assert len(list(sweeping.keys(JobRun.objects.filter(pk__in=runs(*[0] * 7)), "started_at", 2))) == 7
