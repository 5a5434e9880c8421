"""Dates, durations and numbers as the office writes them, in the language of the reader.

Pure functions: `now` and the closed days are passed in, so page, e-mail and PDF say the same.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from django.utils import formats, timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from accounts import clock

MINUTE, HOUR, DAY = 60, 3600, 86400
MISSING = "–"


@dataclass(frozen=True)
class DueWords:
    """How near a due time is: the sentence, the tone (late, soon, calm, wait) and the drawing that goes with it."""

    words: str
    tone: str
    icon: str


def due_words(
    due_at: datetime | None,
    *,
    now: datetime,
    closed_days: Container[date] = frozenset(),
    waiting: bool = False,
    in_hours: bool = False,
) -> DueWords:
    """The due time in words: working days that are left, calendar days it is late.

    `in_hours` counts hours without a calendar, as the 72 hours of a data breach are counted.
    """
    if waiting:
        return DueWords(_("waiting"), "wait", "pause")
    if due_at is None:
        return DueWords(_("no due date"), "wait", "clock")
    seconds = int((due_at - now).total_seconds())
    if in_hours:
        return _hours(seconds)
    today, day = clock.day_of(now), clock.day_of(due_at)
    if seconds < 0:
        days = (today - day).days
        if days == 0:
            return DueWords(_("was due at %(time)s") % {"time": clock_time(due_at)}, "late", "alert")
        words = ngettext("%(count)d day late", "%(count)d days late", days) % {"count": days}
        return DueWords(words, "late", "alert")
    if day == today:
        return DueWords(_("today %(time)s") % {"time": clock_time(due_at)}, "soon", "clock")
    left = working_days_between(today, day, closed_days)
    words = ngettext("%(count)d working day left", "%(count)d working days left", left) % {"count": left}
    return DueWords(words, "soon" if left <= 1 else "calm", "clock" if left <= 1 else "check")


def _hours(seconds: int) -> DueWords:
    hours, tone = abs(seconds) // HOUR, "late" if seconds < 24 * HOUR else "soon"
    if seconds < 0:
        words = ngettext("%(count)d hour late", "%(count)d hours late", hours) % {"count": hours}
    elif hours == 0:
        words = _("less than an hour left")
    else:
        words = ngettext("%(count)d hour left", "%(count)d hours left", hours) % {"count": hours}
    return DueWords(words, tone, "alert" if tone == "late" else "clock")


def working_days_between(first: date, last: date, closed_days: Container[date] = frozenset()) -> int:
    """Working days after `first` up to and with `last`; days in `closed_days` and weekends do not count."""
    days = (first + timedelta(days=step) for step in range(1, (last - first).days + 1))
    return sum(day.weekday() < 5 and day not in closed_days for day in days)


def age(since: datetime, now: datetime) -> str:
    """How long ago, in one unit: 9 days, 5 hours, 12 minutes."""
    seconds = max(int((now - since).total_seconds()), 0)
    if seconds >= DAY:
        days = seconds // DAY
        return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}
    if seconds >= HOUR:
        hours = seconds // HOUR
        return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
    minutes = seconds // MINUTE
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


def clock_time(moment: datetime) -> str:
    """The time of day: 14.20."""
    return date_format(timezone.localtime(moment), pgettext("time format", "H:i"))


def short_date(day: date, *, today: date | None = None) -> str:
    """A day of this year without its year: 23 Kas; else 23 Kas 2025."""
    day = _day(day)
    has_year = day.year != (today or clock.today()).year
    return _short(day, has_year, get_language())


@lru_cache(maxsize=4096)
def _short(day: date, has_year: bool, language: str | None) -> str:
    """Kept, since lists name the same few days over and over."""
    if has_year:
        return date_format(day, pgettext("short date format with year", "j M Y"))
    return date_format(day, pgettext("short date format", "j M"))


def full_date(day: date) -> str:
    """A day in figures: 23.11.2026."""
    return date_format(_day(day), pgettext("full date format", "d.m.Y"))


def long_date(day: date) -> str:
    """A day in words: 23 Kasım 2026, Pazartesi."""
    return date_format(_day(day), pgettext("long date format", "l, j F Y"))


def short_moment(moment: datetime) -> str:
    """Day and time as a timeline writes them: 23 Kas 11.02."""
    return f"{short_date(moment)} {clock_time(moment)}"


def full_moment(moment: datetime) -> str:
    """Day and time in figures: 23.11.2026 11.02."""
    return f"{full_date(moment)} {clock_time(moment)}"


def number(value: Decimal | float | int, places: int | None = None) -> str:
    """A number with the reader's separators: 12.345,6."""
    if places is not None:
        value = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return formats.number_format(value, places, use_l10n=True, force_grouping=True)


def percent(value: Decimal | float | int, places: int = 1) -> str:
    """A percentage as the reader writes it: % 97,2 in Turkish, 97.2% in English. `value` is 97.2, not 0.972."""
    return pgettext("percentage", "%(number)s%%") % {"number": number(value, places)}


def file_size(size: int) -> str:
    """The size of a file: 1,4 MB."""
    if size < 1024:
        return _("%(number)s bytes") % {"number": number(size)}
    if size < 1024**2:
        return f"{number(size / 1024, 0)} KB"
    if size < 1024**3:
        return f"{number(size / 1024**2, 1)} MB"
    return f"{number(size / 1024**3, 1)} GB"


def initials(name: str) -> str:
    """The first letters of the first and the last word of a name."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:]) if word)


def _day(day: date) -> date:
    return clock.day_of(day) if isinstance(day, datetime) else day
