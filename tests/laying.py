"""What all tests of a file stand on is laid once for the file: each finds the database as it was laid, and a copy of its own.

The ground is a transaction that stays open while the file is tested; every test is a savepoint in it. A test that commits,
enters under another role or asks for no ground finds none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any, TypeVar

import pytest
from django.db import connection, transaction
from django.utils import translation
from pytest_django.plugin import blocking_manager_key

from processes import catalogue
from tests.database.logins import logins

T = TypeVar("T")
Build = Callable[[], Any]
Wanted = tuple[Path, tuple[Build, ...]]

COMMITS = frozenset({"transactional_db", "django_db_reset_sequences", "live_server"})
_builds: dict[Any, Build] = {}


def laid(build: Callable[[], T]) -> Any:
    """The fixture that gives what `build` makes. Give it the name under which tests ask for it."""

    def copy(db: None) -> T:
        catalogue.sheet.cache_clear()  # keys come again from test to test
        made: T = ground.copy_of(build)
        return made

    _builds[copy] = build
    return pytest.fixture(copy)


class Ground:
    """What has been laid for the file under test."""

    def __init__(self) -> None:
        self.wanted: Wanted | None = None
        self.made: dict[Build, Any] = {}
        self.atomic: Any = None
        self.session: Any = None

    def clear_for(self, item: pytest.Item) -> None:
        """Take away what another test stood on."""
        if self.wanted is not None and (self.wanted != wanted_by(item) or not self.stands):
            with unblocked(item.config):
                self.clear()

    def lay_for(self, item: pytest.Item) -> None:
        """Lay what this test stands on, unless it lies there."""
        wanted = wanted_by(item)
        if wanted is None or self.wanted is not None or not logins.is_made:
            return
        translation.deactivate()
        with unblocked(item.config):
            self.atomic = transaction.atomic()
            self.atomic._from_testcase = True  # as Django marks its own, for code that asks to be outermost
            self.atomic.__enter__()
            self.wanted, self.session = wanted, connection.connection
            try:
                self.made = {build: build() for build in wanted[1]}
            except BaseException:
                self.clear()
                raise

    def copy_of(self, build: Build) -> Any:
        """A copy of what was laid; made anew where nothing lies."""
        if build in self.made:
            return deepcopy(self.made[build])
        with transaction.atomic():
            return build()

    @property
    def stands(self) -> bool:
        """The transaction has not gone with its connection."""
        return connection.connection is self.session and connection.in_atomic_block

    def clear(self) -> None:
        """Nothing lies any more."""
        if self.wanted is not None and self.stands:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)
        self.wanted, self.made, self.atomic, self.session = None, {}, None, None


def wanted_by(item: pytest.Item) -> Wanted | None:
    """The file and what its test is to stand on; None for a test that commits, enters otherwise or stands on nothing."""
    names = getattr(item, "fixturenames", ())
    marker = item.get_closest_marker("django_db")
    if not COMMITS.isdisjoint(names) or item.get_closest_marker("login") or (marker and marker.kwargs):
        return None
    known = item._fixtureinfo.name2fixturedefs if isinstance(item, pytest.Function) else {}
    builds = tuple(
        _builds[known[name][-1].func] for name in names if name in known and known[name][-1].func in _builds
    )
    return (item.path, builds) if builds else None


@contextmanager
def unblocked(config: pytest.Config) -> Iterator[None]:
    """The database may be asked between tests."""
    with config.stash[blocking_manager_key].unblock():
        yield


ground = Ground()
