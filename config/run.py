"""The trial run: `make run`. PostgreSQL, Redis, web, worker and beat on one terminal, until Ctrl-C.

It listens on this machine only, because its secrets and accounts are published. PORT chooses the port; without it the first
free one from 8000 is taken. DATABASE_URL and REDIS_URL, when set, are used instead of the private services.

In the private cluster the owner lays out the tables; web, worker and beat enter as `sbs_app`, which can add to the trail and
not change it, and the sealer as `sbs_sealer`. With DATABASE_URL alone everything enters as that address says.
"""

from __future__ import annotations

import base64
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from types import FrameType

from config.addresses import Addresses
from config.daemons import ServiceFailed
from config.env import CHECKOUT, BadEnvironment, Environment, Mode, current
from config.logins import PREFIX, as_role
from config.services import opened

HOST = "127.0.0.1"
FIRST_PORT, PORTS = 8000, 100
START_SECONDS = 90
STOP_SECONDS = 15
SEAL_SECONDS = 60
_terminal = threading.Lock()  # one line at a time


class CannotRun(Exception):
    """The trial run cannot start; the text says what to do."""


class Asked(BaseException):
    """Somebody asked the trial run to end."""


def free_port(wanted: str) -> int:
    """The port that was asked for, else the first free one."""
    if wanted:
        if not wanted.isdecimal() or not 0 < int(wanted) < 65536:
            raise CannotRun(f"PORT must be a number from 1 to 65535, not {wanted!r}.")
        if not _is_free(int(wanted)):
            raise CannotRun(f"Port {wanted} is taken; choose another: PORT={int(wanted) + 1} make run")
        return int(wanted)
    for port in range(FIRST_PORT, FIRST_PORT + PORTS):
        if _is_free(port):
            return port
    raise CannotRun(f"No free port from {FIRST_PORT} to {FIRST_PORT + PORTS - 1}.")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def without_the_seal_key(environ: dict[str, str], environment: Environment) -> dict[str, str]:
    """What everybody but the sealer is given: the public half of the key that signs the trail."""
    kept = {
        name: value for name, value in environ.items() if name not in {"SBS_SEAL_KEY", "SBS_SEAL_KEY_FILE"}
    }
    return kept | {"SBS_SEAL_PUBLIC_KEY": base64.b64encode(environment.seal_public_key).decode()}


def programs(port: int) -> dict[str, list[str]]:
    """What runs side by side."""
    python = [sys.executable, "-W", "ignore:You're running the worker with superuser privileges", "-m"]
    celery = [*python, "celery", "--quiet", "-A", "config.celery"]
    return {
        "web": [
            *python,
            "gunicorn",
            "--config",
            "deploy/gunicorn.conf.py",
            "--bind",
            f"{HOST}:{port}",
            "config.wsgi",
        ],
        "worker": [*celery, "worker", "--concurrency", "1", "--loglevel", "INFO", "--without-mingle"],
        "beat": [*celery, "beat", "--loglevel", "INFO"],
        "sealer": [*python, "django", "audit", "seal", "--every", str(SEAL_SECONDS)],
    }


def logins(environment: Environment, private: Addresses) -> dict[str, str]:
    """Who enters the database as whom."""
    if environment.database_url:
        given = {
            "DATABASE_URL": environment.database_url,
            "DATABASE_OWNER_URL": environment.database_owner_url,
            "DATABASE_SEALER_URL": environment.database_sealer_url,
        }
        return {name: address for name, address in given.items() if address}
    return {
        "DATABASE_URL": as_role(private.database, f"{PREFIX}_app"),
        "DATABASE_OWNER_URL": private.database,
        "DATABASE_SEALER_URL": as_role(private.database, f"{PREFIX}_sealer"),
    }


@dataclass
class Crew:
    """The programs of one trial run, each a process group of its own, so that Ctrl-C reaches only us."""

    members: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    readers: list[threading.Thread] = field(default_factory=list)

    def start(self, name: str, command: Sequence[str], environ: dict[str, str]) -> None:
        """Starts a program; its lines appear with its name before them."""
        member = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.members[name] = member
        reader = threading.Thread(target=self._pass_on, args=(name, member), daemon=True)
        reader.start()
        self.readers.append(reader)

    def _pass_on(self, name: str, member: subprocess.Popen[bytes]) -> None:
        assert member.stdout is not None
        for line in member.stdout:
            text = f"{name:<6} | {line.decode(errors='replace').rstrip()}\n"
            with _terminal:
                sys.stdout.write(text)
                sys.stdout.flush()

    def ended(self) -> str:
        """A program that is no longer there, if any."""
        return next((name for name, member in self.members.items() if member.poll() is not None), "")

    def stop(self) -> None:
        """Ends all of them: asks each leader, then sends away whatever is left of their groups."""
        for member in self.members.values():
            with suppress(ProcessLookupError):
                member.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for member in self.members.values():
            with suppress(subprocess.TimeoutExpired):
                member.wait(max(0.1, deadline - time.monotonic()))
            with suppress(ProcessLookupError):
                os.killpg(member.pid, signal.SIGKILL)
            member.wait()
        for reader in self.readers:
            reader.join(2)


def answers(port: int) -> bool:
    """Whether the portal says that it can work."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/health/")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _asked(_number: int, _frame: FrameType | None) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # ending is under way
    raise Asked


def run() -> int:
    """From nothing to a page, and back to nothing."""
    environment = current()
    if environment.mode is Mode.PRODUCTION:
        raise CannotRun("`make run` is the trial run with published secrets; unset SBS_MODE.")
    port = free_port(os.environ.get("PORT", ""))
    address = f"http://{HOST}:{port}"
    environ = {**os.environ, "PYTHONUNBUFFERED": "1", "DJANGO_SETTINGS_MODULE": "config.settings"}
    environ.setdefault("SBS_BASE_URL", address)
    with ExitStack() as stack:
        private = stack.enter_context(
            opened(
                environment.var / "demo",
                durable=True,
                database=not environment.database_url,
                redis=not environment.redis_url,
            )
        )
        addresses = logins(environment, private)
        if subprocess.run(
            [sys.executable, "-m", "config.prepare"], cwd=CHECKOUT, env=environ | addresses, check=False
        ).returncode:
            raise CannotRun("The trial run could not be prepared (see above).")
        crew = Crew()
        stack.callback(crew.stop)
        environ["DATABASE_URL"] = addresses["DATABASE_URL"]
        sealer = addresses.get("DATABASE_SEALER_URL")
        others = environ if not sealer else without_the_seal_key(environ, environment)
        for name, command in programs(port).items():
            if name != "sealer":
                crew.start(name, command, others)
            elif sealer:
                crew.start(name, command, environ | {"DATABASE_URL": sealer})
        deadline = time.monotonic() + START_SECONDS
        while not answers(port):
            if name := crew.ended():
                raise CannotRun(f"{name} did not stay up (see above).")
            if time.monotonic() > deadline:
                raise CannotRun(f"No page after {START_SECONDS} seconds (see above).")
            time.sleep(0.2)
        subprocess.run(
            [sys.executable, "-m", "config.welcome", address], cwd=CHECKOUT, env=environ, check=False
        )
        while not (name := crew.ended()):
            time.sleep(0.5)
        raise CannotRun(f"{name} ended by itself (see above); the rest was stopped.")


def main() -> int:
    """The command line."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _asked)
    try:
        return run()
    except Asked:
        print("Stopped.", flush=True)
        return 0
    except (CannotRun, ServiceFailed, BadEnvironment) as failure:
        print(failure, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
