"""Uploads that trickle or break off: the proxy gives up, the portal hears nothing of it, and nothing is left behind."""

from __future__ import annotations

import re
import socket
import subprocess
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from config.env import CHECKOUT
from processes.models import StoredFile
from tests import parts
from tests.accounts.people import signed_in_client
from tests.processes.records import desk, pdf

CONF = CHECKOUT / "deploy" / "nginx.conf"


def seconds(name: str) -> int:
    """A time limit of the proxy's settings."""
    found = re.search(rf"^\s*{name} (\d+)s;", CONF.read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None, name
    return int(found[1])


def test_the_proxy_waits_for_no_visitor_for_long_and_passes_whole_requests_on() -> None:
    assert seconds("client_header_timeout") <= 30
    assert seconds("client_body_timeout") <= 60
    assert re.search(r"^\s*proxy_request_buffering on;", CONF.read_text(encoding="utf-8"), re.MULTILINE)


def test_an_upload_that_trickles_is_ended_and_never_reaches_the_portal(tmp_path: Path) -> None:
    program = parts.program("nginx", package="nginx-light")
    heard: list[bytes] = []
    with closing(socket.create_server(("127.0.0.1", 0))) as portal, closing(socket.socket()) as probe:
        threading.Thread(target=_listen, args=(portal, heard), daemon=True).start()
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        settings = tmp_path / "nginx.conf"
        settings.write_text(_settings(portal.getsockname()[1], port, tmp_path), encoding="utf-8")
        running = subprocess.Popen(
            [program, "-c", str(settings), "-g", "daemon off;"], stderr=subprocess.DEVNULL
        )
        try:
            visitor = _connected(port)
            visitor.settimeout(20)
            visitor.sendall(b"POST /cases/x/files/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
            began = time.monotonic()
            visitor.sendall(b"x")
            answer = visitor.recv(1000)
            assert answer == b"" or b" 408 " in answer.partition(b"\r\n")[0]
            assert time.monotonic() - began < 15
            assert heard == []
        finally:
            running.terminate()
            running.wait(10)


def _settings(portal: int, port: int, folder: Path) -> str:
    """The proxy's own limits, shortened, without its TLS."""
    text = CONF.read_text(encoding="utf-8")
    limits = "".join(
        f"    {line.strip()}\n" for line in text.splitlines() if "client_" in line and line.endswith("s;")
    )
    limits = re.sub(r"_timeout \d+s", "_timeout 2s", limits)
    kinds = "".join(
        f"    {kind}_temp_path {folder / kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"pid {folder / 'nginx.pid'};\nerror_log {folder / 'error.log'};\nevents {{}}\nhttp {{\n    access_log off;\n"
        f"{kinds}{limits}    server {{\n        listen 127.0.0.1:{port};\n"
        f"        location / {{ proxy_pass http://127.0.0.1:{portal}; proxy_request_buffering on; }}\n    }}\n}}\n"
    )


def _listen(portal: socket.socket, heard: list[bytes]) -> None:
    """The portal, which only writes down who came."""
    while True:
        try:
            link, _address = portal.accept()
        except OSError:
            return
        with link:
            heard.append(link.recv(100))


def _connected(port: int) -> socket.socket:
    """A visitor, once the proxy is up."""
    for _try in range(100):
        try:
            return socket.create_connection(("127.0.0.1", port))
        except ConnectionRefusedError:
            time.sleep(0.1)
    raise AssertionError("nginx did not come up")


@pytest.mark.django_db
@pytest.mark.parametrize("kept", [0, 40, 300])
def test_an_upload_that_breaks_off_leaves_nothing(kept: int, settings: object, tmp_path: Path) -> None:
    settings.FILES_ROOT = settings.MEDIA_ROOT = tmp_path / "files"  # type: ignore[attr-defined]  # pytest-django's
    around = desk()
    head = (
        b'--b\r\nContent-Disposition: form-data; name="kind"\r\n\r\nattachment\r\n--b\r\n'
        b'Content-Disposition: form-data; name="uploads"; filename="rapor.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
    )
    whole = head + pdf() + b"\r\n--b--\r\n"
    before = StoredFile.objects.count()
    answer = signed_in_client(around.officer, raise_request_exception=False).generic(
        "POST",
        f"/cases/{around.ticket.number}/files/",
        whole[:kept],
        content_type="multipart/form-data; boundary=b",
    )

    assert answer.status_code in (400, 422)
    assert StoredFile.objects.count() == before
    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []
