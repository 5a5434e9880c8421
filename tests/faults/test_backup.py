"""Faults of what is kept for the worst day: a damaged backup is noticed, and the one before it still comes back."""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from config.addresses import with_database
from config.env import CHECKOUT
from tests.faults.ground import Ground

pytestmark = pytest.mark.faults


def command(ground: Ground, *words: str) -> subprocess.CompletedProcess[str]:
    """What the operator types."""
    environ = {
        "DATABASE_OWNER_URL": ground.addresses.database,
        "DATABASE_URL": ground.addresses.database,
        "SBS_BACKUPS": str(ground.folder / "backups"),
    }
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=CHECKOUT,
        env=ground.environ | environ,
        capture_output=True,
        text=True,
        check=False,
    )


def newest(ground: Ground) -> Path:
    return max(path for path in (ground.folder / "backups").iterdir() if path.is_dir())


def test_f25_a_damaged_backup_fails_loudly_and_the_one_before_comes_back(ground, tell):
    ground.act("report", "F25 önce")
    ground.act("seal")
    made = command(ground, "config.backup")
    assert made.returncode == 0, made.stderr
    made_first = newest(ground)
    (ground.folder / "elsewhere").mkdir()  # the folder itself keeps one set a day
    before = Path(shutil.move(made_first, ground.folder / "elsewhere" / made_first.name))
    ground.note("a set, restored on trial, is carried to another building")
    ground.act("report", "F25 sonra")
    assert command(ground, "config.backup", "--quick").returncode == 0
    damaged = newest(ground)
    part = max((path for path in damaged.iterdir() if path.is_file()), key=lambda path: path.stat().st_size)
    content = bytearray(part.read_bytes())
    content[len(content) // 2] ^= 1
    part.write_bytes(content)
    ground.note("a bit of the newest set is turned over")
    assert ground.act("look")["drill"] == "fine"
    looked = command(ground, "config.backup", "verify")
    assert looked.returncode != 0
    assert looked.stderr.strip()
    assert ground.act("look")["drill"] == "act"
    ground.note("the restore on trial ends with an error and the state page turns red at once")
    ground.sql_alone("CREATE DATABASE back")
    into = with_database(ground.addresses.database, "back")
    places = (
        "--into",
        into,
        "--files",
        str(ground.folder / "back"),
        "--seals",
        str(ground.folder / "back-seals"),
    )
    refused = command(ground, "config.restore", damaged.name, *places)
    assert refused.returncode != 0
    done = command(ground, "config.restore", str(before), *places)
    assert done.returncode == 0, done.stderr
    with closing(psycopg2.connect(into)) as there, there.cursor() as cursor:
        cursor.execute("SELECT title FROM processes_case WHERE title LIKE 'F25%'")
        found = [title for (title,) in cursor.fetchall()]
    ground.note(f"nothing came of the damaged set; of the one before: {found}")
    ground.sql_alone("DROP DATABASE back")
    assert command(ground, "config.backup", "verify", str(before)).returncode == 0
    assert ground.act("look")["drill"] == "fine"
    tell("F25 damaged backup, the one before restored", int(found != ["F25 önce"]), 0)
