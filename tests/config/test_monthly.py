"""Each finished month of the trail becomes one encrypted file, once, and whole."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from audit import exporting, keys, months
from audit.models import Checkpoint, Entry
from config import monthly
from config.backup import BackupFailed
from config.env import Environment, current
from config.envelopes import CannotOpen
from processes.keepers import audit as keeper
from tests.audit.sealed import seal, write
from tests.database.logins import OWNER, entered_as

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def environment(settings: Any, tmp_path: Path) -> Environment:
    settings.SEALS_FOLDER = tmp_path / "seals"
    settings.BACKUPS_FOLDER = tmp_path / "backups"
    return replace(current(), backups=tmp_path / "backups")


@pytest.fixture
def two_months(environment: Environment) -> list[str]:
    """Three seals: of two finished months, and of this one."""
    this = timezone.localtime().replace(day=1, hour=12)
    before = this - timedelta(days=1)
    first = before.replace(day=1) - timedelta(days=1)
    for moment in (first, before, this):
        write(3)
        seal()
        with entered_as(OWNER), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE audit_checkpoint DISABLE TRIGGER audit_checkpoint_no_change")
            cursor.execute(
                "UPDATE audit_checkpoint SET made_at = %s WHERE number = (SELECT max(number) FROM audit_checkpoint)",
                [moment],
            )
            cursor.execute("ALTER TABLE audit_checkpoint ENABLE ALWAYS TRIGGER audit_checkpoint_no_change")
    return [f"{first:%Y-%m}", f"{before:%Y-%m}"]


def files(environment: Environment) -> list[str]:
    return sorted(path.name for path in (environment.backups / "trail").glob("*"))


def test_every_finished_month_is_exported_once(environment: Environment, two_months: list[str]) -> None:
    assert monthly.make(environment) == two_months
    there = files(environment)
    assert there == [f"{name}.tar.sealed" for name in two_months]
    told = Entry.objects.filter(event="exported").order_by("id")
    assert [entry.changes["month"] for entry in told if entry.changes] == two_months
    assert monthly.make(environment) == []
    assert (files(environment), told.count()) == (there, 2)


def test_the_months_follow_one_another_without_a_gap(two_months: list[str]) -> None:
    first, second = months.finished()
    sizes = list(Checkpoint.objects.order_by("number").values_list("tree_size", flat=True))
    assert (first.first, first.size, second.first, second.size) == (0, sizes[0], sizes[0], sizes[1])


def test_a_month_is_opened_and_checked_with_python_alone(
    environment: Environment, two_months: list[str], tmp_path: Path
) -> None:
    monthly.make(environment)
    folder = monthly.opened(environment, two_months[1], tmp_path / "opened")
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(folder / "verify.py"), str(folder), "--key", keys.verifier().text],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONIOENCODING": "utf-8"},
    )
    assert (done.returncode, done.stdout.endswith("TAMAM / WHOLE\n")) == (0, True)


def test_without_its_key_a_file_is_closed(
    environment: Environment, two_months: list[str], tmp_path: Path
) -> None:
    monthly.make(environment)
    assert b"sbs-audit-1" not in (environment.backups / "trail" / f"{two_months[0]}.tar.sealed").read_bytes()
    with pytest.raises(CannotOpen):
        monthly.opened(replace(environment, backup_key=bytes(32)), two_months[0], tmp_path / "opened")


def test_what_a_stop_left_behind_is_made_again(environment: Environment, two_months: list[str]) -> None:
    half = environment.backups / "trail" / f"{two_months[0]}.tar.new"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"half")
    (half.parent / f"{two_months[1]}.tar.sealed").write_bytes(b"")  # a name without content is no export
    assert monthly.make(environment) == two_months
    assert files(environment) == [f"{name}.tar.sealed" for name in two_months]


def test_a_month_that_is_not_whole_is_not_kept(environment: Environment, two_months: list[str]) -> None:
    with entered_as(OWNER), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_no_change")
        cursor.execute("UPDATE audit_entry SET canon = replace(canon, 'viewed', 'moved!')")
        cursor.execute("ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER audit_entry_no_change")
    with pytest.raises(BackupFailed, match="entry-changed"):
        monthly.make(environment)
    assert files(environment) == []


def test_a_missing_month_is_a_finding(environment: Environment, two_months: list[str]) -> None:
    told = [sentence for sentence in keeper.logging() if two_months[0] in sentence]
    assert len(told) == 1
    monthly.make(environment)
    assert keeper.logging() == []
    (environment.backups / "trail" / f"{two_months[0]}.tar.sealed").unlink()
    assert len(keeper.logging()) == 1


def test_a_month_that_has_just_ended_may_wait_for_its_night(
    environment: Environment, two_months: list[str]
) -> None:
    (_first, second) = months.finished()
    shortly = second.ended_at + timedelta(days=1)
    assert [month.name for month in months.overdue(environment.backups, shortly)] == two_months[:1]
    assert [month.name for month in months.missing(environment.backups, shortly)] == two_months
    assert [month.name for month in months.finished(second.ended_at - timedelta(days=1))] == two_months[:1]


def test_a_month_without_a_seal_has_no_file(environment: Environment, two_months: list[str]) -> None:
    later = datetime.now(UTC) + timedelta(days=100)
    assert [month.name for month in months.finished(later)][:2] == two_months
    assert len(months.finished(later)) == 3


def test_a_month_is_given_up_after_five_years_only(environment: Environment, two_months: list[str]) -> None:
    monthly.make(environment)
    with pytest.raises(BackupFailed):
        monthly.discard(environment, two_months[0], "Süresi doldu.")
    assert len(files(environment)) == 2
    with pytest.raises(BackupFailed):
        monthly.discard(environment, "1999-01", "Süresi doldu.")


def test_a_part_ends_with_a_seal(environment: Environment, two_months: list[str], tmp_path: Path) -> None:
    with pytest.raises(exporting.CannotExport):
        exporting.export(tmp_path / "trail", until=2)
