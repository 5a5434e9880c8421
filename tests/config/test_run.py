"""`make run` from the outside: a page, and nothing left behind."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
from django.db import connection

from config.addresses import Addresses, with_database
from config.env import CHECKOUT, read
from config.logins import as_role
from config.run import HOST, CannotRun, free_port, logins
from tests.database.logins import APP, PREFIX, SEALER

SECONDS = 300  # on a machine that does much else at the same time
NAME = "sbs_trial_run"


@pytest.fixture
def empty_database(services: Addresses, django_db_setup: None) -> Iterator[str]:
    """The address of a database with the tables and nothing in them."""
    server = psycopg2.connect(with_database(services.database, "postgres"))
    server.autocommit = True
    template = connection.settings_dict["NAME"]
    connection.close()
    try:
        with server.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{NAME}"')
            # Threads of an earlier test's web server may still hold connections to the database copied here.
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (template,)
            )
            cursor.execute(f'CREATE DATABASE "{NAME}" TEMPLATE "{template}"')
        yield with_database(services.database, NAME)
        with server.cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{NAME}" WITH (FORCE)')
    finally:
        server.close()


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def status(port: int, path: str) -> int:
    link = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        link.request("GET", path)
        return link.getresponse().status
    finally:
        link.close()


def processes_with(mark: str) -> list[int]:
    """Running processes that carry the mark in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environ = (folder / "environ").read_bytes()
        except OSError:
            continue
        if mark.encode() in environ.split(b"\0"):
            found.append(int(folder.name))
    return found


def users_of(address: str) -> set[str]:
    """Who has entered the database just now."""
    with closing(psycopg2.connect(address)) as link, link.cursor() as cursor:
        cursor.execute(
            "SELECT usename FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return {name for (name,) in cursor.fetchall()}


def sealed_entries(address: str) -> list[tuple[str, bool]]:
    """Under whose name the entries were written, and whether they are sealed."""
    with closing(psycopg2.connect(address)) as link, link.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT db_user, audit_leaf.pos IS NOT NULL FROM audit_entry"
            " LEFT JOIN audit_leaf ON audit_leaf.entry_id = audit_entry.id"
        )
        return cursor.fetchall()


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_the_trial_run_leads_to_a_page_and_leaves_nothing_behind(
    empty_database: str, services: Addresses, tmp_path: Path, sign: signal.Signals
) -> None:
    port, log = unused_port(), tmp_path / "log"
    mark = f"SBS_VAR={tmp_path / 'var'}"
    environ = os.environ | {
        "SBS_MODE": "demo",
        "SBS_VAR": str(tmp_path / "var"),
        "DATABASE_URL": as_role(empty_database, f"{PREFIX}_{APP}"),
        "DATABASE_OWNER_URL": empty_database,
        "DATABASE_SEALER_URL": as_role(empty_database, f"{PREFIX}_{SEALER}"),
        "REDIS_URL": services.redis.replace("db=0", "db=1"),
        "PORT": str(port),
        "CASES": "3",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    with log.open("wb") as output:
        run = subprocess.Popen(
            [sys.executable, "-m", "config.run"],
            cwd=CHECKOUT,
            env=environ,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + SECONDS
        while "Ctrl-C" not in (said := log.read_text(encoding="utf-8")):
            assert run.poll() is None, said
            assert time.monotonic() < deadline, said
            time.sleep(0.1)

        assert status(port, "/login/") == 200
        assert f"{PREFIX}_{APP}" in users_of(empty_database)
        assert f"http://{HOST}:{port}/" in said
        while not any(is_sealed for _user, is_sealed in sealed_entries(empty_database)):
            assert time.monotonic() < deadline, log.read_text(encoding="utf-8")
            time.sleep(0.1)
        assert {user for user, _is_sealed in sealed_entries(empty_database)} == {f"{PREFIX}_{APP}"}
        assert users_of(empty_database) <= {f"{PREFIX}_{APP}", f"{PREFIX}_{SEALER}"}

        run.send_signal(sign)
        assert run.wait(60) == 0, log.read_text(encoding="utf-8")
    finally:
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
            run.wait()
    assert processes_with(mark) == []


def test_in_the_private_cluster_the_program_is_neither_owner_nor_sealer() -> None:
    private = Addresses("postgresql://sbs@/sbs?host=/run/x", "unix:///run/x/redis.sock")
    found = logins(read({}), private)
    assert {urlsplit(address).username for address in found.values()} == {"sbs", "sbs_app", "sbs_sealer"}
    assert urlsplit(found["DATABASE_URL"]).username == "sbs_app"


def test_an_address_that_was_given_is_the_only_log_in_unless_more_are_given() -> None:
    private = Addresses("postgresql://sbs@/sbs?host=/run/x", "unix:///run/x/redis.sock")
    own = "postgresql://ben@db/sbs"
    assert logins(read({"DATABASE_URL": own}), private) == {"DATABASE_URL": own}
    three = {
        "DATABASE_URL": "postgresql://a_app@db/sbs",
        "DATABASE_OWNER_URL": own,
        "DATABASE_SEALER_URL": "x",
    }
    assert logins(read(three), private) == three


def test_a_taken_port_is_passed_over() -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        first = free_port("")
        taken.bind((HOST, first))
        taken.listen()

        assert free_port("") > first


def test_a_port_that_was_asked_for_and_is_taken_is_named() -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(CannotRun, match=f"Port {port} is taken"):
            free_port(str(port))


@pytest.mark.parametrize("wanted", ["web", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(wanted: str) -> None:
    with pytest.raises(CannotRun, match="PORT must be a number"):
        free_port(wanted)
