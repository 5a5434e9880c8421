"""In front of the portal: a real nginx with the shipped rules before a real gunicorn, asked byte by byte."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing

import pytest

from config.env import CHECKOUT
from config.rehearsal import environment
from tests.security.proxied import Door, fields, opened, status

HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: localhost\r\n\r\n"
START = b"POST /shown HTTP/1.1\r\nHost: localhost\r\n"
CHUNKED_END = b"0\r\n\r\n"
INSIDE_A_CHUNK = b"%x\r\n%s\r\n0\r\n\r\n" % (len(HIDDEN), HIDDEN)
TWO_LENGTHS = {
    "length and chunks, chunks end first": b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n"
    % (len(CHUNKED_END + HIDDEN))
    + CHUNKED_END
    + HIDDEN,
    "length and chunks, length ends first": b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
    + INSIDE_A_CHUNK,
    "two lengths": b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n" % len(HIDDEN) + HIDDEN,
    "a length with a sign": b"Content-Length: +%d\r\n\r\n" % len(HIDDEN) + HIDDEN,
    "a length in other figures": b"Content-Length: 0x%x\r\n\r\n" % len(HIDDEN) + HIDDEN,
    "a negative length": b"Content-Length: -1\r\n\r\n" + HIDDEN,
    "chunks twice": b"Transfer-Encoding: chunked, chunked\r\n\r\n" + CHUNKED_END + HIDDEN,
    "chunks not last": b"Transfer-Encoding: chunked, identity\r\n\r\n" + CHUNKED_END + HIDDEN,
    "chunks of another name": b"Content-Length: %d\r\nTransfer-Encoding: xchunked\r\n\r\n"
    % len(CHUNKED_END + HIDDEN)
    + CHUNKED_END
    + HIDDEN,
    "chunks behind a vertical tab": b"Content-Length: %d\r\nTransfer-Encoding: \x0bchunked\r\n\r\n"
    % len(CHUNKED_END + HIDDEN)
    + CHUNKED_END
    + HIDDEN,
    "a space before the colon": b"Content-Length: 4\r\nTransfer-Encoding : chunked\r\n\r\n" + INSIDE_A_CHUNK,
    "a folded line": b"Content-Length: 4\r\nTransfer-Encoding:\r\n chunked\r\n\r\n" + INSIDE_A_CHUNK,
    "a chunk of a wrong size": b"Transfer-Encoding: chunked\r\n\r\n-1\r\n" + HIDDEN,
}
TLS_HEADERS = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with opened(tmp_path_factory.mktemp("proxied")) as found:
        yield found


def get(path: str, method: str = "GET", host: str = "localhost") -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()


# One message, one length (4.2.1)


@pytest.mark.parametrize("through", ["tls", "web"])
def test_two_honest_requests_on_one_line_are_two(door: Door, through: str) -> None:
    before = len(door.heard())
    door.say(START + b"Content-Length: 2\r\n\r\nab" + HIDDEN, through=through)

    assert door.heard()[before:] == ["POST /shown 2", "GET /hidden 0"]


@pytest.mark.parametrize("through", ["tls", "web"])
@pytest.mark.parametrize("kind", sorted(TWO_LENGTHS))
def test_a_request_with_two_ends_is_refused_and_hides_no_other(door: Door, kind: str, through: str) -> None:
    before = len(door.heard())
    answer = door.say(START + TWO_LENGTHS[kind], through=through)

    assert not [line for line in door.heard()[before:] if "/hidden" in line]
    assert status(answer) in {0, 400, 501}


# TLS (12.1.1, 12.1.2)


def hand_shake(door: Door, context: ssl.SSLContext) -> tuple[str, str]:
    """The version and cipher both agree on."""
    with (
        closing(socket.create_connection(("127.0.0.1", door.tls), timeout=5)) as bare,
        context.wrap_socket(bare, server_hostname="localhost") as link,
    ):
        agreed = link.cipher()
        assert agreed is not None
        return str(link.version()), agreed[0]


def test_the_newest_tls_is_agreed_on(door: Door) -> None:
    assert hand_shake(door, door.context())[0] == "TLSv1.3"


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_an_old_tls_is_not_spoken(door: Door, version: ssl.TLSVersion) -> None:
    context = door.context()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version

    with pytest.raises(ssl.SSLError):
        hand_shake(door, context)


@pytest.mark.parametrize("cipher", ["ECDHE+AESGCM", "ECDHE+CHACHA20"])
def test_ciphers_that_hold_are_taken(door: Door, cipher: str) -> None:
    context = door.context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(cipher)

    assert hand_shake(door, context)[0] == "TLSv1.2"


def test_a_cipher_without_its_own_seal_is_refused(door: Door) -> None:
    context = door.context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE+AES:!AESGCM:!AESCCM:@SECLEVEL=0")

    with pytest.raises(ssl.SSLError):
        hand_shake(door, context)


def test_every_cipher_on_the_list_has_forward_secrecy_and_a_seal() -> None:
    named = re.search(r"ssl_ciphers (\S+);", (CHECKOUT / "deploy/nginx.conf").read_text(encoding="utf-8"))
    assert named is not None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers(named[1])
    older = [one for one in context.get_ciphers() if one["protocol"] == "TLSv1.2"]

    assert len(older) >= 4
    assert {(one["kea"], one["aead"]) for one in older} == {("kx-ecdhe", True)}


# Without TLS (4.1.2, 12.2.1)


def test_people_are_led_to_https(door: Door) -> None:
    answer = door.say(get("/login/?next=/cases/"), through="plain")

    assert (status(answer), fields(answer, "Location")) == (308, ["https://localhost/login/?next=/cases/"])


@pytest.mark.parametrize("path", ["/api/v1/cases/", "/calendar/geheim.ics"])
def test_programs_are_refused_and_not_led(door: Door, path: str) -> None:
    before = len(door.heard())
    answer = door.say(get(path), through="plain")

    assert (status(answer), fields(answer, "Location"), door.heard()[before:]) == (403, [], [])


# Answers of the proxy's own (3.4.1, 3.4.3, 3.4.4, 3.4.6, 13.4.4)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (get("/", method="TRACE"), 405),
        (get("/%zz"), 400),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999999\r\n\r\n", 413),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
    ],
)
def test_what_the_proxy_says_itself_carries_the_safety_headers(
    door: Door, asked: bytes, expected: int
) -> None:
    answer = door.say(asked)
    policy = fields(answer, "Content-Security-Policy")

    assert status(answer) == expected
    assert {name: fields(answer, name) for name in TLS_HEADERS} == {
        name: [value] for name, value in TLS_HEADERS.items()
    }
    assert len(policy) == 1
    assert "default-src 'none'" in policy[0]
    assert "frame-ancestors 'none'" in policy[0]
    assert fields(answer, "Server") == ["nginx"]  # and not which one


def test_the_portals_own_headers_arrive_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("portal")
    asked = environment(folder) | {"SBS_ALLOWED_HOSTS": "localhost", "SBS_TRUSTED_PROXIES": "127.0.0.1/32"}
    with opened(folder, program="config.wsgi", environ=asked) as portal:
        answer = portal.say(get("/health/"), patience=30)

    assert status(answer) == 503  # there is no database, and that is all it says
    assert {name: fields(answer, name) for name in TLS_HEADERS} == {
        name: [value] for name, value in TLS_HEADERS.items()
    }
    assert len(fields(answer, "Content-Security-Policy")) == 1
    assert fields(answer, "X-Powered-By") == []
