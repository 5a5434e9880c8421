"""The whole cluster by pgBackRest, for real; where it is not installed, pg_dump's set is the whole backup."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg2
import pytest

from config import backup, physical, restore
from config.addresses import private_addresses
from config.env import Environment, current
from config.services import Pair
from tests import parts

STANZA = "sbs"
KEY = bytes(range(32))
TABLES = """
CREATE TABLE work (id int PRIMARY KEY);
CREATE TABLE audit_checkpoint (number int);
CREATE TABLE processes_storedfile (sha256 text);
INSERT INTO work SELECT generate_series(1, 500)
"""

Ask = Callable[[str], list[tuple[object, ...]]]


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Pair, Ask]]:
    """A server that archives its log, and pgBackRest's settings for it."""
    pair = Pair(tmp_path / "c", durable=True, redis=False)
    pair.enter()
    server = pair.postgres
    assert server is not None
    address = private_addresses(pair.folder).database

    def ask(text: str) -> list[tuple[object, ...]]:
        with closing(psycopg2.connect(address)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(text)
                return cursor.fetchall() if cursor.description else []

    settings = tmp_path / "pgbackrest.conf"
    for name in ("repo", "lock", "log"):
        (tmp_path / name).mkdir()
    settings.write_text(
        f"[global]\nrepo1-path={tmp_path}/repo\nrepo1-cipher-type=aes-256-cbc\nrepo1-cipher-pass=deneme\n"
        f"repo1-retention-full=3\nlock-path={tmp_path}/lock\nlog-path={tmp_path}/log\nlog-level-file=off\nstart-fast=y\n"
        f"[{STANZA}]\npg1-path={server.data}\npg1-socket-path={server.sockets}\npg1-user=sbs\npg1-database=sbs\n"
    )
    monkeypatch.setenv("PGBACKREST_CONFIG", str(settings))
    ask("ALTER SYSTEM SET archive_mode = 'on'")
    ask(
        f"ALTER SYSTEM SET archive_command = 'pgbackrest --config={settings} --stanza={STANZA} archive-push %p'"
    )
    server.stop()
    server.start()
    ask(TABLES)
    yield pair, ask
    pair.stop()


def installation(tmp_path: Path, address: str, stanza: str) -> Environment:
    (tmp_path / "seals").mkdir()
    return replace(
        current(), database_url=address, database_owner_url="", files=tmp_path / "files", seals=tmp_path / "seals",
        backups=tmp_path / "backups", backup_key=KEY, backup_stanza=stanza,
    )  # fmt: skip


def test_the_cluster_is_backed_up_tried_out_and_brought_back_to_a_moment(
    cluster: tuple[Pair, Ask], tmp_path: Path
) -> None:
    parts.program(physical.PROGRAM, package="pgbackrest")
    pair, ask = cluster
    environment = installation(tmp_path, private_addresses(pair.folder).database, STANZA)
    assert physical.way(environment) == "pgbackrest and pg_dump"
    physical.call(STANZA, "stanza-create")
    made = backup.make(environment)
    physical.back_up(STANZA)
    ask("SELECT pg_sleep(1.1)")  # pgBackRest counts the end of a set in whole seconds
    [(moment,)] = ask("SELECT clock_timestamp()::text")
    ask("INSERT INTO work SELECT generate_series(501, 700)")
    ask("SELECT pg_switch_wal()")
    physical.call(STANZA, "check")  # waits until the log has arrived

    trial = backup.try_cluster(environment, made)
    assert (trial.rows, trial.trail) == (700, "not sealed yet")
    assert trial.text().startswith("restored on trial with pgBackRest, log replayed to its end")

    pair.stop()
    other = Pair(tmp_path / "other", durable=True, redis=False)
    assert other.postgres is not None
    physical.bring_back(STANZA, other.postgres.data, str(moment))
    try:
        other.postgres.start()
        address = private_addresses(other.folder).database
        with closing(psycopg2.connect(address)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT max(id) FROM work")
            assert cursor.fetchone() == (500,)
    finally:
        other.stop()
    with pytest.raises(physical.PhysicalFailed, match="is not empty"):
        physical.bring_back(STANZA, other.postgres.data)


def test_a_named_stanza_without_its_program_is_a_mistake(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(physical.PhysicalFailed, match="cannot be started"):
        physical.back_up(STANZA)
    assert physical.way(replace(current(), backup_stanza="")) == "pg_dump"


def test_a_cluster_is_not_brought_back_where_there_is_only_a_dump() -> None:
    with pytest.raises(physical.PhysicalFailed, match="there is only pg_dump's set"):
        restore._stanza_of(replace(current(), backup_stanza=""))
