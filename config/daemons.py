"""Programs in the background: found, waited for, asked whether they answer, ended."""

from __future__ import annotations

import importlib.util
import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

START_SECONDS = 60
STOP_SECONDS = 30


class ServiceFailed(Exception):
    """A private service could not be found or started; the text says what to do."""


def wheel_folder(package: str) -> Path | None:
    """Where an installed wheel keeps its files, without importing it."""
    found = importlib.util.find_spec(package)
    return Path(found.origin).parent if found and found.origin else None


def answers(path: Path) -> bool:
    """Whether somebody accepts connections on a unix socket."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(5)
        try:
            client.connect(str(path))
        except OSError:
            return False
    return True


def wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def is_alive(pid: int) -> bool:
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


def stop_program(pid_file: Path, program: str, gentle: signal.Signals, harsh: signal.Signals) -> None:
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
        if wait_for(lambda: not is_alive(pid), STOP_SECONDS):
            return
