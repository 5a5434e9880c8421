"""One clock decides in the whole house: that of the database.

Sessions, one-time codes and the periods of scheduled jobs go by it, so that a server whose own clock is wrong lets nobody
in who should be out and closes no month early. How far this machine is off is measured with each new connection, at most
a minute ago while people work; that it is off is an alarm of its own (`clock`).
"""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

from django.db import DatabaseError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

TOLERATED = 2.0  # seconds: nearer than this the two clocks are the same

_known: dict[str, float] = {}


def off() -> float:
    """Seconds by which the database's clock is ahead of this machine's; 0 while they agree."""
    if not _known:  # a program that has not spoken with the database yet
        with suppress(DatabaseError):
            connection.ensure_connection()
    return _known.get("off", 0.0)


def now() -> float:
    """The house's time in seconds, as `time.time()` tells this machine's."""
    return time.time() + off()


def moment() -> datetime:
    """The house's time."""
    return datetime.fromtimestamp(now(), UTC)


def day_of(moment: datetime) -> date:
    """The day a moment belongs to in the office: nobody is shown another time zone, so none is looked for."""
    return moment.astimezone(timezone.get_default_timezone()).date()


def today() -> date:
    """The day in the office; a page asks some dozens of times."""
    return day_of(timezone.now())


def measured(sender: Any, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """A new connection to the database: how far is this machine off?"""
    try:
        with connection.cursor() as cursor:
            before = time.time()
            cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
            there = cursor.fetchone()[0]
            found = there - (before + time.time()) / 2
    except DatabaseError:
        return  # whoever wanted the connection hears of it with the next question
    _known["off"] = found if abs(found) > TOLERATED else 0.0
