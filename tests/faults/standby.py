"""A second database server on this machine: a copy that follows the first one, or one set back to an earlier moment."""

from __future__ import annotations

import shlex
import shutil
import signal
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

import psycopg2

from config.addresses import DATABASE, socket_folder
from config.daemons import START_SECONDS, ServiceFailed, stop_program
from tests.faults.ground import Ground


class Standby:
    """A base copy of the ground's cluster in a folder of its own."""

    def __init__(self, ground: Ground, name: str) -> None:
        assert ground.pair.postgres is not None
        self.ground, self.primary = ground, ground.pair.postgres
        self.data = self.primary.home / name
        self.sockets = socket_folder(ground.folder / name)
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        if self.primary.runner.user:
            shutil.chown(self.sockets, self.primary.runner.user)
        self.address = f"postgresql://sbs@/{DATABASE}?host={quote(str(self.sockets))}"

    def copy(self, *, follows: bool) -> None:
        """Take the base copy now; `follows` makes it a standby that streams from the first server."""
        where = (
            "-h",
            self.primary.sockets,
            "-U",
            "sbs",
            "-D",
            self.data,
            "--checkpoint=fast",
            "-X",
            "stream",
        )
        extra = ("-R", "-C", "-S", "standby") if follows else ()
        self._run("pg_basebackup", *where, *extra)

    def set_back_to(self, point: str) -> None:
        """Make the copy replay the first server's log up to a named moment and take over there."""
        log = self.data.with_name("log")
        shutil.copytree(self.primary.data / "pg_wal", log, symlinks=True)
        settings = (
            f"restore_command = 'cp {log}/%f %p'",
            f"recovery_target_name = '{point}'",
            "recovery_target_action = 'promote'",
        )
        with (self.data / "postgresql.auto.conf").open("a", encoding="utf-8") as file:
            file.write("\n".join(settings) + "\n")
        (self.data / "recovery.signal").touch()
        if self.primary.runner.user:
            for path in (log, *log.rglob("*"), self.data / "recovery.signal"):
                shutil.chown(path, self.primary.runner.user)

    def start(self) -> None:
        settings = (
            f"unix_socket_directories={self.sockets}",
            "unix_socket_permissions=0700",
            "listen_addresses=",
            "port=5432",
            "cluster_name=standby",
            *self.primary.settings,
        )
        options = " ".join(f"-c {shlex.quote(setting)}" for setting in settings)
        self._run(
            "pg_ctl", "start", "-D", self.data, "-l", self.data / "server.log", "-w", "-t", str(START_SECONDS),
            "-o", options,
        )  # fmt: skip

    def stop_following(self) -> None:
        """Cut off, it keeps what it has."""
        stop_program(self.data / "postmaster.pid", "postgres", signal.SIGINT, signal.SIGQUIT)

    def promote(self) -> None:
        """This server takes over."""
        self._run("pg_ctl", "promote", "-D", self.data, "-w", "-t", str(START_SECONDS))
        self.take_over()
        self.ground.note("the standby was promoted; everybody is led to it")

    def take_over(self) -> None:
        """Whoever asks for the database reaches this server from now on, as behind a moved address."""
        self.ground.until(
            lambda: self.ask("SELECT pg_is_in_recovery()") == [(False,)], "the server takes writes"
        )
        self.ground.move_to(self.address, self.sockets / ".s.PGSQL.5432")

    def ask(self, text: str) -> list[tuple[object, ...]]:
        with closing(psycopg2.connect(self.address)) as link, link, link.cursor() as cursor:
            cursor.execute(text)
            return cursor.fetchall()

    def stop(self) -> None:
        with suppress(ServiceFailed, FileNotFoundError):
            stop_program(self.data / "postmaster.pid", "postgres", signal.SIGINT, signal.SIGQUIT)
        shutil.rmtree(self.sockets, ignore_errors=True)

    def _run(self, program: str, *words: str | Path) -> None:
        log = self.ground.folder / f"{program}.log"
        if not self.primary.runner.call([self.primary.programs / program, *words], log):
            raise AssertionError(f"{program}: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")
