"""The portal of a scenario, asked from outside: by programs, by EBYS and by people with a browser's forms."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlencode

if TYPE_CHECKING:
    from tests.faults.ground import Ground


@dataclass
class Answer:
    """What came back; status 0 when nothing did."""

    status: int
    text: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def is_accepted(self) -> bool:
        return 200 <= self.status < 400


def cost(there: list[str], acknowledged: set[str]) -> tuple[int, int]:
    """Acknowledged requests that are not there, and how often one is there again."""
    found = Counter(there)
    return len(acknowledged - found.keys()), sum(number - 1 for number in found.values())


def children(pid: int) -> list[int]:
    """The processes a process started."""
    with suppress(OSError):
        return [
            int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        ]
    return []


class Desk(Protocol):
    """Where requests are registered."""

    def report(self, title: str, *, number: int = 0) -> Answer:
        """A request; `number` tells by which of the programs' keys."""


class Web:
    """The portal, asked from outside."""

    def __init__(self, ground: Ground, process: subprocess.Popen[str], port: int) -> None:
        self.ground, self.process, self.port = ground, process, port

    def call(self, method: str, path: str, body: str = "", **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            link.request(method, path, body.encode() or None, {"Accept-Language": "en", **named})
            found = link.getresponse()
            cookies = "; ".join(found.headers.get_all("Set-Cookie") or [])
            text = found.read().decode(errors="replace")
            return Answer(found.status, text, {**dict(found.getheaders()), "Set-Cookie": cookies})
        except (OSError, http.client.HTTPException):
            return Answer(0)
        finally:
            link.close()

    def as_ebys(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """What EBYS asks of the API."""
        headers |= {"Authorization": f"Bearer {self.ground.facts['ebys']}"}
        if body is None:
            return self.call(method, f"/api/v1/{path}", **headers)
        return self.call(
            method, f"/api/v1/{path}", json.dumps(body), Content_Type="application/json", **headers
        )

    def get(self, path: str, session: str = "") -> Answer:
        return self.call("GET", path, **({"Cookie": f"sessionid={session}"} if session else {}))

    def report(self, title: str, *, key: str = "", number: int = 0) -> Answer:
        """A request registered through the API."""
        keys = self.ground.facts["keys"]
        body = json.dumps({"subprocess": "5.3.6", "title": title, "applicant_name": "Ayşe Örnek"})
        headers = {"Authorization": f"Bearer {keys[number % len(keys)]}", "Content_Type": "application/json"}
        if key:
            headers["Idempotency_Key"] = key
        return self.call("POST", "/api/v1/cases/", body, **headers)

    def form(self, path: str, page: str, session: str, **fields: str) -> Answer:
        """A form of a page, sent as a browser does."""
        return self.fill_in(path, self.get(page, session), session, **fields)

    def fill_in(self, path: str, seen: Answer, session: str, **fields: str) -> Answer:
        """The form of a page that was opened before."""
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', seen.text)
        assert token is not None, f"{path}: {seen.status} {seen.text[:300]}"
        once = re.search(r'name="once" value="([^"]+)"', seen.text)
        return self.send(path, session, token[1], seen.headers, once=once[1] if once else "", **fields)

    def send(self, path: str, session: str, token: str, seen: dict[str, str], **fields: str) -> Answer:
        """The form itself."""
        cookie = re.search(r"csrftoken=([^;]+)", seen.get("Set-Cookie", ""))
        jar = f"sessionid={session}" + (f"; csrftoken={cookie[1]}" if cookie else "")
        body = urlencode({"csrfmiddlewaretoken": token, **fields})
        return self.call(
            "POST", path, body, Cookie=jar, Content_Type="application/x-www-form-urlencoded",
            Referer=f"http://127.0.0.1:{self.port}/",
        )  # fmt: skip

    def kill_worker(self) -> None:
        """The process that answers requests."""
        for pid in children(self.process.pid):
            self.ground.kill(pid, "the web process")
