"""A mail server that takes, refuses, delays, drops, and remembers by Message-ID what it took."""

from __future__ import annotations

import re
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Callable

MESSAGE_ID = re.compile(rb"^Message-ID:\s*<([^>]+)>", re.MULTILINE | re.IGNORECASE)


class Mailbox(socketserver.ThreadingTCPServer):
    """`mood` says how it behaves: ok, slow, busy (4xx), refuse (5xx), drop (takes and hangs up), mute (never answers)."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.port = int(self.server_address[1])
        self.mood = "ok"
        self.refused_to: set[str] = set()
        self.taken: Counter[str] = Counter()
        self.unsaid: Counter[str] = Counter()  # taken, and the sender never heard of it
        self.on_taken: Callable[[], None] | None = None
        self.lock = threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def take(self, content: bytes, *, says_so: bool) -> None:
        found = MESSAGE_ID.search(content)
        name = found[1].decode().partition("@")[0] if found else "?"
        with self.lock:
            self.taken[name] += 1
            if not says_so:
                self.unsaid[name] += 1

    def cost(self, asked: list[str]) -> tuple[int, int]:
        """What never came, and what came again although the server had said that it has it."""
        with self.lock:
            lost = [name for name in asked if not self.taken[name]]
            double = sum(max(0, self.taken[name] - 1 - self.unsaid[name]) for name in self.taken)
        return len(lost), double


class _Session(socketserver.StreamRequestHandler):
    server: Mailbox

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        mood = self.server.mood
        if mood == "mute":
            time.sleep(60)
            return
        self.say("220 mailbox")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word in {b"EHLO", b"HELO"}:
                self.say("250 mailbox")
            elif word == b"RCPT":
                address = line.partition(b"<")[2].partition(b">")[0].decode()
                if mood == "busy":
                    self.say("451 later")
                elif mood == "refuse" or address in self.server.refused_to:
                    self.say("550 nobody here")
                else:
                    self.say("250 ok")
            elif word == b"DATA":
                self.say("354 go on")
                content = b""
                while (part := self.rfile.readline()) not in {b".\r\n", b""}:
                    content += part
                if mood == "slow":
                    time.sleep(3)
                act, self.server.on_taken = self.server.on_taken, None
                self.server.take(content, says_so=act is None and mood != "drop")
                if act is not None:
                    act()
                    return
                if mood == "drop":
                    return
                self.say("250 taken")
            elif word == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")
