"""Under which name the database is entered: the owner lays out the tables, the program only works with them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, unquote, urlsplit

from config.addresses import django_database

PREFIX = "sbs"  # of the roles in the private clusters


def as_role(address: str, role: str) -> str:
    """The same database entered by another role. The password stays, where there is one."""
    parts = urlsplit(address)
    password = f":{quote(unquote(parts.password), safe='')}" if parts.password else ""
    place = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{quote(role)}{password}@{place}").geturl()


def prefix_of(address: str) -> str:
    """How the roles' names begin, where the address is that of the program's own role; else nothing."""
    found = re.fullmatch(r"([a-z][a-z0-9_]{0,30})_app", unquote(urlsplit(address).username or ""))
    return found[1] if found else ""


@contextmanager
def logged_in(address: str) -> Iterator[None]:
    """This process's connection under another name for as long as the block lasts, outside any transaction."""
    from django.db import connection

    given = connection.settings_dict
    own = {name: given[name] for name in ("USER", "PASSWORD", "HOST", "PORT")}
    other = django_database(address)
    connection.close()
    given.update({name: other[name] for name in own})
    try:
        yield
    finally:
        connection.close()
        given.update(own)
