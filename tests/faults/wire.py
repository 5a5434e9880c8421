"""A wire to the database that can be cut exactly where it hurts: before a COMMIT arrives, or before its answer does."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

COMMIT = b"COMMIT\0"


class Wire:
    """A proxy on this machine before the socket of PostgreSQL."""

    def __init__(self, upstream: Path) -> None:
        self.upstream = upstream
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listener.getsockname()[1])
        self.fired = threading.Event()
        self._marker, self._when = b"", ""
        self._act: Callable[[], None] = lambda: None
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def arm(self, marker: bytes, when: str, act: Callable[[], None]) -> None:
        """Do `act` once, "before" or "after" the commit of the next transaction that contains the statement."""
        self.fired.clear()
        self._when, self._act, self._marker = when, act, marker

    def cut(self) -> None:
        """End every connection that stands now."""
        for one in list(self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.listener.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                client, _address = self.listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(str(self.upstream))
            except OSError:
                client.close()
                continue
            self._open |= {client, server}
            watched = _Watched()
            threading.Thread(target=self._out, args=(client, server, watched), daemon=True).start()
            threading.Thread(target=self._back, args=(server, client, watched), daemon=True).start()

    def _out(self, client: socket.socket, server: socket.socket, watched: _Watched) -> None:
        try:
            while data := client.recv(1 << 16):
                if self._marker and self._marker in data:
                    watched.is_marked, self._marker = True, b""
                if watched.is_marked and COMMIT in data:
                    if self._when == "before":
                        self._fire()
                        return
                    watched.holds = True
                server.sendall(data)
        except OSError:
            pass
        finally:
            self._end(client, server)

    def _back(self, server: socket.socket, client: socket.socket, watched: _Watched) -> None:
        try:
            while data := server.recv(1 << 16):
                if watched.holds and COMMIT in data:
                    self._fire()
                    return
                client.sendall(data)
        except OSError:
            pass
        finally:
            self._end(client, server)

    def _fire(self) -> None:
        self._act()
        self.fired.set()

    def _end(self, *ends: socket.socket) -> None:
        for one in ends:
            self._open.discard(one)
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)  # wakes the other direction, which still waits on it
            with suppress(OSError):
                one.close()


class _Watched:
    """What is known of one connection."""

    is_marked = False
    holds = False
