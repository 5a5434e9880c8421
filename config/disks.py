"""Room on the disks the portal stands on: its files, its seals, its backups, and the database with its log."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from config.grading import graded
from config.monitoring import Finding, Level

DISK_LOOK, DISK_ACT = 80, 90  # per cent used
GB = 10**9
DATABASES = """
SELECT coalesce(sum(pg_database_size(oid)), 0)::bigint, has_function_privilege('pg_ls_waldir()', 'execute')
  FROM pg_database WHERE has_database_privilege(oid, 'CONNECT')
"""
LOG = "SELECT coalesce(sum(size), 0)::bigint FROM pg_ls_waldir()"
# Without the right to look into the folder: what the server keeps at the most in quiet times, what a copy has not fetched yet,
# and what was not archived yet. The last two know no limit.
KEPT_LOG = """
SELECT greatest(
    pg_size_bytes(current_setting('max_wal_size')),
    pg_size_bytes(current_setting('wal_keep_size')),
    (SELECT max(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)) FROM pg_replication_slots)::bigint
), pg_size_bytes(current_setting('wal_segment_size')), pg_walfile_name(pg_current_wal_lsn()),
(SELECT last_archived_wal FROM pg_stat_archiver WHERE current_setting('archive_mode') <> 'off')
"""


def disk(folder: Callable[[], Path], *, is_written: bool = True) -> Callable[[], Finding]:
    """Room on the disk of a folder; and that it can be written to, where this program is the one that writes."""

    def look() -> Finding:
        place = _existing(folder())
        if is_written and (not os.access(place, os.W_OK) or os.statvfs(place).f_flag & os.ST_RDONLY):
            return Finding(Level.ACT, _("The folder cannot be written to."))
        used, free = _used(place)
        sentence = _("%(percent)d %% used, %(free).1f GB free.") % {"percent": used, "free": free / GB}
        return Finding(graded(used, DISK_LOOK, DISK_ACT), sentence)

    return look


def database_disk() -> Finding:
    """Room for the database and its log: on the disks themselves where they are this machine's, else against their size."""
    place = str(settings.ENV.database_disk)
    size, log = database_size()
    values = {"size": size / GB, "log": log / GB}
    if not place:
        sentence = _(
            "The database takes %(size).1f GB, its log up to %(log).1f GB; how large their disk is stands in no setting."
        )
        return Finding(Level.LOOK if settings.PRODUCTION else Level.UNKNOWN, sentence % values)
    if place.isdecimal():
        room = int(place) * GB
        used, free = round(100 * (size + log) / room), max(0, room - size - log)
    elif all(Path(one).is_dir() for one in place.split(os.pathsep)):
        used, free = max(_used(Path(one)) for one in place.split(os.pathsep))  # the fullest decides
    else:
        return Finding(Level.ACT, _("The folder named for the disk of the database is not there."))
    sentence = _(
        "%(percent)d %% used, %(free).1f GB free; the database takes %(size).1f GB, its log up to %(log).1f GB."
    )
    return Finding(
        graded(used, DISK_LOOK, DISK_ACT), sentence % {"percent": used, "free": free / GB, **values}
    )


def database_size() -> tuple[int, int]:
    """Bytes of all databases of the server that this program may enter, and of its write-ahead log."""
    with connection.cursor() as cursor:
        cursor.execute(DATABASES)
        size, may_look = cursor.fetchone()
        if may_look:
            cursor.execute(LOG)
            return size, cursor.fetchone()[0]
        cursor.execute(KEPT_LOG)
        kept, segment, now, archived = cursor.fetchone()
    return size, max(
        kept, (segment_number(now, segment) - segment_number(archived or now, segment)) * segment
    )


def segment_number(name: str, size: int) -> int:
    """Which segment of the log a file is, counted from the first: its name is timeline, upper and lower half of the place."""
    return int(name[8:16], 16) * (2**32 // size) + int(name[16:24], 16)


def _used(place: Path) -> tuple[int, int]:
    """Per cent used, and bytes free."""
    room = shutil.disk_usage(place)
    return round(100 * (room.total - room.free) / room.total) if room.total else 100, room.free


def _existing(folder: Path) -> Path:
    return next(place for place in (folder, *folder.parents) if place.exists())
