"""Due times, dates and numbers in the words of the office."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from processes import wording
from processes.wording import DueWords, due_words

ISTANBUL = ZoneInfo("Europe/Istanbul")
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=ISTANBUL)


def told(due_at: datetime | None, **values: object) -> DueWords:
    with translation.override("tr"):
        return due_words(due_at, now=MONDAY, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("due_at", "words", "tone"),
    [
        (datetime(2026, 11, 20, 17, 0, tzinfo=ISTANBUL), "3 gün gecikti", "late"),
        (datetime(2026, 11, 23, 9, 59, tzinfo=ISTANBUL), "bugün doldu (09.59)", "late"),
        (datetime(2026, 11, 23, 17, 0, tzinfo=ISTANBUL), "bugün 17.00", "soon"),
        (datetime(2026, 11, 24, 17, 0, tzinfo=ISTANBUL), "1 iş günü kaldı", "soon"),
        (datetime(2026, 11, 25, 17, 0, tzinfo=ISTANBUL), "2 iş günü kaldı", "calm"),
        (datetime(2026, 11, 30, 17, 0, tzinfo=ISTANBUL), "5 iş günü kaldı", "calm"),
        (None, "süre yok", "wait"),
    ],
)
def test_due_words_by_how_near_the_day_is(due_at: datetime | None, words: str, tone: str) -> None:
    found = told(due_at)

    assert (found.words, found.tone) == (words, tone)


def test_due_words_leave_closed_days_out() -> None:
    closed = {date(2026, 11, 24), date(2026, 11, 25)}

    assert told(datetime(2026, 11, 26, 17, 0, tzinfo=ISTANBUL), closed_days=closed).words == "1 iş günü kaldı"


def test_due_words_when_the_clock_stands() -> None:
    assert told(MONDAY - timedelta(days=9), waiting=True) == DueWords("beklemede", "wait", "pause")


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(41, ("41 saat kaldı", "soon")), (23, ("23 saat kaldı", "late")), (-5, ("5 saat gecikti", "late"))],
)
def test_due_words_in_hours_for_the_72_hours_of_a_breach(hours: int, expected: tuple[str, str]) -> None:
    found = told(MONDAY + timedelta(hours=hours), in_hours=True)

    assert (found.words, found.tone) == expected


def test_due_words_in_english() -> None:
    with translation.override("en"):
        found = due_words(MONDAY + timedelta(days=2), now=MONDAY)

    assert found.words == "2 working days left"


def test_dates_are_written_as_in_the_office() -> None:
    with translation.override("tr"):
        found = (
            wording.short_date(MONDAY, today=MONDAY.date()),
            wording.short_date(date(2025, 1, 3), today=MONDAY.date()),
            wording.full_moment(MONDAY),
            wording.long_date(MONDAY),
        )

    assert found == ("23 Kas", "3 Oca 2025", "23.11.2026 10.00", "23 Kasım 2026, Pazartesi")


def test_a_moment_is_told_in_istanbul_time() -> None:
    late_in_london = datetime(2026, 11, 22, 22, 30, tzinfo=ZoneInfo("Europe/London"))

    with translation.override("tr"):
        assert wording.full_moment(late_in_london) == "23.11.2026 01.30"


@pytest.mark.parametrize(
    ("language", "expected"), [("tr", ("12.345,68", "%\u00a097,2")), ("en", ("12,345.68", "97.2%"))]
)
def test_numbers_follow_the_reader(language: str, expected: tuple[str, str]) -> None:
    with translation.override(language):
        assert (wording.number(Decimal("12345.678"), 2), wording.percent(97.2)) == expected


def test_a_percentage_is_never_rounded_by_half_to_even() -> None:
    with translation.override("tr"):
        assert wording.percent(Decimal("97.25")) == "%\u00a097,3"


@pytest.mark.parametrize(
    ("size", "words"), [(812, "812 bayt"), (48_000, "47 KB"), (1_468_006, "1,4 MB"), (3 * 1024**3, "3,0 GB")]
)
def test_file_size(size: int, words: str) -> None:
    with translation.override("tr"):
        assert wording.file_size(size) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(30, "0 dakika"), (720, "12 dakika"), (18_000, "5 saat"), (9 * 86_400, "9 gün")]
)
def test_age(seconds: int, words: str) -> None:
    with translation.override("tr"):
        assert wording.age(MONDAY - timedelta(seconds=seconds), MONDAY) == words


def test_initials_keep_turkish_letters() -> None:
    assert [wording.initials(name) for name in ("Işıl Çağlayan", "İbrahim", "")] == ["IÇ", "İ", ""]
