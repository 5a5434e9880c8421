"""From where a request really comes: what the visitor writes into a header counts only when our own proxy says it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LONGEST_CHAIN = 20  # proxies named in one header; a longer one was not written by ours


def client_address(request: HttpRequest) -> str | None:
    """The visitor's address, without port; None when the server was reached over a socket file without a proxy."""
    sender = parsed(request.META.get("REMOTE_ADDR", ""))
    proxies = _networks(tuple(settings.TRUSTED_PROXIES))
    if sender is not None and not _within(sender, proxies):
        return str(sender)
    if sender is None and not proxies:
        return None
    found = sender
    chain = request.headers.get("X-Forwarded-For", "").split(",")
    for text in reversed(chain[-LONGEST_CHAIN:]):
        named = parsed(text)
        if named is None:
            break
        found = named
        if not _within(named, proxies):
            break
    return str(found) if found is not None else None


def parsed(text: str) -> Address | None:
    """An address as it stands in a header, with or without port; None when it is none."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return None
        return address.ipv4_mapped or address
    return address


def network_lines(text: str) -> str:
    """Addresses and networks as somebody wrote them, one a line and in one spelling; ValueError where one is none."""
    return "\n".join(str(ip_network(line, strict=False)) for line in text.replace(",", "\n").split())


def lies_in(text: str | None, networks: Iterable[str]) -> bool:
    """Whether the address is in one of the networks; one that is not known is in none."""
    address = parsed(text or "")
    return address is not None and _within(address, _networks(tuple(networks)))


@lru_cache(maxsize=64)
def _networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ip_network(text, strict=False) for text in texts)


def _within(address: Address, networks: Iterable[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)
