"""Where the database and Redis are: one address each, turned into the forms that Django and Celery want."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

SOCKET_LIMIT = 107  # bytes the kernel allows in the path of a unix socket
DATABASE = "sbs"


@dataclass(frozen=True)
class Addresses:
    """The two services the program talks to."""

    database: str
    redis: str


def socket_folder(folder: Path) -> Path:
    """The short folder for the sockets of the services kept in `folder`; the same for everyone who asks."""
    name = f"sbs-{os.getuid()}-{hashlib.sha256(str(folder).encode()).hexdigest()[:10]}"
    for base in (Path(tempfile.gettempdir()), Path("/tmp")):
        if len(str(base / name / ".s.PGSQL.5432.lock")) <= SOCKET_LIMIT:
            return base / name
    return Path("/tmp") / name


def private_addresses(folder: Path) -> Addresses:
    """The addresses of the private services kept in `folder`, running or not."""
    sockets = socket_folder(folder)
    return Addresses(
        database=f"postgresql://sbs@/{DATABASE}?host={quote(str(sockets))}",
        redis=f"unix://{sockets}/redis.sock?db=0",
    )


def django_database(url: str) -> dict[str, Any]:
    """A `postgresql://` address as an entry of Django's DATABASES; further query values go to libpq."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ValueError(f"DATABASE_URL must start with postgresql://, not {parts.scheme}://.")
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": options.pop("port", str(parts.port or "")),
        "OPTIONS": options,
    }


def with_database(url: str, name: str) -> str:
    """The same server, another database."""
    return urlsplit(url)._replace(path=f"/{quote(name)}").geturl()


def cache_address(url: str) -> str:
    """A Redis address as redis-py, and so Django's cache, reads it."""
    return url.replace("redis+socket://", "unix://", 1).replace("virtual_host=", "db=", 1)


def celery_address(url: str) -> str:
    """The same address as Celery's broker reads it: unix sockets have another scheme and another word for the number."""
    return (
        url.replace("unix://", "redis+socket://", 1).replace("db=", "virtual_host=", 1)
        if "unix:" in url
        else url
    )
