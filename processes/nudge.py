"""A nudge to the worker after a commit, so that nobody waits for the next sweep.

It is only ever a help: the sweep finds in the database what is due. Therefore it is given by a thread of its own,
and a broker that is dead, slow or unreachable neither delays nor breaks what was just saved.
"""

from __future__ import annotations

import logging
import os
import threading

from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

PATIENCE = 5  # seconds the thread tries to reach the broker


class Nudger:
    """One waiting thread in this process; nudges that come while one is being given become one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted = threading.Event()
        self._thread: threading.Thread | None = None
        self._process = 0

    def nudge(self) -> None:
        """Ask for a nudge and go on at once."""
        with self._lock:
            if self._process != os.getpid():  # a forked worker has the object but not the thread
                self._wanted = threading.Event()
                self._thread, self._process = None, os.getpid()
            self._wanted.set()
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._give, name="nudge", daemon=True)
                self._thread.start()

    def _give(self) -> None:
        from processes.tasks import send_outbox

        while self._wanted.wait():
            self._wanted.clear()
            try:
                with send_outbox.app.pool.acquire(block=True, timeout=PATIENCE) as broker:
                    broker.ensure_connection(max_retries=1, timeout=PATIENCE)
                    send_outbox.apply_async(connection=broker, retry=False)
            except (OperationalError, OSError) as error:
                log.warning(
                    "The broker does not answer (%s); the sweep will find the work.", type(error).__name__
                )


_nudger = Nudger()


def sender() -> None:
    """Wake the sender of the outbox."""
    _nudger.nudge()
