"""Under which role the tests enter the database, and how one of them enters as the owner."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg2
from django.db import connection

PREFIX = "sbs_test"
OWNER, APP, SEALER = "owner", "app", "sealer"


class Logins:
    """Whom the default connection of this process, and of every thread in it, enters as."""

    def __init__(self) -> None:
        self.own: tuple[str, str] = ("", "")  # name and password under which the database was made
        self.is_made = False
        self.wanted = APP

    def made(self) -> None:
        """The database stands; from now on the program's role enters it."""
        given = connection.settings_dict
        self.own, self.is_made = (given["USER"], given["PASSWORD"]), True
        if password := self.own[1]:
            with connection.cursor() as cursor:
                for role in (APP, SEALER):
                    cursor.execute(f"ALTER ROLE {PREFIX}_{role} PASSWORD %s", [password])
        self.enter(self.wanted)

    def enter(self, role: str) -> None:
        """As that role from now on. Not inside a transaction."""
        self.wanted = role
        name = self.own[0] if role == OWNER else f"{PREFIX}_{role}"
        if self.is_made and connection.settings_dict["USER"] != name:
            if connection.in_atomic_block:
                raise RuntimeError("Nobody changes into another role inside a transaction.")
            connection.close()
            connection.settings_dict["USER"] = name


logins = Logins()


@contextmanager
def entered_as(role: str) -> Iterator[None]:
    """The default connection as another role for a while; only in a test that commits."""
    before = logins.wanted
    logins.enter(role)
    try:
        yield
    finally:
        logins.enter(before)


@contextmanager
def as_owner() -> Iterator[Any]:
    """A cursor of a connection of its own, entered by the owner; each statement is committed at once."""
    values = connection.get_connection_params() | {"user": logins.own[0]}
    values.pop("cursor_factory", None)
    with closing(psycopg2.connect(**values)) as other:
        other.autocommit = True
        with other.cursor() as cursor:
            yield cursor
