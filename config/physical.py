"""The whole cluster by pgBackRest, where it is set up (`SBS_BACKUP_STANZA`): backed up, restored on trial, brought back.

With its archived log a moment between two backups can be reached. pg_dump's set is made all the same: it is portable and
holds files, seals and keys.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import psycopg2

from config.daemons import ServiceFailed
from config.env import Environment
from config.postgres import Postgres
from config.services import Pair

PROGRAM = "pgbackrest"
BAD = re.compile(r"status: error|invalid: [1-9]|missing: [1-9]|\bERROR:")
# A copy on trial listens to nobody but us, whatever the server's own settings say, and may be smaller than the server.
SETTINGS = "hot_standby = off\n"
ACCESS = "local all all trust\n"
REPLAY_SECONDS = 4 * 60 * 60  # the time within which a restore has to be done


class PhysicalFailed(Exception):
    """pgBackRest did not do what it was asked; the text says what it said."""


@dataclass(frozen=True)
class Trial:
    """What a restore on trial showed."""

    seconds: float
    rows: int
    trail: str

    def text(self) -> str:
        """For the terminal and the drill's record."""
        return (
            f"restored on trial with pgBackRest, log replayed to its end, in {self.seconds:.1f} s (RTO); "
            f"{self.rows} rows, trail: {self.trail}"
        )


def way(environment: Environment) -> str:
    """How this installation's database is backed up."""
    return "pgbackrest and pg_dump" if environment.backup_stanza else "pg_dump"


def back_up(stanza: str) -> None:
    """A backup and its check; the check's text is read, because it tells of a damaged repository and ends with 0."""
    for words in (["backup"], ["verify", "--output=text"]):
        call(stanza, *words)


def call(stanza: str, *words: str) -> str:
    """What pgBackRest said; PhysicalFailed when it speaks of trouble in whatever way."""
    # Named on the command line so that it also stands in the restored cluster's restore_command.
    given = os.environ.get("PGBACKREST_CONFIG", "")
    command = [PROGRAM, f"--stanza={stanza}", *([f"--config={given}"] if given else []), *words]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise PhysicalFailed("SBS_BACKUP_STANZA is set and pgbackrest cannot be started.") from error
    told = done.stdout + done.stderr
    if done.returncode or BAD.search(told):
        raise PhysicalFailed(f"pgbackrest {words[0]} failed:\n{told[-2000:]}")
    return told


def bring_back(stanza: str, data: Path, until: str = "") -> None:
    """The cluster into an empty folder, to the end of the archived log or to a moment of it."""
    if data.exists() and any(data.iterdir()):
        raise PhysicalFailed(f"{data} is not empty. Give an empty folder.")
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    moment = ("--type=time", f"--target={until}", "--target-action=promote") if until else ()
    call(stanza, "restore", f"--pg1-path={data}", *moment)


def try_out(environment: Environment, seals: Path, keys: dict[str, str]) -> Trial:
    """Restore the newest backup on a private cluster, replay the log, count the rows and verify the trail.

    `seals` are those published before the backup was made: the copy must hold whatever they speak of.
    """
    from config.backup import address_of, counts_of
    from config.restore import verify_trail

    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="sbs-trial-") as name:
        pair = Pair(Path(name) / "cluster", durable=False, redis=False)
        assert pair.postgres is not None
        server = pair.postgres
        bring_back_on_trial(environment.backup_stanza, server)
        try:
            server.start()
            address = _on(server, address_of(environment))
            with closing(psycopg2.connect(address)) as connection, connection.cursor() as cursor:
                cursor.execute("SELECT pg_is_in_recovery()")
                if cursor.fetchone()[0]:
                    raise PhysicalFailed("The copy does not leave its recovery.")
                seconds = time.monotonic() - began
                rows = sum(counts_of(cursor).values())
            trail = verify_trail(address, seals, keys, Path(name))
        except (ServiceFailed, psycopg2.Error) as error:
            raise PhysicalFailed(f"The restored cluster does not work: {error}") from error
        finally:
            pair.stop()
            shutil.rmtree(pair.sockets, ignore_errors=True)
    return Trial(seconds, rows, trail)


def bring_back_on_trial(stanza: str, server: Postgres) -> None:
    """The cluster into the folder of a private server, without the settings and the doors of the real one."""
    data = server.data
    data.mkdir(mode=0o700, parents=True)
    call(stanza, "restore", f"--pg1-path={data}", "--archive-mode=off")
    (data / "postgresql.conf").write_text(SETTINGS, encoding="utf-8")
    (data / "pg_hba.conf").write_text(ACCESS, encoding="utf-8")
    (data / "pg_ident.conf").write_text("", encoding="utf-8")
    if server.runner.user:
        for path in (data, *data.rglob("*")):
            shutil.chown(path, server.runner.user)


def _on(server: Postgres, address: str) -> str:
    """The same database on the private server, entered by its superuser."""
    database = urlsplit(address).path.lstrip("/")
    who = urlsplit(address).username or os.environ.get("USER", "postgres")

    def as_(user: str) -> str:
        return f"postgresql://{quote(user)}@/{database}?host={quote(str(server.sockets))}"

    with closing(_replayed(as_(who), server)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolsuper AND rolcanlogin ORDER BY oid LIMIT 1")
        return as_(cursor.fetchone()[0])


def _replayed(address: str, server: Postgres) -> Any:
    """A connection, once the log is replayed: the copy lets nobody in before."""
    deadline = time.monotonic() + REPLAY_SECONDS
    while True:
        try:
            return psycopg2.connect(address)
        except psycopg2.OperationalError:
            if not server.answers() or time.monotonic() > deadline:
                raise
            time.sleep(0.2)
