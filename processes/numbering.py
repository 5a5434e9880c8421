"""Case numbers without gaps: 5.3.6/2026/000123."""

from datetime import datetime

from django.db import connection
from django.utils import timezone

from processes.models import CaseCounter, Subprocess


def next_number(subprocess: Subprocess, now: datetime) -> str:
    """The next number of a sub-process in the year of `now`.

    The counter's row stays locked until the transaction ends, so a case that is not kept gives its number back.
    """
    year = timezone.localtime(now).year
    table = connection.ops.quote_name(CaseCounter._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} AS counter (subprocess_id, year, last) VALUES (%s, %s, 1) "  # noqa: S608
            "ON CONFLICT ON CONSTRAINT case_counter_once DO UPDATE SET last = counter.last + 1 RETURNING last",
            (subprocess.pk, year),
        )
        (last,) = cursor.fetchone()
    return f"{subprocess.number}/{year}/{last:06d}"
