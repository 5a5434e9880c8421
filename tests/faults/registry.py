"""An EBYS of its own: takes messages, misbehaves on demand, and keeps the book in which a document gets one number."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

OK = ("", b"")
MOODS: dict[str, tuple[str, bytes]] = {
    "ok": OK,
    "an error in JSON": ("application/json", b'{"success": false, "error": {"code": 1042}}'),
    "broken JSON": ("application/json", b'{"success": tr'),
    "broken XML": ("text/xml", b"<sonuc><kod>0</sonuc>"),
    "a SOAP fault": ("text/xml", b'<e:Envelope xmlns:e="urn:e"><e:Body><e:Fault/></e:Body></e:Envelope>'),
    "a page": ("text/html", "<html><h1>Oturum açın</h1></html>".encode()),
    "slow": ("application/json", b'{"success": true}' + b" " * 60),
}


class Registry(ThreadingHTTPServer):
    """`mood` is one of MOODS, all of which answer 200. `taken` counts messages by their number, `book` numbers by letter."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Call)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.mood = "ok"
        self.calls = 0
        self.taken: Counter[str] = Counter()
        self.unsaid: Counter[str] = Counter()  # taken, and the sender never heard of it
        self.book: dict[int, list[str]] = {}
        self.on_taken: Callable[[], None] | None = None
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def forget(self) -> None:
        """Before the next scenario."""
        self.mood, self.on_taken, self.calls = "ok", None, 0
        for kept in (self.taken, self.unsaid, self.book):
            kept.clear()

    def take(self, message: str, letter: int, *, says_so: bool) -> None:
        """A message heard; a document seen for the first time gets its number, and never a second one."""
        with self.lock:
            self.taken[message] += 1
            if not says_so:
                self.unsaid[message] += 1
            if letter not in self.book:
                self.book[letter] = [f"E-10000007-705-{1000 + letter}"]

    def cost(self, asked: list[str]) -> tuple[int, int]:
        """What never came, and what came again although its taking had been acknowledged."""
        with self.lock:
            lost = [name for name in asked if not self.taken[name]]
            double = sum(max(0, self.taken[name] - 1 - self.unsaid[name]) for name in self.taken)
            double += sum(len(numbers) - 1 for numbers in self.book.values())
        return len(lost), double


class _Call(BaseHTTPRequestHandler):
    server: Registry

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        registry = self.server
        with registry.lock:
            registry.calls += 1
            mood = registry.mood
            act, registry.on_taken = registry.on_taken, None
        if mood == "ok":
            letter = int(json.loads(body)["data"]["letter"])
            registry.take(self.headers["webhook-id"], letter, says_so=act is None)
        if act is not None:
            act()
            self.close_connection = True
            return
        kind, content = MOODS[mood]
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        with suppress(OSError):
            for place in range(len(content)):
                if mood == "slow":
                    time.sleep(
                        1
                    )  # over a minute in all, and never a silence that a time limit for reading would notice
                self.wfile.write(content[place : place + 1])

    def log_message(self, *args: object) -> None:
        """Quiet."""
