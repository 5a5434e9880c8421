"""What ends on a day is told a month and a week before; a list of cards at a quarter and a tenth of its own term."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.db import connection
from django.utils import timezone

from config import endings
from config.env import read
from config.monitoring import Level
from tests.accounts.authority import Authority
from tests.config.test_tls import Server, looked_at
from tests.config.test_tls import server as _server
from tests.database.logins import PREFIX

server = _server
ENDS = pytest.mark.parametrize(
    ("days", "level"), [(90, Level.FINE), (29, Level.LOOK), (6, Level.ACT), (-1, Level.ACT)]
)


def made(folder: Path, days: float) -> Path:
    """A certificate that ends in so many days, and its key beside it."""
    key, now = ec.generate_private_key(ec.SECP256R1()), timezone.now()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sbs.example")])
    begun = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    begun = begun.serial_number(1).not_valid_before(now - dt.timedelta(days=400))
    signed = begun.not_valid_after(now + dt.timedelta(days=days)).sign(key, hashes.SHA256())
    path = folder / f"{days}.pem"
    path.write_bytes(
        signed.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return path


@contextmanager
def proxy(certificate: Path) -> Iterator[str]:
    """Somebody who shows this certificate at an address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            link, _address = listening.accept()
            with link, context.wrap_socket(link, server_side=True) as wrapped:
                wrapped.recv(1)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"127.0.0.1:{listening.getsockname()[1]}"
        thread.join(5)


@ENDS
def test_the_file_of_the_proxys_certificate(settings: Any, tmp_path: Path, days: float, level: Level) -> None:
    settings.TLS_CERTIFICATE = ""
    assert endings.certificate().level is Level.UNKNOWN
    settings.TLS_CERTIFICATE = str(made(tmp_path, days))
    assert endings.certificate().level is level


@ENDS
def test_the_certificate_visitors_are_shown(settings: Any, tmp_path: Path, days: float, level: Level) -> None:
    with proxy(made(tmp_path, days)) as address:
        settings.TLS_CERTIFICATE = address
        assert endings.certificate().level is level


def test_a_proxy_that_shows_nothing_is_an_alarm(settings: Any, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        settings.TLS_CERTIFICATE = f"127.0.0.1:{closed.getsockname()[1]}"
    assert endings.certificate().level is Level.ACT
    settings.TLS_CERTIFICATE = str(tmp_path / "nothing")
    assert endings.certificate().level is Level.ACT


def test_the_setting_is_a_file_or_an_address() -> None:
    assert read({"SBS_MODE": "test", "SBS_TLS_CERTIFICATE": "nginx:8443"}).tls_certificate == "nginx:8443"
    assert read({"SBS_MODE": "test", "SBS_TLS_CERTIFICATE": "/srv/a.pem"}).tls_certificate == "/srv/a.pem"


@ENDS
def test_the_authority_that_ends_first_counts(
    settings: Any, tmp_path: Path, days: float, level: Level
) -> None:
    settings.ENV = replace(settings.ENV, client_ca="")
    assert endings.client_authority().level is Level.UNKNOWN
    both = tmp_path / "clients.pem"
    both.write_bytes(made(tmp_path, 900).read_bytes() + made(tmp_path, days).read_bytes())
    settings.ENV = replace(settings.ENV, client_ca=str(both))
    assert endings.client_authority().level is level


@pytest.mark.parametrize(
    ("days", "level"), [(7, Level.FINE), (1.5, Level.LOOK), (0.5, Level.ACT), (-1, Level.ACT)]
)
def test_a_list_of_cards_is_told_before_it_shuts_everybody_out(
    settings: Any, tmp_path: Path, days: float, level: Level
) -> None:
    settings.CLIENT_CRL = ""
    assert endings.revoked_cards().level is Level.UNKNOWN
    settings.CLIENT_CRL = str(tmp_path / "clients.crl")
    assert endings.revoked_cards().level is Level.ACT
    authority, now = Authority(), timezone.now()
    begun = x509.CertificateRevocationListBuilder().issuer_name(authority.certificate.subject)
    begun = begun.last_update(now + dt.timedelta(days=days - 8)).next_update(now + dt.timedelta(days=days))
    signed = begun.sign(authority.key, hashes.SHA256())
    for encoding in (serialization.Encoding.PEM, serialization.Encoding.DER):
        Path(settings.CLIENT_CRL).write_bytes(signed.public_bytes(encoding))
        assert endings.revoked_cards().level is level


def test_the_list_of_several_authorities_is_as_old_as_its_oldest(settings: Any, tmp_path: Path) -> None:
    settings.CLIENT_CRL = str(tmp_path / "clients.crl")
    Path(settings.CLIENT_CRL).write_bytes(Authority("A").revoked(days=90) + Authority("B").revoked(days=-1))
    assert endings.revoked_cards().level is Level.ACT


def test_the_certificate_of_the_database_is_asked_of_the_database(
    db: None, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert endings.database_certificate().level is Level.UNKNOWN  # a socket inside the machine
    with looked_at(server.parameters(sslmode="verify-full")):
        assert endings.database_certificate().level is Level.FINE
        for days, level in ((20, Level.LOOK), (3, Level.ACT), (-1, Level.ACT)):
            end = x509.load_pem_x509_certificate(server.certificate.read_bytes()).not_valid_after_utc
            monkeypatch.setattr(timezone, "now", lambda end=end, days=days: end - dt.timedelta(days=days))
            assert endings.database_certificate().level is level


@pytest.mark.django_db
@pytest.mark.login("owner")
@pytest.mark.parametrize("role", ["app", "sealer"])
@ENDS
def test_the_end_of_a_password_of_the_database_is_told(role: str, days: float, level: Level) -> None:
    name = f"{PREFIX}_{role}"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER ROLE {name} VALID UNTIL '{timezone.now() + dt.timedelta(days=days)}'")
        cursor.execute(f"SET LOCAL SESSION AUTHORIZATION {PREFIX}_app")
        found = endings.database_passwords()
    assert (found.level, name in str(found.sentence)) == (level, True)


@pytest.mark.django_db
def test_without_an_end_nothing_is_told() -> None:
    assert endings.database_passwords().level is Level.FINE
