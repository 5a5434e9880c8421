"""The only way this program calls an address somebody typed in: named in the settings, resolved, checked, pinned.

`WEBHOOK_HOSTS` names what may be called: `ebys.example.gov.tr`, `ebys.example.gov.tr:8443`, or with `http://` in front
where a protected network really has no TLS. Addresses that are not public are reached only inside `WEBHOOK_NETWORKS`.
Redirects are not followed; the name is resolved once and the connection goes to exactly the address that was checked.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from processes.errors import RuleBroken

SECONDS = 10  # for the whole call, however slowly the other side speaks
LARGEST_ANSWER = 64 * 1024
PORTS = {"https": 443, "http": 80}


class Unreachable(Exception):
    """Nobody answered, or not in time."""


class Forbidden(RuleBroken):
    """This address may not be called."""

    code = "address-not-allowed"


@dataclass(frozen=True)
class Place:
    """Where a call goes: `address` is the one that was checked."""

    scheme: str
    host: str
    port: int
    path: str
    address: str


@dataclass(frozen=True)
class Answer:
    """What the other side said; a longer body is cut."""

    status: int
    media_type: str = ""
    body: bytes = b""


def require_listed(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port and path of an address the settings allow; Forbidden otherwise."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise Forbidden(_("This is not a web address.")) from error
    host = (parts.hostname or "").casefold().rstrip(".")
    plain = any(ord(letter) <= 32 or letter == "\\" for letter in url)
    if parts.scheme not in PORTS or not host or parts.username is not None or parts.fragment or plain:
        raise Forbidden(_("Give an address that begins with https:// and names neither user nor password."))
    port = port or PORTS[parts.scheme]
    if (parts.scheme, host, port) not in {_listed(entry) for entry in settings_list("WEBHOOK_HOSTS")}:
        raise Forbidden(_("This address is not on the list of addresses that may be called (WEBHOOK_HOSTS)."))
    path = parts.path or "/"
    return parts.scheme, host, port, f"{path}?{parts.query}" if parts.query else path


def resolve(url: str) -> Place:
    """The place behind an allowed address; every address the name stands for has to be allowed."""
    scheme, host, port, path = require_listed(url)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Unreachable("The name does not resolve.") from error
    addresses = [str(entry[4][0]) for entry in found]
    for address in addresses:
        if not _is_allowed(address):
            raise Forbidden(_("The name leads to an address that may not be called (WEBHOOK_NETWORKS)."))
    return Place(scheme, host, port, path, addresses[0])


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send a body and return the answer; Unreachable when there is none within the time limit."""
    place = resolve(url)
    connection = _Pinned(place)
    limit = threading.Timer(SECONDS, connection.cut)
    limit.daemon = True
    limit.start()
    try:
        connection.request("POST", place.path, body=body, headers=dict(headers))
        answer = connection.getresponse()
        content = answer.read(LARGEST_ANSWER)
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable("TimeoutError" if connection.is_cut else type(error).__name__) from error
    finally:
        limit.cancel()
        connection.close()
    if connection.is_cut:  # what came until then is not an answer
        raise Unreachable("TimeoutError")
    media_type = (answer.getheader("Content-Type") or "").partition(";")[0].strip().lower()
    return Answer(answer.status, media_type, content)


class _Pinned(http.client.HTTPConnection):
    """A connection to a checked address; the certificate is still asked for the name."""

    def __init__(self, place: Place) -> None:
        super().__init__(place.host, place.port, timeout=SECONDS)
        self._place = place
        self._live: socket.socket | None = None
        self.is_cut = False

    def connect(self) -> None:
        """To the address that was checked, not to what the name may mean by now."""
        self._live = plain = socket.create_connection((self._place.address, self._place.port), SECONDS)
        if self.is_cut:
            plain.close()
            raise TimeoutError
        if self._place.scheme == "http":
            self.sock = plain
            return
        try:
            wrapped = ssl.create_default_context().wrap_socket(
                plain, server_hostname=self._place.host, do_handshake_on_connect=False
            )
        except OSError:
            plain.close()
            raise
        self._live = self.sock = wrapped
        try:
            wrapped.do_handshake()
        except OSError:
            wrapped.close()
            raise

    def cut(self) -> None:
        """The time is up: whoever waits for the other side is woken."""
        self.is_cut = True
        if self._live is not None:
            with suppress(OSError):
                self._live.shutdown(socket.SHUT_RDWR)


def settings_list(name: str) -> tuple[str, ...]:
    """A list of the settings; nothing is called while it is empty."""
    return tuple(getattr(settings, name))


def _listed(entry: str) -> tuple[str, str, int]:
    parts = urlsplit(entry if "://" in entry else f"https://{entry}")
    return (
        parts.scheme,
        (parts.hostname or "").casefold().rstrip("."),
        parts.port or PORTS.get(parts.scheme, 0),
    )


def _is_allowed(text: str) -> bool:
    """A public address, or one inside a network the settings name."""
    address: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    networks = [ipaddress.ip_network(one, strict=False) for one in settings_list("WEBHOOK_NETWORKS")]
    if any(address.version == network.version and address in network for network in networks):
        return True
    return address.is_global and not address.is_multicast
