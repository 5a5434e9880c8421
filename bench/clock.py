"""Asking and timing over HTTP, as a browser does: one connection kept open, cookies, the whole answer read."""

from __future__ import annotations

import http.client
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlencode

CSRF = "b" * 32


@dataclass
class Visitor:
    """A browser with one connection."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    connection: http.client.HTTPConnection | None = None

    def ask(
        self, address: str, data: dict[str, str] | bytes | None = None, **headers: str
    ) -> tuple[int, float, bytes]:
        """Status, seconds and body of one answer."""
        self.connection = self.connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        body = urlencode(data) if isinstance(data, dict) else data
        sent = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            **self.headers,
            **headers,
        }
        if isinstance(data, dict):
            sent |= {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": CSRF}
        began = time.perf_counter()
        try:
            self.connection.request("GET" if body is None else "POST", address, body, sent)
        except ConnectionError:  # the server closed a connection that nobody used for a while
            self.connection.close()
            self.connection.request("GET" if body is None else "POST", address, body, sent)
        answer = self.connection.getresponse()
        content = answer.read()
        return answer.status, time.perf_counter() - began, content


@dataclass(frozen=True)
class Timing:
    """Milliseconds of many answers."""

    p50: float
    p95: float


def timing(seconds: Sequence[float]) -> Timing:
    """The median and the 95th of a hundred."""
    ordered = sorted(seconds)
    return Timing(statistics.median(ordered) * 1000, ordered[max(0, int(len(ordered) * 0.95) - 1)] * 1000)


def side_by_side(jobs: dict[str, Callable[[int], float]], times: int, warm: int = 8) -> dict[str, Timing]:
    """Each job once per round, so that whatever else the machine does falls on all of them alike."""
    seconds: dict[str, list[float]] = {name: [] for name in jobs}
    for turn in range(times + warm):
        for name, job in jobs.items():
            took = job(turn)
            if turn >= warm:
                seconds[name].append(took)
    return {name: timing(found) for name, found in seconds.items()}


def under_load(job: Callable[[int, int], float], visitors: int, each: int) -> tuple[float, Timing]:
    """Requests a second and their times, with that many visitors at once."""
    began = time.perf_counter()
    with ThreadPoolExecutor(visitors) as pool:
        parts = list(pool.map(lambda visitor: [job(visitor, turn) for turn in range(each)], range(visitors)))
    took = time.perf_counter() - began
    return visitors * each / took, timing([one for part in parts for one in part])
