"""The disks the portal stands on, and the database's as the database itself can tell."""

from __future__ import annotations

from collections import namedtuple
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from config import disks
from config.env import BadEnvironment, Mode, read
from config.monitoring import Level
from tests.database.logins import as_owner

Usage = namedtuple("Usage", "total used free")
GB = 10**9


@pytest.fixture
def filled(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A machine whose disks are filled to so many per cent."""

    def fill(percent: int) -> None:
        usage = Usage(100 * GB, percent * GB, (100 - percent) * GB)
        monkeypatch.setattr("shutil.disk_usage", lambda place: usage)

    return fill


LEVELS = pytest.mark.parametrize(
    ("used", "level"), [(79, Level.FINE), (80, Level.LOOK), (89, Level.LOOK), (90, Level.ACT)]
)


@LEVELS
def test_a_disk_that_fills_is_told(filled: Any, tmp_path: Path, used: int, level: Level) -> None:
    filled(used)
    assert disks.disk(lambda: tmp_path)().level is level


@LEVELS
@pytest.mark.django_db
def test_the_disk_of_a_database_on_this_machine_is_told(
    filled: Any, settings: Any, tmp_path: Path, used: int, level: Level
) -> None:
    settings.ENV = replace(settings.ENV, database_disk=str(tmp_path))
    filled(used)
    assert disks.database_disk().level is level


@LEVELS
@pytest.mark.django_db
def test_of_two_disks_of_the_database_the_fuller_decides(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, used: int, level: Level
) -> None:
    data, log = tmp_path / "data", tmp_path / "log"
    for folder in (data, log):
        folder.mkdir()
    settings.ENV = replace(settings.ENV, database_disk=f"{data}:{log}")
    monkeypatch.setattr(
        "shutil.disk_usage",
        lambda place: Usage(100 * GB, 0, (100 - used if place == log else 60) * GB),
    )
    found = disks.database_disk()
    assert (found.level, str(used) in str(found.sentence)) == (level, True)


@LEVELS
@pytest.mark.django_db
def test_the_disk_of_a_database_elsewhere_is_told_by_its_size(
    settings: Any, monkeypatch: pytest.MonkeyPatch, used: int, level: Level
) -> None:
    settings.ENV = replace(settings.ENV, database_disk="100")
    monkeypatch.setattr(disks, "database_size", lambda: ((used - 30) * GB, 30 * GB))
    assert disks.database_disk().level is level


@pytest.mark.django_db
def test_a_database_whose_disk_nobody_knows_is_told_in_production(settings: Any) -> None:
    settings.ENV = replace(settings.ENV, database_disk="")
    assert disks.database_disk().level is Level.UNKNOWN
    settings.PRODUCTION = True
    assert disks.database_disk().level is Level.LOOK


@pytest.mark.django_db
def test_a_folder_that_is_not_there_is_an_alarm(settings: Any, tmp_path: Path) -> None:
    for place in (f"{tmp_path / 'gone'}", f"{tmp_path}:{tmp_path / 'gone'}"):
        settings.ENV = replace(settings.ENV, database_disk=place)
        assert disks.database_disk().level is Level.ACT


@pytest.mark.django_db
def test_the_program_may_ask_for_the_size_of_the_database_and_its_log() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_database_size(current_database()), pg_size_bytes(current_setting('max_wal_size'))"
        )
        own, quiet = cursor.fetchone()
    size, log = disks.database_size()

    assert size >= own > 1_000_000
    assert log >= quiet  # without the right to look into the folder: what it may grow to


@pytest.mark.django_db(transaction=True)
def test_log_kept_for_a_copy_that_fetches_nothing_is_counted() -> None:
    with as_owner() as owner:
        owner.execute("SELECT pg_create_physical_replication_slot('forgotten', true)")
        try:
            owner.execute("SELECT pg_size_bytes(current_setting('max_wal_size'))")
            quiet = owner.fetchone()[0]
            owner.execute(
                "SELECT ceil(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)) FROM pg_replication_slots"
            )
            before = owner.fetchone()[0]
            with connection.cursor() as cursor:
                cursor.execute(disks.KEPT_LOG)
                kept = cursor.fetchone()[0]
        finally:
            owner.execute("SELECT pg_drop_replication_slot('forgotten')")
    assert kept >= max(quiet, before)


@pytest.mark.parametrize(
    ("name", "number"),
    [("000000010000000000000001", 1), ("0000000100000000000000FF", 255), ("000000020000000100000000", 256)],
)
def test_segments_of_the_log_are_counted_through(name: str, number: int) -> None:
    assert disks.segment_number(name, 16 * 2**20) == number


@pytest.mark.django_db
def test_seals_and_backups_are_looked_at_where_this_program_does_not_write(
    settings: Any, tmp_path: Path, filled: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from config import monitoring

    settings.SEALS_FOLDER = settings.BACKUPS_FOLDER = tmp_path
    monkeypatch.setattr("os.access", lambda place, how: False)
    for used, level in ((50, Level.FINE), (95, Level.ACT)):
        filled(used)
        found = {result.key: result.level for result in monitoring.look_at_all(cheap=True)}
        assert (found["seals-disk"], found["backups-disk"], found["files-disk"]) == (level, level, Level.ACT)


@pytest.mark.parametrize(
    ("text", "is_taken"),
    [("/srv/db", True), ("/srv/db:/srv/log", True), ("200", True), ("0", False), ("200 GB", False)],
)
def test_the_setting_is_a_folder_or_a_size(text: str, is_taken: bool) -> None:
    environ = {"SBS_MODE": Mode.TEST, "SBS_DATABASE_DISK": text}
    if is_taken:
        assert read(environ).database_disk == text
    else:
        with pytest.raises(BadEnvironment, match="SBS_DATABASE_DISK"):
            read(environ)


def test_a_private_database_lies_on_the_disk_of_the_working_files() -> None:
    assert read({"SBS_MODE": "test", "SBS_VAR": "/srv/var"}).database_disk == "/srv/var"
    assert read({"SBS_MODE": "test", "DATABASE_URL": "postgresql://db/sbs"}).database_disk == ""
