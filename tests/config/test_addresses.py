"""One address each, in the forms that Django and Celery want."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.addresses import (
    SOCKET_LIMIT,
    cache_address,
    celery_address,
    django_database,
    private_addresses,
    socket_folder,
    with_database,
)


def test_a_database_address_becomes_djangos_settings() -> None:
    found = django_database("postgresql://us%40er:p%2Fw@db:5433/sbs?sslmode=require")

    assert found == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "sbs",
        "USER": "us@er",
        "PASSWORD": "p/w",
        "HOST": "db",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }


def test_a_private_database_is_reached_by_its_socket() -> None:
    folder = Path("/srv/sbs/var/demo")

    assert django_database(private_addresses(folder).database)["HOST"] == str(socket_folder(folder))


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(ValueError, match="postgresql://"):
        django_database("sqlite:///x")


def test_the_sockets_path_is_short_enough_however_deep_the_checkout() -> None:
    path = socket_folder(Path("/" + "deep/" * 60)) / ".s.PGSQL.5432"

    assert len(str(path)) <= SOCKET_LIMIT


@pytest.mark.parametrize(
    ("address", "for_celery"),
    [
        ("redis://:pw@redis:6379/0", "redis://:pw@redis:6379/0"),
        ("unix:///run/r.sock?db=0", "redis+socket:///run/r.sock?virtual_host=0"),
    ],
)
def test_celery_and_the_cache_read_the_same_redis(address: str, for_celery: str) -> None:
    assert celery_address(address) == for_celery
    assert cache_address(for_celery) == address


def test_another_database_of_the_same_server() -> None:
    assert (
        with_database("postgresql://sbs@/sbs?host=/run", "test_sbs") == "postgresql://sbs@/test_sbs?host=/run"
    )
