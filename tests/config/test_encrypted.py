"""On the way to Redis and to the mail server: production asks for encryption, and a real server without it is not spoken to."""

from __future__ import annotations

import smtplib
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from django.core.mail.backends.smtp import EmailBackend
from django.utils import timezone
from kombu.connection import Connection
from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import RedisError

from config import endings
from config.addresses import cache_address, celery_address
from config.caching import PatientCache
from config.connections import is_private_mail, is_private_redis
from config.env import CHECKOUT, BadEnvironment, read
from config.monitoring import Level
from config.rehearsal import environment
from config.secrets import REDIS_HOST, certificate, write
from tests import parts

OPEN_REDIS = "REDIS_URL must ask for an encrypted connection: rediss://… (or a socket)."
OPEN_MAIL = "SBS_EMAIL_URL must ask for an encrypted connection: smtps://… or smtp+starttls://…."


@pytest.mark.parametrize(
    ("address", "is_private"),
    [
        ("rediss://:x@redis:6379/0", True),
        ("rediss://:x@redis:6379/0?ssl_cert_reqs=required&ssl_ca_certs=/x", True),
        ("rediss://:x@redis:6379/0?ssl_cert_reqs=none", False),
        ("rediss://:x@redis:6379/0?ssl_cert_reqs=CERT_NONE", False),
        ("unix:///run/redis.sock?db=0", True),
        ("redis://:x@127.0.0.1:6379/0", True),
        ("redis://:x@[::1]:6379/0", True),
        ("redis://localhost/0", True),
        ("redis://:x@redis:6379/0", False),
        ("redis://:x@10.0.0.5:6379/0", False),
        ("redis://localhost.example/0", False),
    ],
)
def test_redis_is_asked_for_tls_or_stays_on_this_machine(address: str, is_private: bool) -> None:
    assert is_private_redis(address) is is_private


@pytest.mark.parametrize(
    ("address", "is_private"),
    [
        ("smtps://mail:465", True),
        ("smtp+starttls://mail:25", True),
        ("smtp://sbs:x@mail:587", True),
        ("smtp://localhost:25", True),
        ("smtp://127.0.0.1:25", True),
        ("smtp://mail:25", False),
        ("smtp://10.0.0.5", False),
    ],
)
def test_the_mail_server_is_asked_for_tls_or_stays_on_this_machine(address: str, is_private: bool) -> None:
    assert is_private_mail(address) is is_private


@pytest.mark.parametrize(
    ("name", "address", "said", "word"),
    [
        ("REDIS_URL", "redis://:x@redis:6379/0", OPEN_REDIS, "redis"),
        ("SBS_EMAIL_URL", "smtp://mail:25", OPEN_MAIL, "mail"),
    ],
)
def test_production_refuses_to_start_in_clear_unless_it_is_allowed_by_name(
    name: str, address: str, said: str, word: str, tmp_path: Path
) -> None:
    environ = environment(tmp_path) | {name: address}

    with pytest.raises(BadEnvironment) as refused:
        read(environ)
    assert str(refused.value).startswith(said.rstrip("."))
    assert f"SBS_UNENCRYPTED={word} allows it." in str(refused.value)
    assert read(environ | {"SBS_UNENCRYPTED": word}).unencrypted == (word,)


def test_the_database_is_never_allowed_to_stay_open(tmp_path: Path) -> None:
    with pytest.raises(BadEnvironment) as refused:
        read(environment(tmp_path) | {"SBS_UNENCRYPTED": "database"})

    assert str(refused.value) == "SBS_UNENCRYPTED holds redis and mail, not 'database'."


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("smtps://mail", "True False 465"),
        ("smtp+starttls://mail:25", "False True 25"),
        ("smtp://sbs:x@mail", "False True 587"),
        ("smtp://localhost", "False False 25"),
    ],
)
def test_the_settings_ask_as_the_address_says(address: str, expected: str, tmp_path: Path) -> None:
    program = "from config import settings as s; print(s.EMAIL_USE_SSL, s.EMAIL_USE_TLS, s.EMAIL_PORT)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment(tmp_path) | {"SBS_EMAIL_URL": address},
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == expected


def test_the_written_addresses_lead_to_the_certificate_beside_them(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    write(folder)
    address = (folder / "REDIS_URL").read_text(encoding="ascii")

    assert is_private_redis(address)
    assert f"@{REDIS_HOST}:6379" in address
    assert address.endswith("ssl_ca_certs=/run/secrets/REDIS_CERTIFICATE")
    assert "PRIVATE KEY" in (folder / "REDIS_KEY").read_text(encoding="ascii")
    assert "BEGIN CERTIFICATE" in (folder / "REDIS_CERTIFICATE").read_text(encoding="ascii")


# Redis itself


@dataclass(frozen=True)
class Broker:
    """A real Redis that answers to TLS alone."""

    port: int
    certificate: Path

    def address(self, scheme: str = "rediss", certificate: Path | None = None) -> str:
        """As REDIS_URL names it."""
        asked = f"?ssl_cert_reqs=required&ssl_ca_certs={certificate or self.certificate}"
        return f"{scheme}://:geheim@localhost:{self.port}/0{asked if scheme == 'rediss' else ''}"


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """Started as docker-compose.yml starts it, with a certificate made as `config.secrets` makes it."""
    program = parts.program("redis-server", package="redis-server")
    folder = tmp_path_factory.mktemp("redis")
    key, shown = certificate("localhost")
    (folder / "key").write_text(key, encoding="ascii")
    (folder / "certificate").write_text(shown, encoding="ascii")
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    files = {
        "--tls-cert-file": "certificate",
        "--tls-key-file": "key",
        "--tls-ca-cert-file": "certificate",
        "--logfile": "log",
    }
    options = {
        "--save": "",
        "--port": "0",
        "--tls-port": str(port),
        "--tls-auth-clients": "no",
        "--requirepass": "geheim",
        "--bind": "127.0.0.1",
    } | {name: str(folder / file) for name, file in files.items()}
    running = subprocess.Popen([program, *(word for pair in options.items() for word in pair)], cwd=folder)
    found = Broker(port, folder / "certificate")
    try:
        for _try in range(100):
            try:
                Redis.from_url(found.address()).ping()
                break
            except RedisError:
                time.sleep(0.05)
        else:
            raise AssertionError((folder / "log").read_text(encoding="utf-8"))
        yield found
    finally:
        running.terminate()
        running.wait(10)


def test_cache_and_broker_speak_tls(broker: Broker) -> None:
    cache = PatientCache(cache_address(broker.address()), {})
    cache.set("a", "b")
    with Connection(celery_address(broker.address())) as link:
        link.ensure_connection(max_retries=1)
        assert link.connected

    assert cache.get("a") == "b"


def test_in_clear_redis_does_not_answer(broker: Broker) -> None:
    with pytest.raises(RedisError):
        Redis.from_url(broker.address("redis")).ping()


def test_a_redis_with_another_certificate_is_not_spoken_to(broker: Broker, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text(certificate("localhost")[1], encoding="ascii")

    with pytest.raises(RedisError, match="CERTIFICATE_VERIFY_FAILED"):
        Redis.from_url(broker.address(certificate=other)).ping()
    with (
        pytest.raises(OperationalError),
        Connection(celery_address(broker.address(certificate=other))) as link,
    ):
        link.ensure_connection(max_retries=1, interval_start=0, reraise_as_library_errors=True)


def test_the_end_of_its_certificate_is_told(
    broker: Broker, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert endings.redis_certificate().level is Level.UNKNOWN  # a socket inside the machine
    settings.REDIS_URL = broker.address()
    end = x509.load_pem_x509_certificate(broker.certificate.read_bytes()).not_valid_after_utc
    for days, level in ((90, Level.FINE), (20, Level.LOOK), (3, Level.ACT), (-1, Level.ACT)):
        monkeypatch.setattr(timezone, "now", lambda days=days: end - timedelta(days=days))
        assert endings.redis_certificate().level is level
    settings.REDIS_URL = "rediss://localhost:1/0"
    assert endings.redis_certificate().level is Level.ACT


def test_compose_starts_redis_like_that() -> None:
    text = " ".join((CHECKOUT / "docker-compose.yml").read_text(encoding="utf-8").split())

    assert "redis-server --save '' --appendonly no" in text
    assert "--port 0 --tls-port 6379 --tls-auth-clients no --tls-cert-file" in text
    assert "redis-cli --tls --cacert /run/secrets/REDIS_CERTIFICATE ping" in text


# The mail server


class PlainPost(threading.Thread):
    """A mail server that can no TLS and would take anything; it writes down every line it hears."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.door = socket.create_server(("127.0.0.1", 0))
        self.heard: list[bytes] = []

    def run(self) -> None:
        link, _address = self.door.accept()
        with link, link.makefile("rwb") as lines:
            lines.write(b"220 posta\r\n")
            lines.flush()
            for line in lines:
                self.heard.append(line)
                lines.write(b"250 posta\r\n")
                lines.flush()


def test_a_mail_server_without_starttls_hears_no_letter() -> None:
    post = PlainPost()
    post.start()
    backend = EmailBackend("127.0.0.1", post.door.getsockname()[1], use_tls=True, timeout=5)
    with pytest.raises(smtplib.SMTPNotSupportedError):
        backend.open()
    post.door.close()

    assert [line[:4].upper() for line in post.heard if line[:4].upper() not in (b"EHLO", b"QUIT")] == []


def test_a_mail_server_nobody_vouches_for_is_not_spoken_to(tmp_path: Path) -> None:
    key, shown = certificate("localhost")
    (tmp_path / "both").write_text(key + shown, encoding="ascii")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "both")
    door = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        link, _address = door.accept()
        with link, pytest.raises((ssl.SSLError, OSError)):
            context.wrap_socket(link, server_side=True)

    server = threading.Thread(target=answer, daemon=True)
    server.start()
    with closing(door), pytest.raises(ssl.SSLCertVerificationError):
        EmailBackend("localhost", door.getsockname()[1], use_ssl=True, timeout=5).open()
    server.join(5)
