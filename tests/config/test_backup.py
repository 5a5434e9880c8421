"""Backups are made, sealed, turned over, brought back, and refused when they are not what they should be: all for real."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg2
import pytest
from django.core.management import call_command
from django.db import connection, transaction

from config import backup, physical, restore, sets
from config.addresses import Addresses, with_database
from config.env import CHECKOUT, Environment, current
from config.envelopes import CHUNK, CannotOpen, Opening, Sealing
from config.restore import NotRestored
from config.sets import BackupSet, BadSet, kept, rotate, sets_in
from processes import files
from tests.accounts import people
from tests.database.logins import SEALER, entered_as

KEY = bytes(range(32))
NAME = "sbs_backup_target"


def sealed(plain: bytes, name: str = "a") -> bytes:
    target = io.BytesIO()
    writer = Sealing(target, KEY, name)
    for start in range(0, len(plain), 300_000):
        writer.write(plain[start : start + 300_000])
    writer.close()
    return target.getvalue()


def unsealed(content: bytes, key: bytes = KEY, name: str = "a") -> bytes:
    return Opening(io.BytesIO(content), key, name).readall()


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_what_was_sealed_opens(size: int) -> None:
    plain = os.urandom(size)
    assert unsealed(sealed(plain)) == plain


def test_what_is_sealed_shows_nothing_and_never_looks_the_same() -> None:
    plain = b"Ay\xc5\x9fe Y\xc4\xb1ld\xc4\xb1r\xc4\xb1m" * 10
    assert plain[:20] not in sealed(plain)
    assert sealed(plain) != sealed(plain)


def spoilt() -> Iterator[tuple[str, bytes]]:
    """Every way to tamper with a stream of three chunks."""
    whole = sealed(b"x" * (2 * CHUNK + 5))
    head, size = 45, CHUNK + 16
    first, second, last = (
        whole[head : head + size],
        whole[head + size : head + 2 * size],
        whole[head + 2 * size :],
    )
    start = whole[:head]
    yield "a bit", whole[:-30] + bytes([whole[-30] ^ 1]) + whole[-29:]
    yield "the salt", whole[:20] + bytes([whole[20] ^ 1]) + whole[21:]
    yield "cut at a chunk", start + first + second
    yield "cut inside", whole[:-3]
    yield "nothing left", start
    yield "swapped", start + second + first + last
    yield "one left out", start + first + last
    yield "something added", whole + b"x"
    yield "no head", b""


@pytest.mark.parametrize(
    ("what", "content"), list(spoilt()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_what_was_tampered_with_does_not_open(what: str, content: bytes) -> None:
    with pytest.raises(CannotOpen):
        unsealed(content)


def test_another_key_or_another_place_does_not_open() -> None:
    with pytest.raises(CannotOpen):
        unsealed(sealed(b"x"), key=bytes(32))
    with pytest.raises(CannotOpen):
        unsealed(sealed(b"x"), name="b")


def test_generations_are_kept_by_day_week_and_month() -> None:
    start = datetime(2025, 1, 1, 2, tzinfo=UTC)
    moments = [start + timedelta(hours=12 * number) for number in range(2 * 700)]
    stay = kept(moments)
    newest = max(moments)

    assert newest in stay
    assert {(newest - timedelta(days=number)).date() for number in range(31)} <= {one.date() for one in stay}
    assert len({one.strftime("%Y-%m") for one in stay}) == 12
    assert 31 + 10 <= len(stay) <= 31 + 5 + 12
    assert kept(stay) == stay


def test_few_generations_are_all_kept() -> None:
    moments = {datetime(2026, 11, day, tzinfo=UTC) for day in (1, 9, 22)}
    assert kept(moments) == moments


def empty_set(folder: Path, moment: datetime) -> BackupSet:
    made = BackupSet(folder / moment.strftime("%Y%m%dT%H%M%SZ"))
    made.folder.mkdir(parents=True)
    made.write_manifest({"parts": {}}, KEY)
    return made


def test_rotation_removes_whole_sets_and_leftovers_and_nothing_else(tmp_path: Path) -> None:
    now = datetime(2026, 11, 22, 2, tzinfo=UTC)
    twice_a_day = [empty_set(tmp_path, now - timedelta(hours=12 * number)) for number in range(4)]
    (tmp_path / "20261120T010000Z").mkdir()  # interrupted, older than the newest
    (tmp_path / "20261122T030000Z").mkdir()  # being written now
    (tmp_path / "notes").mkdir()

    removed = rotate(tmp_path)

    assert "20261120T010000Z" in removed
    assert sets_in(tmp_path) == [one for one in reversed(twice_a_day) if one.folder.name not in removed]
    assert {one.made_at.date() for one in sets_in(tmp_path)} == {one.made_at.date() for one in twice_a_day}
    assert len(sets_in(tmp_path)) < 4
    assert twice_a_day[0].folder.exists()
    assert (tmp_path / "notes").exists()
    assert (tmp_path / "20261122T030000Z").exists()
    assert not (tmp_path / "20261120T010000Z").exists()


@pytest.fixture
def installation(
    transactional_db: None, services: Addresses, tmp_path: Path, settings: pytest.FixtureRequest
) -> Environment:
    """An installation with rows and files, on the test database."""
    settings.MEDIA_ROOT = tmp_path / "files"  # type: ignore[attr-defined]  # pytest-django's settings
    with transaction.atomic():
        files.put(b"Rapor")
        files.put(b"Tutanak" * 300_000)
    (tmp_path / "seals").mkdir()
    (tmp_path / "seals" / "checkpoint").write_text("origin\n1\nroot\n", encoding="ascii")
    address = with_database(services.database, connection.settings_dict["NAME"])
    return replace(
        current(), database_url=address, files=tmp_path / "files", seals=tmp_path / "seals",
        backups=tmp_path / "backups", backup_key=KEY,
    )  # fmt: skip


@pytest.fixture
def empty_database(services: Addresses) -> Iterator[str]:
    """The address of a database with nothing in it."""
    with closing(psycopg2.connect(with_database(services.database, "postgres"))) as server:
        server.autocommit = True
        with server.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{NAME}"')
            cursor.execute(f'CREATE DATABASE "{NAME}" TEMPLATE template0')
            yield with_database(services.database, NAME)
            cursor.execute(f'DROP DATABASE "{NAME}" WITH (FORCE)')


def test_a_backup_comes_back_whole_on_another_cluster(installation: Environment) -> None:
    made = backup.make(installation)
    report = restore.verify(made, KEY)

    assert report.files == 2
    assert report.rows >= 2
    assert report.tables > 20
    assert 0 < report.seconds < 300
    assert "(RTO)" in report.text()
    assert {path.stat().st_mode & 0o777 for path in made.folder.glob("*.sealed")} == {0o600}


def test_a_sealed_trail_verifies_on_another_cluster(
    installation: Environment, settings: pytest.FixtureRequest, tmp_path: Path
) -> None:
    settings.SEALS_FOLDER = tmp_path / "seals"  # type: ignore[attr-defined]  # pytest-django's settings
    (tmp_path / "seals" / "checkpoint").unlink()
    with transaction.atomic():
        people.person()
    with entered_as(SEALER):
        call_command("audit", "seal", stdout=io.StringIO())
    with transaction.atomic():
        people.person()  # not sealed yet at the backup

    made = backup.make(installation)

    assert restore.verify(made, KEY).trail == "clean"


def test_a_backup_comes_back_into_an_empty_database_and_empty_folders_only(
    installation: Environment, empty_database: str, tmp_path: Path
) -> None:
    made = backup.make(installation)
    restore.restore(made, KEY, empty_database, tmp_path / "back", tmp_path / "back-seals")

    with closing(psycopg2.connect(empty_database)) as there, there.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM processes_storedfile")
        assert cursor.fetchone() == (2,)
    assert (tmp_path / "back-seals" / "checkpoint").read_text(encoding="ascii").startswith("origin")
    with pytest.raises(NotRestored, match="database is not empty"):
        restore.restore(made, KEY, empty_database, tmp_path / "other", tmp_path / "other-seals")
    with pytest.raises(NotRestored, match="back is not empty"):
        restore.require_no_files(tmp_path / "back")


def test_a_damaged_backup_fails_loudly_and_the_one_before_comes_back(
    installation: Environment, empty_database: str, tmp_path: Path
) -> None:
    before = backup.make(installation, now=datetime(2026, 11, 21, 2, tzinfo=UTC))
    made = backup.make(installation, now=datetime(2026, 11, 22, 2, tzinfo=UTC))
    part = made.folder / backup.DATABASE
    content = bytearray(part.read_bytes())
    content[len(content) // 2] ^= 1
    part.write_bytes(content)

    with pytest.raises(BadSet, match="not what was written"):
        restore.verify(made, KEY)
    with pytest.raises(CannotOpen):
        restore.restore_database(made, KEY, empty_database)
    with closing(psycopg2.connect(empty_database)) as there, there.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
        assert cursor.fetchone() == (0,)
    restore.restore(before, KEY, empty_database, tmp_path / "back", tmp_path / "back-seals")


def test_a_missing_file_or_row_is_noticed(
    installation: Environment, empty_database: str, tmp_path: Path
) -> None:
    made = backup.make(installation)
    restore.restore(made, KEY, empty_database, tmp_path / "back", tmp_path / "back-seals")
    told = made.manifest(KEY)["rows"]
    victim = next(path for path in (tmp_path / "back").rglob("*") if path.is_file())

    victim.write_bytes(b"something else")
    with pytest.raises(NotRestored, match="is not what it was"):
        restore.require_all_files(empty_database, tmp_path / "back")
    victim.unlink()
    with pytest.raises(NotRestored, match="1 files are missing"):
        restore.require_all_files(empty_database, tmp_path / "back")
    with closing(psycopg2.connect(empty_database)) as there, there, there.cursor() as cursor:
        cursor.execute(
            "DELETE FROM processes_storedfile WHERE id = (SELECT max(id) FROM processes_storedfile)"
        )
    with pytest.raises(NotRestored, match=r"Other row counts.*processes_storedfile"):
        restore.require_same_rows(empty_database, told)


def test_the_list_of_a_set_cannot_be_rewritten(tmp_path: Path) -> None:
    made = empty_set(tmp_path, datetime(2026, 11, 22, tzinfo=UTC))
    path = made.folder / sets.MANIFEST
    wrapped = json.loads(path.read_text(encoding="utf-8"))
    wrapped["content"]["rows"] = {}
    path.write_text(json.dumps(wrapped), encoding="utf-8")

    with pytest.raises(BadSet, match="another key, or changed"):
        made.manifest(KEY)
    path.unlink()
    with pytest.raises(BadSet, match="cannot be read"):
        made.manifest(KEY)


def test_the_keys_come_back_as_files_and_replace_none(installation: Environment, tmp_path: Path) -> None:
    made = backup.make(installation)
    written = restore.write_keys(made, KEY, tmp_path / "keys")

    assert {path.name for path in written} >= {
        "SBS_SECRET_KEY",
        "SBS_FIELD_KEY",
        "SBS_LOOKUP_KEY",
        "SBS_SEAL_KEY",
    }
    assert {path.stat().st_mode & 0o777 for path in written} == {0o400}
    with pytest.raises(FileExistsError):
        restore.write_keys(made, KEY, tmp_path / "keys")


def test_without_a_key_there_is_no_backup(installation: Environment) -> None:
    with pytest.raises(backup.BackupFailed, match="SBS_BACKUP_KEY"):
        backup.make(replace(installation, backup_key=b""))
    assert not installation.backups.exists()


def test_a_password_stands_in_no_command_line() -> None:
    place, environ = backup.for_libpq("postgresql://sbs:g%2Fizli@db:5432/sbs?sslmode=require")
    assert place == "--dbname=postgresql://sbs@db:5432/sbs?sslmode=require"
    assert environ["PGPASSWORD"] == "g/izli"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("status: error\n  checksum invalid: 1", 0),
        ("ERROR: [056]: unable to find primary", 56),
        ("invalid: 3", 0),
    ],
)
def test_pgbackrests_words_count_and_not_only_its_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str, code: int
) -> None:
    program = tmp_path / "bin" / "pgbackrest"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\n[ "$2" = verify ] && {{ echo "{answer}"; exit {code}; }}\nexit 0\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")

    with pytest.raises(physical.PhysicalFailed, match="pgbackrest verify failed"):
        physical.back_up("sbs")
    program.write_text('#!/bin/sh\necho "status: ok"\n')
    physical.back_up("sbs")


def test_the_command_makes_proves_and_writes_down(installation: Environment, tmp_path: Path) -> None:
    environ = os.environ | {
        "SBS_MODE": "test", "DATABASE_URL": installation.database_url, "SBS_FILES": str(installation.files),
        "SBS_SEALS": str(installation.seals), "SBS_BACKUPS": str(installation.backups),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "config.backup"],
        cwd=CHECKOUT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "restored on trial" in done.stdout
    assert "database by: pg_dump\n" in done.stdout
    from processes.models import JobRun

    assert set(JobRun.objects.values_list("job", "outcome")) >= {
        ("backup", "done"),
        ("restore_drill", "done"),
    }
    refused = subprocess.run(
        [sys.executable, "-m", "config.restore"],
        cwd=CHECKOUT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1
    assert "The database is not empty." in refused.stderr
