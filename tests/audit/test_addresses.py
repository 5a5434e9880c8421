"""The visitor's address: a header counts only from our own proxy."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory

from audit.addresses import client_address, parsed

PROXIES = ("10.0.0.0/24", "::1")


@pytest.mark.parametrize(
    ("sender", "chain", "found"),
    [
        ("203.0.113.9", None, "203.0.113.9"),
        ("203.0.113.9", "8.8.8.8", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.4", "198.51.100.4"),
        ("10.0.0.1", "8.8.8.8, 198.51.100.4", "198.51.100.4"),
        ("10.0.0.1", "8.8.8.8, 198.51.100.4, 10.0.0.2", "198.51.100.4"),
        ("10.0.0.1", "not-an-ip", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.4, not-an-ip", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.4:51234", "198.51.100.4"),
        ("10.0.0.1", "[2001:db8::7]:443", "2001:db8::7"),
        ("10.0.0.1", "2001:db8::7", "2001:db8::7"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", None, "10.0.0.1"),
        ("::1", "198.51.100.4", "198.51.100.4"),
        ("::ffff:10.0.0.1", "198.51.100.4", "198.51.100.4"),
        ("", "198.51.100.4", "198.51.100.4"),
        ("10.0.0.1", "fe80::1%eth0", "10.0.0.1"),
        ("10.0.0.1", "1" * 5000, "10.0.0.1"),
        ("10.0.0.1", "," * 5000, "10.0.0.1"),
    ],
)
def test_behind_proxies(settings: Any, sender: str, chain: str | None, found: str) -> None:
    settings.TRUSTED_PROXIES = PROXIES
    headers = {} if chain is None else {"X-Forwarded-For": chain}
    request = RequestFactory().get("/", REMOTE_ADDR=sender, headers=headers)
    assert client_address(request) == found


@pytest.mark.parametrize(("sender", "found"), [("203.0.113.9", "203.0.113.9"), ("", None)])
def test_without_proxies_no_header_counts(settings: Any, sender: str, found: str | None) -> None:
    settings.TRUSTED_PROXIES = ()
    request = RequestFactory().get("/", REMOTE_ADDR=sender, headers={"X-Forwarded-For": "8.8.8.8"})
    assert client_address(request) == found


@pytest.mark.parametrize(
    "text", ["", "localhost", "1.2.3", "1.2.3.4.5", "٠.0.0.1", "1.2.3.4\x00", "0x7f.1", "%00"]
)
def test_what_is_no_address(text: str) -> None:
    assert parsed(text) is None
