"""The 72 hours are clock hours: nights, weekends, holidays and changes of the wall clock included."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from incidents.countdown import countdown, deadline, is_late, marks_passed

ISTANBUL = ZoneInfo("Europe/Istanbul")
BERLIN = ZoneInfo("Europe/Berlin")


def hours_between(begin: datetime, end: datetime) -> float:
    return (end.astimezone(UTC) - begin.astimezone(UTC)).total_seconds() / 3600


@pytest.mark.parametrize(
    "learned",
    [
        datetime(2026, 11, 20, 17, 55, tzinfo=ISTANBUL),  # a Friday evening
        datetime(2026, 5, 26, 12, 0, tzinfo=ISTANBUL),  # the eve of a religious holiday of four days
        datetime(2026, 12, 31, 23, 59, 59, tzinfo=ISTANBUL),
        datetime(2016, 3, 26, 12, 0, tzinfo=ISTANBUL),  # the clock was still put forward in the night after
        datetime(2026, 3, 28, 12, 0, tzinfo=BERLIN),  # an hour is left out in the night after
        datetime(2026, 10, 24, 12, 0, tzinfo=BERLIN),  # an hour comes twice in the night after
    ],
)
def test_the_deadline_is_72_real_hours_later(learned: datetime) -> None:
    assert hours_between(learned, deadline(learned)) == 72


def test_a_friday_evening_ends_on_monday_evening() -> None:
    learned = datetime(2026, 11, 20, 17, 55, tzinfo=ISTANBUL)

    assert deadline(learned) == datetime(2026, 11, 23, 17, 55, tzinfo=ISTANBUL)


def test_where_the_clock_goes_forward_the_wall_shows_an_hour_more() -> None:
    learned = datetime(2026, 3, 28, 12, 0, tzinfo=BERLIN)

    assert deadline(learned).hour == 13


@pytest.mark.parametrize(
    ("hours", "marks"),
    [
        (0, ()),
        (47.99, ()),
        (48, (24,)),
        (59.5, (24,)),
        (60, (24, 12)),
        (68, (24, 12, 4)),
        (72, (24, 12, 4, 0)),
        (99, (24, 12, 4, 0)),
    ],
)
def test_the_marks_come_one_after_the_other(hours: float, marks: tuple[int, ...]) -> None:
    learned = datetime(2026, 11, 20, 17, 55, tzinfo=ISTANBUL)

    assert marks_passed(learned, learned + timedelta(hours=hours)) == marks


def test_the_last_second_is_in_time_and_the_next_is_late() -> None:
    learned = datetime(2026, 11, 20, 17, 55, tzinfo=ISTANBUL)

    assert not is_late(learned, learned + timedelta(hours=72))
    assert is_late(learned, learned + timedelta(hours=72, seconds=1))


@pytest.mark.parametrize(
    ("hours", "told"),
    [
        (10, (62, 0, "wait", False)),
        (50.5, (21, 30, "soon", False)),
        (69, (3, 0, "late", False)),
        (73.25, (1, 15, "late", True)),
    ],
)
def test_what_is_left_is_told_in_hours_and_minutes(hours: float, told: tuple[object, ...]) -> None:
    learned = datetime(2026, 11, 20, 17, 55, tzinfo=ISTANBUL)

    found = countdown(learned, learned + timedelta(hours=hours))

    assert (found.hours, found.minutes, found.tone, found.is_over) == told
