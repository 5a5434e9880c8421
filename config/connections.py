"""Which addresses ask for a connection nobody on the network can read: encrypted, or within this machine."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import parse_qs, unquote, urlsplit

TLS_MODES = {"require", "verify-ca", "verify-full"}  # of libpq: those that never go on without encryption
MAY_STAY_OPEN = ("redis", "mail")  # the words of SBS_UNENCRYPTED; the database is never among them


def stays_here(host: str) -> bool:
    """Whether a host name or address is this machine itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def is_private_way(address: str) -> bool:
    """The database: TLS is demanded, or there is no network."""
    parts = urlsplit(address)
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    host = options.get("host", unquote(parts.hostname or ""))
    return not host or host.startswith("/") or options.get("sslmode") in TLS_MODES


def is_private_redis(address: str) -> bool:
    """Redis, broker and cache: `rediss` with its certificate looked at, a socket, or this machine."""
    parts = urlsplit(address)
    if parts.scheme in {"unix", "redis+socket"}:
        return True
    if parts.scheme == "rediss":
        asked = parse_qs(parts.query).get("ssl_cert_reqs", ["required"])[-1]
        return asked == "required"
    return stays_here(parts.hostname or "localhost")


def is_private_mail(address: str) -> bool:
    """The mail server: TLS from the first byte (`smtps`), STARTTLS (`smtp+starttls`, or with a log-in), or this machine."""
    parts = urlsplit(address)
    return (
        parts.scheme in {"smtps", "smtp+starttls"} or bool(parts.username) or stays_here(parts.hostname or "")
    )
