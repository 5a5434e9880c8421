"""Faults of the machine: disks that fill, transactions that hang, time that jumps."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.env import CHECKOUT
from processes import jobs
from tests import parts
from tests.faults.ground import Ground
from tests.faults.test_web import counted

pytestmark = pytest.mark.faults


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of four megabytes."""
    yield from mounted(tmp_path / "disk", "4m")


def mounted(folder: Path, size: str) -> Iterator[Path]:
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)], check=False)
    if done.returncode:
        parts.missing("small disks can be mounted by root only")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def files_of(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


@pytest.mark.short
def test_f15_a_limit_on_files_is_a_refusal_and_leaves_nothing(ground, tell):
    before = (ground.sql("SELECT count(*) FROM processes_storedfile"), files_of(ground.folder / "files"))
    done = subprocess.run(
        ["prlimit", "--fsize=1000000", sys.executable, "-m", "tests.faults.acts", "store", "3"],
        cwd=CHECKOUT, env=ground.environ, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == '{"refused": 503}', done.stderr
    ground.note("the system lets no file grow beyond 1 MB: refused with 503")
    after = (ground.sql("SELECT count(*) FROM processes_storedfile"), files_of(ground.folder / "files"))
    tell("F15 file store at its limit", int(after != before), 0)


def test_f15_a_full_and_a_read_only_file_store(ground, tell, small_disk):
    rows = "SELECT count(*) FROM processes_storedfile"
    ((before,),) = ground.sql(rows)
    kept = ground.act("store", "1", SBS_FILES=str(small_disk))["kept"]
    assert ground.act("store", "6", SBS_FILES=str(small_disk)) == {"refused": 503}
    assert ground.act("look", SBS_FILES=str(small_disk))["files-disk"] == "fine"
    (small_disk / "ballast").write_bytes(b"x" * int(2.6 * 2**20))
    assert ground.act("look", SBS_FILES=str(small_disk))["files-disk"] == "act"
    ground.note("the disk is full: upload refused, alarm on")
    assert ground.act("store", "1", SBS_FILES=str(small_disk)) == {"refused": 503}
    (small_disk / "ballast").unlink()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert ground.act("store", "1", SBS_FILES=str(small_disk)) == {"refused": 503}
    assert ground.act("look", SBS_FILES=str(small_disk))["files-disk"] == "act"
    ground.note("the disk is read-only: upload refused, alarm on")
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    shutil.copytree(small_disk, ground.folder / "files", dirs_exist_ok=True)
    assert files_of(small_disk) == {kept}
    lost = 0 if ground.sql(rows) == [(before + 1,)] else 1
    assert ground.act("reap")["clean"]
    tell("F15 file store full, then read-only", lost, 0)


def test_f13_f14_the_disk_of_the_database_is_full():
    for disk in mounted(Path(tempfile.mkdtemp(prefix="sbs-d")) / "d", "420m"):
        disk.chmod(0o755)
        ground = Ground(disk)
        try:
            full_disk(ground, disk)
        finally:
            ground.close()


def full_disk(ground: Ground, disk: Path) -> None:
    from tests.faults.conftest import OUTCOMES
    from tests.faults.ground import Outcome

    with ground.web(wired=False, WEB_WORKERS="2") as web:
        acknowledged = {f"F13 {number}" for number in range(5)}
        for number, title in enumerate(sorted(acknowledged)):
            assert web.report(title, number=number).status == 201
        with (disk / "ballast").open("wb") as ballast:
            try:
                while True:
                    ballast.write(b"x" * 2**16)
            except OSError:
                ground.note("the disk of the database is full, write-ahead log and all")
        refused = 0
        for number in range(400):
            title = f"F13 dolu {number}"
            answer = web.report(title, number=number)
            assert "Traceback" not in answer.text
            if answer.status == 201:
                acknowledged.add(title)
            elif answer.status != 429:
                assert answer.status == 503, answer
                refused += 1
            if refused == 3:
                break
        ground.note(f"{refused} requests refused with 503, {len(acknowledged)} acknowledged before")
        assert refused == 3
        (disk / "ballast").unlink(missing_ok=True)
        assert ground.pair.postgres is not None
        if not ground.pair.postgres.answers():
            ground.start_postgres()
        ground.until(lambda: web.report("F13 sonra").status == 201, "requests are taken again", seconds=60)
        acknowledged.add("F13 sonra")
    lost, double = counted(ground, "F13", acknowledged)
    OUTCOMES.append(Outcome("F13/F14 disk of the database full", lost, double, 0, list(ground.story)))
    ground.require_sound()
    assert (lost, double) == (0, 0)


def test_f19_a_long_transaction_delays_the_seal_and_loses_nothing(ground, tell):
    with closing(psycopg2.connect(ground.addresses.database)) as long, long.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")
        ground.act("mail", "F19", "1")
        with ground.web(wired=False) as web:
            assert web.report("F19 arıza").status == 201
        ground.act("trail")
        ((unsealed,),) = ground.sql(UNSEALED)
        ground.note(f"a transaction stays open: {unsealed} entries wait for their seal")
        assert unsealed > 0
        long.commit()
    ground.act("trail")
    assert ground.sql(UNSEALED) == [(0,)]
    tell("F19 a transaction open for long", *counted(ground, "F19", {"F19 arıza"}))


UNSEALED = (
    "SELECT count(*) FROM audit_entry e WHERE NOT EXISTS (SELECT 1 FROM audit_leaf l WHERE l.entry_id = e.id)"
)

MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2032, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - the strategy adds the zone


@pytest.mark.short
@settings(max_examples=300, deadline=None)
@given(MOMENTS, st.sampled_from(sorted(jobs.PERIODS)))
def test_f17_periods_follow_each_other_without_gap_or_overlap(moment, period):
    names = [jobs.period_of(period, moment + timedelta(minutes=20 * number)) for number in range(3 * 24 * 40)]
    changes = [name for before, name in itertools.pairwise(names) if name != before]
    assert len(changes) == len(set(changes)) == len(set(names)) - 1
