"""The portal is upgraded while people work: the older program goes on with the newer tables until the newer takes over."""

from __future__ import annotations

import shutil
import signal
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from config.env import CHECKOUT
from tests.faults.ground import Ground
from tests.faults.test_web import counted, load
from tests.faults.web import Answer, Web

pytestmark = pytest.mark.faults
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "var", "__pycache__", "docs", "node_modules", "*.log")
FIELD = """

Case.add_to_class("upgrade_mark", models.SmallIntegerField("upgrade", default=7, db_default=0))
"""
MIGRATION = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("processes", "{newest}")]
    operations = [
        migrations.AddField("case", "upgrade_mark", models.SmallIntegerField("upgrade", default=7, db_default=0)),
        migrations.AddIndex("case", models.Index(fields=["upgrade_mark"], name="case_upgrade_mark")),
    ]
"""


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """The next version: the same program with one more column of the cases, its index and its migration."""
    tree = tmp_path / "newer"
    shutil.copytree(CHECKOUT, tree, ignore=LEFT_OUT)
    with (tree / "processes/models/case.py").open("a", encoding="utf-8") as file:
        file.write(FIELD)
    folder = tree / "processes/migrations"
    newest = max(path.stem for path in folder.glob("[0-9]*.py"))
    number = int(newest[:4]) + 1
    (folder / f"{number:04d}_upgrade_mark.py").write_text(MIGRATION.format(newest=newest), encoding="utf-8")
    return tree


class Street:
    """Where requests are led; one that fails is made once more, under the same key, where the newest program is."""

    def __init__(self, *programs: Web) -> None:
        self.programs = list(programs)
        self.ground = programs[0].ground
        self.again: list[int] = []
        self.taken = Counter[int]()

    def report(self, title: str, *, number: int = 0) -> Answer:
        """A request registered by whichever program has its turn."""
        program = self.programs[number % len(self.programs)]
        answer = program.report(title, key=title.replace(" ", "-"), number=number)
        if answer.status in (0, 502, 503):
            self.again.append(answer.status)
            time.sleep(0.5)
            program = self.programs[-1]
            answer = program.report(title, key=title.replace(" ", "-"), number=number)
        self.taken[program.port] += answer.status == 201
        return answer


def marks(ground: Ground, tag: str) -> Counter[int]:
    """How many requests each version registered: the newer one writes 7, for the older one the table writes 0."""
    found = ground.sql("SELECT upgrade_mark FROM processes_case WHERE title LIKE %s", f"{tag} %")
    return Counter(mark for (mark,) in found)


def test_f26_an_upgrade_with_two_versions_under_traffic(own, closing, newer):
    ground, _server = own
    with ground.web(wired=False, WEB_WORKERS="2") as older:
        street = Street(older)
        done = threading.Event()
        acknowledged: set[str] = set()
        answers: list[Answer] = []

        def traffic() -> None:
            part = 0
            while not done.is_set():
                part += 1
                titles, told = load(street, f"F26 {part}", 2, pause=0.2)
                acknowledged.update(titles)
                answers.extend(told)

        with ThreadPoolExecutor(1) as pool:
            working = pool.submit(traffic)
            try:
                time.sleep(3)
                began = len(answers)
                ground.act("deploy", tree=newer)
                ground.note("migrate and database_roles of the newer version, while the older one works")
                assert ground.sql(
                    "SELECT count(*) FROM django_migrations WHERE name LIKE '%%_upgrade_mark'"
                ) == [(1,)]
                ground.until(
                    lambda: len(answers) > began + 5, "the older program goes on with the newer tables"
                )
                assert marks(ground, "F26")[7] == 0
                with ground.web(wired=False, tree=newer, WEB_WORKERS="2") as young:
                    street.programs = [older, young]
                    ground.note("processes of both versions answer side by side")
                    before = street.taken[older.port]
                    ground.until(
                        lambda: street.taken[older.port] > before + 5 and street.taken[young.port] > 5,
                        "both versions register requests",
                    )
                    street.programs = [young]
                    older.process.send_signal(signal.SIGTERM)
                    ground.note("the older version is told to end")
                    older.process.wait(30)
                    alone = street.taken[young.port]
                    ground.until(lambda: street.taken[young.port] > alone + 5, "the newer one works alone")
                    young.process.send_signal(signal.SIGHUP)
                    ground.note(
                        "SIGHUP: new processes of the same version begin, the others end what they do"
                    )
                    time.sleep(4)
                    done.set()
                    working.result(60)
            finally:
                done.set()
    found = marks(ground, "F26")
    statuses = Counter(one.status for one in answers)
    ground.note(
        f"answers {dict(statuses)}, made again {street.again}; older and newer registered {found[0]} and {found[7]}"
    )
    errors = [
        line
        for one in (older, young)
        for line in ground.log_of(one.process).splitlines()
        if '"ERROR"' in line
    ]
    assert set(statuses) == {201}, errors[:5]
    assert len(street.again) <= 6
    assert min(found[0], found[7]) > 5
    assert ground.act("trail") == {"findings": []}
    closing(ground, "F26 upgrade with two versions under traffic", *counted(ground, "F26 ", acknowledged))
