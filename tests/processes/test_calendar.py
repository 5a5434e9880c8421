"""Working days and deadlines: worked examples of the office and properties that hold for any dates."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processes.calendar import OFFICE, Deadline, add_working_days, is_working_day, plan, turkish_holidays

HOLIDAYS = turkish_holidays(2026)
CLOSED = {day: name for day, name, kind in HOLIDAYS if kind != "half"}
HALVES = frozenset(day for day, _name, kind in HOLIDAYS if kind == "half")


def at(day: int, month: int, hour: int = 10, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=OFFICE)


def due(entered_at: datetime, days: int, *spans: tuple[datetime, datetime | None, str]) -> Deadline:
    return plan(entered_at, days, CLOSED, HALVES, spans)


# Worked examples


def test_three_working_days_across_the_republic_day() -> None:
    found = due(at(27, 10), 3)
    assert found.due == at(2, 11, 17)
    assert found.counted == (date(2026, 10, 28), date(2026, 10, 30), date(2026, 11, 2))
    assert found.skipped == ((date(2026, 10, 29), "Cumhuriyet Bayramı"),)


def test_a_deadline_on_a_half_day_falls_at_noon() -> None:
    found = due(at(27, 10), 1)
    assert (found.due, found.due_on_half_day) == (at(28, 10, 12), True)


def test_sacrifice_feast_with_its_eve() -> None:
    found = due(at(25, 5), 2)
    assert found.due == at(1, 6, 17)
    assert found.counted == (date(2026, 5, 26), date(2026, 6, 1))
    assert [name for _day, name in found.skipped] == ["Kurban Bayramı"] * 3


def test_administrative_leave_moves_the_deadline() -> None:
    leave = {date(2026, 5, 25): "İdari izin", date(2026, 5, 26): "İdari izin"}
    found = plan(at(22, 5), 1, CLOSED | leave, HALVES, ())
    assert found.due == at(1, 6, 17)
    assert found.skipped[0] == (date(2026, 5, 25), "İdari izin")


@pytest.mark.parametrize("entered_at", [at(21, 11), at(22, 11), at(20, 11, 23, 59)])
def test_entered_in_the_evening_or_at_the_weekend_is_due_on_monday(entered_at: datetime) -> None:
    assert due(entered_at, 1).due == at(23, 11, 17)


def test_the_day_of_entry_is_told_by_the_clock_of_istanbul() -> None:
    late_on_thursday_in_utc = datetime(2026, 11, 19, 22, 30, tzinfo=UTC)
    assert due(late_on_thursday_in_utc, 1).due == at(23, 11, 17)


def test_no_planned_day_is_due_the_same_day() -> None:
    assert due(at(17, 11), 0).due == at(17, 11, 17)


def test_no_planned_day_at_the_weekend_is_due_on_monday() -> None:
    assert due(at(21, 11), 0).due == at(23, 11, 17)


def test_a_wait_moves_the_deadline_by_the_days_the_clock_stood_still() -> None:
    found = due(at(16, 11), 3, (at(17, 11, 11), at(19, 11, 9), "Yedek parça bekleniyor"))
    assert found.due == at(23, 11, 17)
    assert found.counted == (date(2026, 11, 19), date(2026, 11, 20), date(2026, 11, 23))
    assert [(wait.reason, wait.working_days) for wait in found.waits] == [("Yedek parça bekleniyor", 2)]


def test_a_wait_within_one_day_moves_nothing() -> None:
    assert due(at(16, 11), 3, (at(17, 11, 9), at(17, 11, 16), "x")).due == due(at(16, 11), 3).due


def test_a_wait_over_the_weekend_only_moves_nothing() -> None:
    found = due(at(19, 11), 2, (at(20, 11, 17, 30), at(23, 11, 8), "x"))
    assert (found.due, found.waited) == (at(23, 11, 17), 0)


def test_a_wait_from_friday_noon_to_monday_moves_by_one_day() -> None:
    found = due(at(19, 11), 2, (at(20, 11, 12), at(23, 11, 8), "x"))
    assert (found.due, found.waited) == (at(24, 11, 17), 1)


def test_a_wait_that_began_on_the_day_of_entry_counts() -> None:
    assert due(at(16, 11), 1, (at(16, 11, 11), at(17, 11, 9), "x")).due == at(18, 11, 17)


def test_a_wait_after_the_deadline_does_not_mend_it() -> None:
    found = due(at(16, 11), 1, (at(18, 11), at(20, 11), "x"))
    assert (found.due, found.waited) == (at(17, 11, 17), 0)


def test_overlapping_waits_count_each_day_once() -> None:
    found = due(at(16, 11), 2, (at(17, 11), at(19, 11), "a"), (at(18, 11), at(20, 11), "b"))
    assert [wait.working_days for wait in found.waits] == [2, 1]
    assert found.due == at(23, 11, 17)


def test_a_wait_without_end_leaves_the_deadline_where_it_was() -> None:
    found = due(at(16, 11), 2, (at(17, 11), None, "x"))
    assert (found.due, found.waits[0].working_days) == (at(18, 11, 17), 0)


def test_official_days_of_2026_have_their_kinds() -> None:
    kinds = {day: kind for day, _name, kind in HOLIDAYS}
    assert kinds[date(2026, 10, 29)] == "public"
    assert kinds[date(2026, 5, 27)] == "religious"
    assert sorted(HALVES) == [date(2026, 3, 19), date(2026, 5, 26), date(2026, 10, 28)]
    assert len(HOLIDAYS) == len(kinds) == 17


def test_a_whole_holiday_wins_over_an_eve_on_the_same_day() -> None:
    days = [day for day, _name, _kind in turkish_holidays(2033)]
    assert len(days) == len(set(days))


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        plan(datetime(2026, 11, 16), 1, {}, frozenset(), ())  # noqa: DTZ001 - the missing zone is the point


def test_counting_backwards_is_refused() -> None:
    with pytest.raises(ValueError, match="forward"):
        add_working_days(date(2026, 11, 16), -1, set())


def test_the_module_needs_no_django() -> None:
    code = (
        "import sys; from datetime import date; from processes.calendar import add_working_days;"
        "assert 'django' not in sys.modules; print(add_working_days(date(2026, 11, 20), 1, set()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "2026-11-23"


# Properties

dates = st.dates(date(2020, 1, 1), date(2035, 12, 31))
closed_days = st.sets(dates, max_size=30)
moments = st.integers(0, 364 * 24 * 60).map(lambda minutes: at(1, 1, 0) + timedelta(minutes=minutes))


@given(dates, st.integers(0, 60), closed_days)
def test_the_result_is_a_working_day_not_before_the_start(start: date, days: int, closed: set[date]) -> None:
    found = add_working_days(start, days, closed)
    assert found >= start
    assert is_working_day(found, closed)


@given(dates, st.integers(1, 60), closed_days)
def test_exactly_so_many_working_days_lie_after_the_start(start: date, days: int, closed: set[date]) -> None:
    found = add_working_days(start, days, closed)
    between = [start + timedelta(days=n) for n in range(1, (found - start).days + 1)]
    assert sum(is_working_day(day, closed) for day in between) == days


@given(dates, st.integers(1, 30), st.integers(1, 30), closed_days)
def test_counting_in_two_goes_is_counting_in_one(
    start: date, first: int, then: int, closed: set[date]
) -> None:
    in_two = add_working_days(add_working_days(start, first, closed), then, closed)
    assert in_two == add_working_days(start, first + then, closed)


@given(dates, st.integers(0, 60), closed_days, dates)
def test_one_more_closed_day_never_brings_the_deadline_forward(
    start: date, days: int, closed: set[date], extra: date
) -> None:
    assert add_working_days(start, days, closed | {extra}) >= add_working_days(start, days, closed)


@given(moments, st.integers(0, 20), st.lists(st.tuples(moments, moments), max_size=4))
def test_a_deadline_is_moved_by_exactly_the_days_waited(
    entered_at: datetime, days: int, ends: list[tuple[datetime, datetime]]
) -> None:
    spans = [(min(pair), max(pair), "x") for pair in ends]
    found = due(entered_at, days, *spans)
    begun = days if is_working_day(entered_at.date(), CLOSED) else max(days, 1)
    assert found.due == due(entered_at, begun + found.waited).due
    assert found.waited == sum(wait.working_days for wait in found.waits)
    assert plan(entered_at, days, CLOSED, HALVES, spans) == found


@given(moments, st.integers(0, 20), moments, moments)
def test_waiting_longer_never_brings_the_deadline_forward(
    entered_at: datetime, days: int, first: datetime, second: datetime
) -> None:
    since, until = min(first, second), max(first, second)
    longer = until + timedelta(days=1)
    assert due(entered_at, days, (since, longer, "x")).due >= due(entered_at, days, (since, until, "x")).due
