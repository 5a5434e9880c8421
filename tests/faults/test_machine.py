"""Faults of the machine: disks that fill, transactions that hang, time that jumps."""

from __future__ import annotations

import itertools
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from contextlib import closing as closing_link
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.env import CHECKOUT
from processes import jobs
from tests import parts
from tests.faults.conftest import Closing
from tests.faults.ground import REAL_MINUTES, Ground
from tests.faults.test_web import counted, healthz
from tests.faults.web import Web

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


@pytest.fixture
def on_disks(closing: Closing, request: pytest.FixtureRequest) -> Iterator[tuple[Ground, Path, Path]]:
    """An installation of its own whose database has a small disk, and its write-ahead log another one."""
    with ExitStack() as kept:
        data, log = (
            kept.enter_context(small(Path(tempfile.mkdtemp(prefix="sbs-d")) / name, size))
            for name, size in (("d", "300m"), ("w", "160m"))
        )
        ground = Ground(data, environ={"SBS_DATABASE_DISK": f"{data}:{log}"})
        kept.callback(ground.close)
        ground.scenario(request.node.name)
        postgres = ground.pair.postgres
        assert postgres is not None
        postgres.stop()
        moved = shutil.copytree(postgres.data / "pg_wal", log / "pg_wal")
        shutil.rmtree(postgres.data / "pg_wal")
        (postgres.data / "pg_wal").symlink_to(moved)
        if postgres.runner.user:
            log.chmod(0o755)
            for path in (moved, *moved.rglob("*")):
                shutil.chown(path, postgres.runner.user)
            moved.chmod(0o700)
        ground.start_postgres()
        yield ground, data, log


small = contextmanager(mounted)
COME_BACK = {"tr": "yeniden deneyin", "en": "try again"}


def fill(disk: Path, percent: float) -> None:
    """Put so much on the disk that it is full to this part."""
    room = shutil.disk_usage(disk)
    missing = int(room.total * percent / 100) - room.used
    with (disk / "ballast").open("ab") as ballast, suppress(OSError):
        while missing > 0:
            missing -= ballast.write(b"x" * min(missing, 2**16))
            ballast.flush()


def refused_while_full(ground: Ground, web: Web, tag: str, acknowledged: set[str]) -> None:
    """Changes are registered until the database takes no more; each refusal is a 503 that says so and when to come back."""
    refused = 0
    for number in range(600):
        title = f"{tag} dolu {number} " + "x" * 180
        answer = web.report(title, number=number)
        assert "Traceback" not in answer.text
        if answer.status == 201:
            acknowledged.add(title)
        elif answer.status != 429:
            assert (answer.status, "Retry-After" in answer.headers) == (503, True), answer
            refused += 1
        if refused == 3:
            break
    ground.note(f"{refused} requests refused with 503, {len(acknowledged)} acknowledged before")
    assert refused == 3


def test_f13_the_disk_of_the_data_is_full(on_disks, closing):
    ground, data, _log = on_disks
    with ground.web(wired=False, WEB_WORKERS="2") as web:
        acknowledged = {f"F13 {number}" for number in range(5)}
        for number, title in enumerate(sorted(acknowledged)):
            assert web.report(title, number=number).status == 201
        session = ground.sessions()[0]
        pages = ("/", "/cases/", "/inbox/", f"/cases/{ground.numbers('F13')[0]}/")
        assert [web.get(path, session).status for path in pages] == [200] * len(pages)
        seen = web.get("/new/?subprocess=5.3.6", session)
        levels = []
        for percent in (70, 82, 91):
            fill(data, percent)
            levels.append(healthz(web)["database-disk"]["status"])
        ground.note(f"the alarm at 70, 82 and 91 per cent: {levels}")
        assert levels == ["fine", "look", "act"]
        fill(data, 101)
        ground.note("the disk of the data is full, that of the write-ahead log is not")
        refused_while_full(ground, web, "F13", acknowledged)
        read = [web.get(path, session).status for path in pages]
        ground.note(f"pages are still read: {read}")
        assert read == [200] * len(pages)
        told = web.fill_in(
            "/new/", seen, session, subprocess="5.3.6", title="F13 " + "y" * 150, applicant_name="Ayşe Örnek"
        )
        assert (told.status, "Retry-After" in told.headers, COME_BACK["tr"] in told.text.lower()) == (
            503,
            True,
            True,
        )
        ground.note("whoever writes reads a sentence in Turkish")
        assert ground.pair.postgres is not None
        assert ground.pair.postgres.answers()
        (data / "ballast").unlink()
        ground.until(
            lambda: web.report("F13 sonra").status == 201, "requests are taken again, nothing restarted"
        )
        acknowledged.add("F13 sonra")
        assert healthz(web)["database-disk"]["status"] == "fine"
    closing(ground, "F13 disk of the data full", *counted(ground, "F13", acknowledged))


def test_f14_the_disk_of_the_write_ahead_log_is_full(on_disks, closing):
    ground, _data, log = on_disks
    with ground.web(wired=False, WEB_WORKERS="2") as web:
        acknowledged = {f"F14 {number}" for number in range(5)}
        for number, title in enumerate(sorted(acknowledged)):
            assert web.report(title, number=number).status == 201
        levels = []
        for percent in (82, 91):
            fill(log, percent)
            levels.append(healthz(web)["database-disk"]["status"])
        ground.note(f"the alarm at 82 and 91 per cent of the log's own disk: {levels}")
        assert levels == ["look", "act"]
        fill(log, 101)
        while_full = threading.Thread(
            target=lambda: ground.sql_until_it_stops(
                "SELECT pg_switch_wal(), pg_logical_emit_message(true, 'f14', repeat('x', 1000000))"
            )
        )
        while_full.start()
        refused_while_full(ground, web, "F14", acknowledged)
        while_full.join()
        assert ground.pair.postgres is not None
        ground.note(
            f"the log is full; PostgreSQL {'still answers' if ground.pair.postgres.answers() else 'has stopped itself'}"
        )
        (log / "ballast").unlink()

        def taken_again():
            """PostgreSQL may stop itself only now; who watches over it starts it again, the portal is left as it is."""
            if not ground.pair.postgres.answers():
                ground.start_postgres()
            return web.report("F14 sonra").status == 201

        ground.until(taken_again, "requests are taken again without a restart of the portal")
        acknowledged.add("F14 sonra")
    closing(ground, "F14 disk of the write-ahead log full", *counted(ground, "F14", acknowledged))


def test_f19_a_transaction_open_for_ten_minutes_delays_the_seal_and_loses_nothing(ground, tell):
    """Eleven minutes of real time with REAL=1; else the clock of those who look is eleven minutes on."""
    ground.act("trail")
    with closing_link(psycopg2.connect(ground.addresses.database)) as long, long.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")
        ground.act("mail", "F19", "1")
        with ground.web(wired=False) as web:
            assert web.report("F19 arıza").status == 201
            assert healthz(web)["seal"]["status"] == "fine"
        ground.act("seal")
        ((unsealed,),) = ground.sql(UNSEALED)
        ground.note(f"a transaction stays open: {unsealed} entries wait for their seal")
        assert unsealed > 0
        for _minute in range(11 if REAL_MINUTES else 0):
            time.sleep(60)
            ground.act("seal")
        with ground.web(wired=False, **({} if REAL_MINUTES else ground.clock_off(11 * 60))) as web:
            late = healthz(web)["seal"]
            ground.note(f"ten minutes on, /healthz: {late}")
            assert (late["status"], "waited for their seal for 1" in late["text"]) == ("act", True)
            figures = web.call("GET", "/metrics", Authorization="Bearer " + "w" * 40).text
            [lag] = re.findall(r"^sbs_seal_lag_seconds (\S+)$", figures, re.MULTILINE)
            assert float(lag) > 600
            assert ground.sql(UNSEALED) >= [(unsealed,)]
            long.commit()
            assert ground.act("trail") == {"findings": []}
            assert ground.sql(UNSEALED) == [(0,)]
            ended = healthz(web)["seal"]
            ground.note(f"the transaction has ended, the next seal holds everything: {ended}")
            assert "waited for their seal" not in ended["text"]
    assert ground.act("look")["seal"] == "fine"
    tell("F19 a transaction open for ten minutes", *counted(ground, "F19", {"F19 arıza"}))


UNSEALED = (
    "SELECT count(*) FROM audit_entry e WHERE NOT EXISTS (SELECT 1 FROM audit_leaf l WHERE l.entry_id = e.id)"
)

MOMENTS = st.datetimes(datetime(2014, 1, 1), datetime(2036, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - the strategy adds the zone
NEAR = 3 * 24 * 40  # looks, twenty minutes apart: forty days
# 29 February; the last second of a year; the hours in which Türkiye changed its clocks, and the night it kept them for good.
SPECIAL = [
    datetime(2028, 2, 28, 20, 59, 59, tzinfo=UTC),
    datetime(2028, 2, 29, 20, 59, 59, tzinfo=UTC),
    datetime(2026, 12, 31, 20, 59, 59, tzinfo=UTC),
    datetime(2015, 3, 29, 0, 59, 59, tzinfo=UTC),
    datetime(2015, 11, 8, 0, 59, 59, tzinfo=UTC),
    datetime(2016, 3, 27, 0, 59, 59, tzinfo=UTC),
    datetime(2016, 10, 30, 0, 59, 59, tzinfo=UTC),
]
LONGEST = {
    "hour": timedelta(hours=2),
    "day": timedelta(hours=25),
    "week": timedelta(days=7, hours=1),
    "month": timedelta(days=31, hours=1),
}


def require_contiguous(moment: datetime, period: str) -> None:
    """Looked at every twenty minutes for forty days, each period comes once, in one piece, and none lasts too long."""
    looks = [moment + timedelta(minutes=20 * number) for number in range(NEAR)]
    names = [jobs.period_of(period, look) for look in looks]
    begins = [place for place in range(1, NEAR) if names[place] != names[place - 1]]
    assert len(begins) == len({names[place] for place in begins}) == len(set(names)) - 1
    for first, following in itertools.pairwise(begins):
        assert looks[following] - looks[first] <= LONGEST[period]


@pytest.mark.short
def test_f17_periods_follow_each_other_without_gap_or_overlap(ground, tell):
    """A second before and a second after each special moment lie in periods that follow each other."""
    given(MOMENTS, st.sampled_from(sorted(jobs.PERIODS)))(
        settings(max_examples=300, deadline=None)(require_contiguous)
    )()
    ground.note("300 stretches of forty days between 2014 and 2036: no gap, no overlap")
    for period in jobs.PERIODS:
        for moment in SPECIAL:
            require_contiguous(moment - timedelta(days=20), period)
    ends = [
        jobs.period_of(one, SPECIAL[2] + timedelta(seconds=more)) for one in jobs.PERIODS for more in (0, 1)
    ]
    assert ends == [
        "2026-12-31T23", "2027-01-01T00", "2026-12-31", "2027-01-01", "2026-W53", "2026-W53", "2026-12", "2027-01",
    ]  # fmt: skip
    assert jobs.period_of("day", SPECIAL[0] + timedelta(seconds=1)) == "2028-02-29"
    assert jobs.period_of("month", SPECIAL[1] + timedelta(seconds=1)) == "2028-03"
    ground.note("29 February, 31 December 23:59:59, summer time and the night it was abolished: the same")
    tell("F17 ends of periods", 0, 0)
