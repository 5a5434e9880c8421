"""What proxy and database write when something fails holds nothing of what people typed."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import psycopg2
import pytest
import yaml
from django.urls import reverse

from config.addresses import private_addresses
from config.env import CHECKOUT
from config.postgres import TUNING
from config.services import Pair
from tests import parts
from tests.config.test_endings import made

NAME = "Gizem"  # nobody's name here; what must not be found again
CONF = CHECKOUT / "deploy" / "nginx.conf"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def shipped(folder: Path, port: int) -> str:
    """The shipped settings on other ports, before a portal that is not there."""
    text = CONF.read_text(encoding="utf-8")
    for old, new in (
        ("web:8000", f"127.0.0.1:{free_port()}"),
        ("/etc/nginx/tls", str(folder)),
        ("/etc/nginx/cards", str(folder)),
        ("listen 8443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        ("listen 8080;", f"listen 127.0.0.1:{free_port()};"),
        ("http2 on;", ""),
        ("/var/run/nginx.pid", str(folder / "nginx.pid")),
        ("/dev/stdout", str(folder / "access.log")),
        ("/dev/stderr", str(folder / "error.log")),
    ):
        assert old in text, old
        text = text.replace(old, new)
    kinds = "".join(
        f"    {kind}_temp_path {folder / kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return text.replace("http {\n", f"http {{\n{kinds}", 1)


def failed(
    folder: Path, change: tuple[str, str] = ("", ""), path: str = f"/cases/?q={quote(NAME)}"
) -> tuple[str, str]:
    """Both logs of the proxy after a request that the portal did not answer: a search, unless said otherwise."""
    program = parts.program("nginx", package="nginx-light")
    pem = made(folder, 30)
    for name in ("fullchain.pem", "privkey.pem"):
        shutil.copy(pem, folder / name)
    port = free_port()
    (folder / "nginx.conf").write_text(shipped(folder, port).replace(*change), encoding="utf-8")
    running = subprocess.Popen(
        [program, "-c", str(folder / "nginx.conf"), "-p", str(folder), "-g", "daemon off;"],
        stderr=subprocess.DEVNULL,
    )
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        for _try in range(100):
            try:
                urllib.request.urlopen(f"https://127.0.0.1:{port}{path}", context=context, timeout=5)
            except urllib.error.HTTPError:
                break
            except urllib.error.URLError:
                time.sleep(0.1)
        else:
            raise AssertionError("nginx did not come up")
    finally:
        running.terminate()
        running.wait(10)
    error = folder / "error.log"
    return (folder / "access.log").read_text(encoding="utf-8"), error.read_text() if error.exists() else ""


def test_the_proxy_tells_that_the_portal_was_silent_and_not_what_was_searched(tmp_path: Path) -> None:
    access, error = failed(tmp_path)

    assert re.search(r" GET /cases/ 502 .* 502$", access, re.MULTILINE)
    assert NAME not in access + error


@pytest.mark.parametrize("view", ["breach-public", "breach-status"])
def test_the_proxy_keeps_no_address_of_who_reports_a_breach(view: str, tmp_path: Path) -> None:
    address = reverse(view)

    access, _error = failed(tmp_path, path=address)

    assert re.search(rf"^\S+ - GET {address} 502 ", access, re.MULTILINE)
    assert "127.0.0.1" not in access


def test_of_other_pages_it_keeps_the_address(tmp_path: Path) -> None:
    access, _error = failed(tmp_path)

    assert re.search(r"^\S+ 127\.0\.0\.1 GET /cases/ 502 ", access, re.MULTILINE)


def test_with_the_usual_level_the_search_would_be_there(tmp_path: Path) -> None:
    _access, error = failed(tmp_path, ("error.log alert;", "error.log warn;"))

    assert NAME in error


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Pair]:
    """A private database server of its own."""
    pair = Pair(tmp_path / "s", durable=False, redis=False)
    pair.enter()
    yield pair
    pair.leave()


def test_the_database_names_the_kind_of_an_error_and_not_the_values(server: Pair) -> None:
    assert server.postgres is not None
    with closing(psycopg2.connect(private_addresses(server.folder).database)) as link:
        link.autocommit = True
        with link.cursor() as cursor:
            cursor.execute("CREATE TABLE person (name text UNIQUE)")
            cursor.execute("INSERT INTO person VALUES (%s)", [NAME])
            with pytest.raises(psycopg2.errors.UniqueViolation):
                cursor.execute("INSERT INTO person VALUES (%s)", [NAME])
            with pytest.raises(psycopg2.errors.UndefinedTable):
                cursor.execute("SELECT %s FROM nobody", [NAME])
    log = "\n".join(
        path.read_text(encoding="utf-8", errors="replace") for path in server.postgres.home.rglob("*.log")
    )

    assert "violates unique constraint" in log
    assert "CREATE TABLE person" in log
    assert NAME not in log


def test_the_composed_database_is_as_quiet_as_the_private_ones() -> None:
    compose = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text(encoding="utf-8"))
    command = " ".join(compose["services"]["db"]["command"])
    wanted = [setting for setting in TUNING if setting.startswith("log_") and "timezone" not in setting]

    assert len(wanted) >= 6
    assert [setting for setting in wanted if f"-c {setting}" not in command] == []
