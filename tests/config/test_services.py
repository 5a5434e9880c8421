"""The private PostgreSQL and Redis: started when needed, gone when the last user goes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import redis

from config.addresses import Addresses, cache_address
from config.postgres import postgres_programs
from config.services import Pair, opened, redis_program


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose cluster is laid out once for the tests of this file."""
    return tmp_path_factory.mktemp("pair")


@pytest.fixture
def pair(folder: Path) -> Iterator[Pair]:
    """The pair, not entered."""
    pair = Pair(folder, durable=False)
    yield pair
    pair.kept.unlink(missing_ok=True)
    pair.stop()


def are_up(pair: Pair) -> tuple[bool, bool]:
    assert pair.postgres
    assert pair.redis
    return pair.postgres.answers(), pair.redis.answers()


def said_by(addresses: Addresses) -> tuple[object, object]:
    connection = psycopg2.connect(addresses.database)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            (one,) = cursor.fetchone() or (None,)
    finally:
        connection.close()
    return one, redis.Redis.from_url(cache_address(addresses.redis)).ping()


def test_both_answer_inside_and_are_gone_afterwards(folder: Path, pair: Pair) -> None:
    with opened(folder, durable=False) as addresses:
        assert said_by(addresses) == (1, True)

    assert are_up(pair) == (False, False)


def test_the_first_to_leave_takes_nothing_from_the_others(folder: Path, pair: Pair) -> None:
    with opened(folder, durable=False) as addresses:
        pair.enter()
        pair.leave()

        assert said_by(addresses) == (1, True)


def test_what_was_asked_to_stay_stays(pair: Pair) -> None:
    pair.enter()
    pair.kept.touch()
    pair.leave()

    assert are_up(pair) == (True, True)


def test_nothing_listens_on_the_network(folder: Path) -> None:
    with opened(folder, durable=False) as addresses:
        connection = psycopg2.connect(addresses.database)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SHOW listen_addresses")
                assert cursor.fetchone() == ("",)
        finally:
            connection.close()
        assert redis.Redis.from_url(cache_address(addresses.redis)).config_get("port") == {"port": "0"}


def test_the_wheels_carry_both_programs_where_nothing_is_installed() -> None:
    assert (postgres_programs(wheel_only=True) / "pg_ctl").exists()
    assert redis_program(wheel_only=True).exists()
