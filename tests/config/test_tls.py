"""Between program and database: a real server with the certificate of a real installation, asked over TCP."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.db import connection
from psycopg2.extensions import encrypt_password

from config.addresses import private_addresses
from config.secrets import DATABASE_HOST, write
from config.services import Pair
from processes.keepers import database as keeper

PASSWORD = "yalnizca-bu-deneme-icin"


@dataclass(frozen=True)
class Server:
    """Where it listens, and the certificate it shows."""

    address: str
    certificate: Path

    def parameters(self, **more: str) -> dict[str, str]:
        """As in DATABASE_URL, the name found at the server's address."""
        own = {
            "host": DATABASE_HOST,
            "hostaddr": self.address,
            "dbname": "sbs",
            "user": "tls_app",
            "password": PASSWORD,
        }
        return own | {"sslrootcert": str(self.certificate), **more}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A cluster of its own with TLS, on an address of this machine that nobody else uses."""
    folder = tmp_path_factory.mktemp("tls")
    write(folder / "secrets")
    address = f"127.{os.getpid() % 200 + 20}.66.83"
    pair = Pair(folder / "s", durable=False, redis=False)
    postgres = pair.postgres
    assert postgres is not None
    postgres.home.mkdir(parents=True, exist_ok=True)
    for name in ("DATABASE_KEY", "DATABASE_CERTIFICATE"):
        copy = Path(shutil.copy(folder / "secrets" / name, postgres.home / name))
        copy.chmod(0o600)
        if postgres.runner.user:
            shutil.chown(copy, postgres.runner.user)
    postgres.settings += (
        f"listen_addresses={address}",
        "ssl=on",
        f"ssl_cert_file={postgres.home / 'DATABASE_CERTIFICATE'}",
        f"ssl_key_file={postgres.home / 'DATABASE_KEY'}",
    )
    pair.enter()
    try:
        with (
            closing(psycopg2.connect(private_addresses(pair.folder).database)) as owner,
            owner,
            owner.cursor() as cursor,
        ):
            verifier = encrypt_password(PASSWORD, "tls_app", scope=owner, algorithm="scram-sha-256")
            cursor.execute("CREATE ROLE tls_app LOGIN PASSWORD %s", [verifier])
            with (postgres.data / "pg_hba.conf").open("a") as rules:
                rules.write(f"host all all {address}/32 scram-sha-256\n")
            cursor.execute("SELECT pg_reload_conf()")
        yield Server(address, folder / "secrets" / "DATABASE_CERTIFICATE")
    finally:
        pair.leave()


@contextmanager
def looked_at(parameters: dict[str, Any]) -> Iterator[None]:
    """The check looks at this connection instead of the tests' own."""
    with closing(psycopg2.connect(**parameters)) as other:
        own, connection.connection = connection.connection, other
        try:
            yield
        finally:
            connection.connection = own


def test_with_tls_there_is_nothing_to_say(db: None, server: Server) -> None:
    with looked_at(server.parameters(sslmode="verify-full")):
        assert keeper.traffic() == []


def test_without_it_the_connection_is_a_finding(db: None, server: Server) -> None:
    with looked_at(server.parameters(sslmode="disable")):
        assert len(keeper.traffic()) == 1


def test_a_server_with_another_certificate_is_not_spoken_to(server: Server, tmp_path: Path) -> None:
    write(tmp_path / "others")
    other = str(tmp_path / "others" / "DATABASE_CERTIFICATE")
    with pytest.raises(psycopg2.OperationalError, match="certificate verify failed"):
        psycopg2.connect(**server.parameters(sslmode="verify-full", sslrootcert=other))


def test_a_server_of_another_name_is_not_spoken_to(server: Server) -> None:
    with pytest.raises(psycopg2.OperationalError, match="does not match host name"):
        psycopg2.connect(**server.parameters(sslmode="verify-full", host="elsewhere"))
