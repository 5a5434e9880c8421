"""One question in SNMP v2c: does a device answer to this community name?

Only what is needed to find the names devices are delivered with (RFC 3416): a GetRequest for sysDescr.0 and whether
anything comes back. Nothing is read out and nothing is set.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable
from contextlib import ExitStack, suppress

PORT = 161
SECONDS = 0.5
SYS_DESCR = bytes((0x2B, 6, 1, 2, 1, 1, 1, 0))  # 1.3.6.1.2.1.1.1.0


def question(community: str) -> bytes:
    """The packet that asks for the description of a device."""
    binding = _part(0x30, _part(0x06, SYS_DESCR) + _part(0x05, b""))
    zero = _part(0x02, b"\0")
    request = _part(0xA0, _part(0x02, b"\1") + zero + zero + _part(0x30, binding))
    return _part(0x30, _part(0x02, b"\1") + _part(0x04, community.encode("ascii")) + request)


def answered(
    host: str, communities: Iterable[str], *, port: int = PORT, seconds: float = SECONDS
) -> list[str]:
    """The community names the device answers to, all asked at once; an address that cannot be reached answers to none."""
    found = []
    deadline = time.monotonic() + seconds
    with ExitStack() as ways:
        asked = {}
        for name in communities:
            way = ways.enter_context(socket.socket(_family(host), socket.SOCK_DGRAM))
            with suppress(OSError):
                way.connect((host, port))
                way.send(question(name))
                asked[name] = way
        for name, way in asked.items():
            way.settimeout(max(deadline - time.monotonic(), 0.01))
            with suppress(OSError):
                if name.encode("ascii") in way.recv(1500):
                    found.append(name)
    return found


def _part(tag: int, content: bytes) -> bytes:
    """A BER element; nothing here is longer than 127 bytes."""
    return bytes((tag, len(content))) + content


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
