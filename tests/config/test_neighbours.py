"""The virus scanner and the directory: while either is silent people are turned away, so that is told."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from ldap3 import MOCK_SYNC

from accounts import directory
from config import neighbours
from config.monitoring import Level
from tests.processes.test_scanning import clamd as _clamd

clamd = _clamd


@pytest.fixture
def silent() -> Any:
    """An address at which nobody answers any more."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    return f"127.0.0.1:{port}"


@pytest.fixture
def mute() -> Any:
    """An address that takes the call and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"127.0.0.1:{listening.getsockname()[1]}"


def test_a_scanner_that_answers_is_in_order(clamd: Any) -> None:
    assert neighbours.scanner().level is Level.FINE


def test_a_scanner_that_is_gone_or_says_nothing_is_an_alarm(
    settings: Any, silent: str, mute: str, tmp_path: Any
) -> None:
    for address in (silent, mute, str(tmp_path / "clamd.sock")):
        settings.VIRUS_SCANNER = address
        assert neighbours.scanner().level is Level.ACT


def test_without_a_scanner_there_is_nothing_to_watch(settings: Any) -> None:
    settings.VIRUS_SCANNER = ""
    assert neighbours.scanner().level is Level.UNKNOWN


def test_a_directory_that_answers_is_in_order(settings: Any) -> None:
    settings.LDAP_URL, settings.LDAP_CA, settings.LDAP_STRATEGY = "ldaps://dizin.example", "", MOCK_SYNC
    assert neighbours.directory().level is Level.FINE


@pytest.mark.parametrize("scheme", ["ldap", "ldaps"])
def test_a_directory_that_is_gone_or_says_nothing_is_an_alarm(
    settings: Any, silent: str, mute: str, scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "SECONDS", 1)
    settings.LDAP_CA = ""
    for address in (silent, mute):
        directory.server.cache_clear()
        settings.LDAP_URL = f"{scheme}://{address}"
        assert neighbours.directory().level is Level.ACT


def test_without_a_directory_there_is_nothing_to_watch(settings: Any) -> None:
    settings.LDAP_URL = ""
    assert neighbours.directory().level is Level.UNKNOWN
