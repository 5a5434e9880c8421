"""A time-stamp authority of our own: `openssl ts` behind a small web server."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

CONFIGURATION = """
[req]
distinguished_name = name
prompt = no
[name]
CN = {name}
[ca]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
[stamping]
basicConstraints = CA:false
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = tsa_one
[tsa_one]
dir = {folder}
serial = $dir/serial
signer_cert = $dir/tsa.pem
certs = $dir/ca.pem
signer_key = $dir/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""


def openssl(folder: Path, *words: str) -> bytes:
    """The program's answer; anything but success stops the test."""
    done = subprocess.run(["openssl", *words], cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@dataclass
class Authority:
    """Where it is, its certificate, and what it was asked; `answer` replaces what it would say."""

    folder: Path
    address: str = ""
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answer: tuple[int, bytes] | None = None

    @property
    def certificates(self) -> Path:
        """What its answers are checked against."""
        return self.folder / "ca.pem"

    def reply(self, body: bytes) -> bytes:
        """The stamp for a request."""
        (self.folder / "request.tsq").write_bytes(body)
        openssl(
            self.folder,
            "ts",
            "-reply",
            "-config",
            "tsa.cnf",
            "-queryfile",
            "request.tsq",
            "-out",
            "reply.tsr",
        )
        return (self.folder / "reply.tsr").read_bytes()


def certified(folder: Path) -> Authority:
    """A root and a stamping certificate under it."""
    folder.mkdir(parents=True)
    (folder / "serial").write_text("01\n", encoding="ascii")
    for name in ("ca", "tsa"):
        text = CONFIGURATION.format(name=f"{name} of the tests", folder=folder)
        (folder / f"{name}.cnf").write_text(text, encoding="ascii")
        openssl(folder, "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{name}.key")
    openssl(
        folder,
        "req",
        "-x509",
        "-new",
        "-key",
        "ca.key",
        "-config",
        "ca.cnf",
        "-extensions",
        "ca",
        "-days",
        "2",
        "-out",
        "ca.pem",
    )
    openssl(folder, "req", "-new", "-key", "tsa.key", "-config", "tsa.cnf", "-out", "tsa.csr")
    openssl(
        folder, "x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
        "-extfile", "tsa.cnf", "-extensions", "stamping", "-days", "2", "-out", "tsa.pem",
    )  # fmt: skip
    return Authority(folder)


@contextmanager
def answering(authority: Authority) -> Iterator[Authority]:
    """The authority on a port of this machine."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            authority.requests.append((dict(self.headers), body))
            status, answer = authority.answer or (200, authority.reply(body))
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *words: Any) -> None:
            """Nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    authority.address = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield authority
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
