"""Ek-5 5.4.4.5: log-in against a directory, with the library's own stand-in for a server."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from ldap3 import MOCK_SYNC, Connection

from accounts import directory
from accounts.models import User
from accounts.roles import Role
from config.env import BadEnvironment, read
from tests.accounts.people import person

pytestmark = pytest.mark.django_db
SECRET = "dizindeki parola"
ENTRY = "uid=T004417,ou=personel,dc=ornekova,dc=example"


class PlainDirectory(threading.Thread):
    """A directory that can no TLS, and writes down whatever it hears."""

    NO_TLS = bytes.fromhex(
        "300c02010178070a010204000400"
    )  # protocolError, as servers without StartTLS answer

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.door = socket.create_server(("127.0.0.1", 0))
        self.heard = b""

    def run(self) -> None:
        link, _address = self.door.accept()
        with link:
            link.settimeout(5)
            with suppress(OSError):
                while piece := link.recv(4096):
                    self.heard += piece
                    link.sendall(self.NO_TLS)


@pytest.fixture(autouse=True)
def entries(settings: Any) -> None:
    settings.LDAP_URL = "ldaps://dizin.ornekova.example"
    settings.LDAP_USER_DN = "uid=%(registry_no)s,ou=personel,dc=ornekova,dc=example"
    settings.LDAP_CA = ""
    settings.LDAP_STRATEGY = MOCK_SYNC
    directory.server.cache_clear()
    known = Connection(directory.server(settings.LDAP_URL, ""), client_strategy=MOCK_SYNC)
    known.strategy.add_entry(ENTRY, {"userPassword": SECRET, "objectClass": "person", "sn": "X"})


@pytest.fixture
def user() -> User:
    made = person(Role.REQUESTING_STAFF, registry_no="T004417")
    made.set_unusable_password()
    made.save(update_fields=["password"])
    return made


def enter(user: User, password: str) -> bool:
    client = Client()
    client.post("/login/", {"username": user.username, "password": password})
    return SESSION_KEY in client.session


def test_the_directorys_password_opens_the_portal(user: User) -> None:
    assert enter(user, SECRET)


@pytest.mark.parametrize("password", ["yanlış", " ", "\x00", f"{SECRET} "])
def test_another_password_does_not(user: User, password: str) -> None:
    assert not enter(user, password)


def test_an_empty_password_is_none() -> None:
    """Many directories take a bind without a password for an anonymous one and say yes."""
    assert directory.DirectoryBackend().authenticate(None, "kisi", "") is None


def test_it_is_off_unless_named(user: User, settings: Any) -> None:
    settings.LDAP_URL = ""
    assert not enter(user, SECRET)


def test_the_registry_number_decides_not_the_name(user: User) -> None:
    other = person(Role.REQUESTING_STAFF, registry_no="T009999")

    assert not enter(other, SECRET)


@pytest.mark.parametrize("number", ["*", "T004417,ou=personel", "T004417)(uid=*"])
def test_a_registry_number_cannot_reshape_the_question(number: str) -> None:
    assert not directory.opens(number, SECRET)


@pytest.mark.parametrize("values", [{"is_active": False}, {"is_technical": True}])
def test_who_left_stays_outside(user: User, values: dict[str, bool]) -> None:
    for name, value in values.items():
        setattr(user, name, value)
    user.save(update_fields=list(values))

    assert not enter(user, SECRET)


def test_a_directory_that_is_away_opens_nothing(user: User, settings: Any) -> None:
    settings.LDAP_URL, settings.LDAP_STRATEGY = "ldaps://127.0.0.1:1", "SYNC"

    assert not enter(user, SECRET)


def test_without_encryption_the_password_is_not_sent(user: User, settings: Any) -> None:
    plain = PlainDirectory()
    plain.start()
    settings.LDAP_URL, settings.LDAP_STRATEGY = f"ldap://127.0.0.1:{plain.door.getsockname()[1]}", "SYNC"

    assert not enter(user, SECRET)
    plain.join(10)
    plain.door.close()
    assert b"1.3.6.1.4.1.1466.20037" in plain.heard  # StartTLS was asked for, and nothing after it
    assert SECRET.encode() not in plain.heard


@pytest.mark.parametrize(
    "values",
    [
        {"SBS_LDAP_URL": "ldaps://x", "SBS_LDAP_USER_DN": "uid=x"},
        {"SBS_LDAP_URL": "http://x", "SBS_LDAP_USER_DN": "uid=%(registry_no)s"},
    ],
)
def test_half_a_setting_is_refused_at_start(values: dict[str, str]) -> None:
    with pytest.raises(BadEnvironment, match="SBS_LDAP"):
        read(values)
