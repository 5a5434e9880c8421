"""The shipped nginx in front of the shipped gunicorn, on ports of this test, with a certificate of a test authority."""

from __future__ import annotations

import os
import re
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.env import CHECKOUT
from tests import parts
from tests.accounts.authority import Authority, written

# Says what it was asked, in the order it was asked; as plain as an application can be.
LISTENER = """
def app(environ, start_response):
    body = environ["wsgi.input"].read()
    with open({heard!r}, "a", encoding="ascii") as file:
        print(environ["REQUEST_METHOD"], environ["PATH_INFO"], len(body), file=file)
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]
"""


@dataclass(frozen=True)
class Door:
    """Where the proxy listens (TLS, and plain for redirects) and where the web server behind it does."""

    tls: int
    plain: int
    web: int
    authority: Path
    heard_in: Path

    def heard(self) -> list[str]:
        """What reached the application so far: method, path, length of the body."""
        return self.heard_in.read_text(encoding="ascii").splitlines() if self.heard_in.exists() else []

    def context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.authority))

    def say(self, text: bytes, *, through: str = "tls", patience: float = 1.5) -> bytes:
        """Sends these very bytes and reads until the other side has no more to say."""
        port = {"tls": self.tls, "plain": self.plain, "web": self.web}[through]
        with closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as bare:
            link = self.context().wrap_socket(bare, server_hostname="localhost") if through == "tls" else bare
            link.sendall(text)
            link.settimeout(patience)
            found = b""
            try:
                while piece := link.recv(65536):
                    found += piece
            except (TimeoutError, ConnectionError):
                return found
            return found


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def opened(folder: Path, *, program: str = "", environ: dict[str, str] | None = None) -> Iterator[Door]:
    """Both running; `program` is the WSGI application, else the one that only listens."""
    nginx = parts.program("nginx", package="nginx-light")
    authority = Authority()
    tls = folder / "tls"
    tls.mkdir()
    certificate, key = authority.issue("localhost", host="localhost")
    written(tls, "fullchain", certificate, key)
    (tls / "fullchain.key").rename(tls / "privkey.pem")
    written(tls, "authority", authority.certificate, None)
    door = Door(free_port(), free_port(), free_port(), tls / "authority.pem", folder / "heard")
    (folder / "listener.py").write_text(LISTENER.format(heard=str(door.heard_in)), encoding="ascii")
    (folder / "nginx.conf").write_text(_proxy(door, tls, folder), encoding="utf-8")
    web = [sys.executable, "-m", "gunicorn", "--config", str(CHECKOUT / "deploy/gunicorn.conf.py")]
    web += [
        "--bind",
        f"127.0.0.1:{door.web}",
        "--pythonpath",
        f"{CHECKOUT},{folder}",
        program or "listener:app",
    ]
    asked = {**os.environ, "SBS_MODE": "test", "WEB_WORKERS": "1", "WEB_THREADS": "2", **(environ or {})}
    asked["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    with (folder / "log").open("wb") as log:
        running = [
            subprocess.Popen(web, env=asked, cwd=folder, stdout=log, stderr=log),
            subprocess.Popen(
                [nginx, "-c", str(folder / "nginx.conf"), "-p", str(folder), "-g", "daemon off;"],
                stdout=log,
                stderr=log,
            ),
        ]
        try:
            for port in (door.web, door.tls, door.plain):
                _until_open(port, running, folder)
            yield door
        finally:
            for one in running:
                one.terminate()
            for one in running:
                one.wait(15)


def _until_open(port: int, running: list[subprocess.Popen[bytes]], folder: Path) -> None:
    for _try in range(300):
        if any(one.poll() is not None for one in running):
            break
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError((folder / "log").read_text(encoding="utf-8", errors="replace"))


def _proxy(door: Door, tls: Path, folder: Path) -> str:
    """deploy/nginx.conf with the ports, folders and programs of this machine; every rule of it stays."""
    text = (CHECKOUT / "deploy/nginx.conf").read_text(encoding="utf-8")
    for old, new in (
        ("web:8000", f"127.0.0.1:{door.web}"),
        ("/etc/nginx/tls", str(tls)),
        ("/etc/nginx/cards", str(tls / "none")),
        ("listen 8443 ssl;", f"listen 127.0.0.1:{door.tls} ssl;"),
        ("listen 8080;", f"listen 127.0.0.1:{door.plain};"),
        ("http2 on;", ""),  # a word of newer programs than some machines have
        ("/var/run/nginx.pid", str(folder / "nginx.pid")),
        ("access_log /dev/stdout plain;", "access_log off;"),
        ("/dev/stderr", str(folder / "error.log")),
    ):
        assert old in text, old
        text = text.replace(old, new)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"    {kind}_temp_path {folder / kind};\n" for kind in kinds)
    return text.replace("http {\n", "http {\n" + temporary, 1)


def fields(answer: bytes, name: str) -> list[str]:
    """Every value of a header field in the first answer."""
    head = answer.partition(b"\r\n\r\n")[0].decode("latin-1")
    return re.findall(rf"^{re.escape(name)}: (.*?)\r?$", head, re.MULTILINE | re.IGNORECASE)


def status(answer: bytes) -> int:
    """The status of the first answer; 0 where the line was closed without a word."""
    found = re.match(rb"HTTP/1\.[01] (\d{3})", answer)
    return int(found[1]) if found else 0
