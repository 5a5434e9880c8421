"""What the proxy is told."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries


@pytest.mark.django_db
def test_health_is_ok_when_database_and_redis_answer() -> None:
    answer = Client().get("/health/")

    assert (answer.status_code, answer.content) == (200, b"ok")


@pytest.mark.django_db
def test_health_asks_nobody_who_they_are(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        Client().get("/health/")


@pytest.mark.django_db
def test_health_names_a_redis_that_is_away(settings: Any) -> None:
    away = {"LOCATION": "unix:///nowhere/redis.sock?db=0"}
    settings.CACHES = {"default": settings.CACHES["default"] | away}

    answer = Client().get("/health/")

    assert (answer.status_code, answer.content) == (200, b"ok, no answer: redis")  # work goes on


@pytest.mark.django_db
def test_health_names_a_database_that_is_away() -> None:
    with connection.execute_wrapper(_away):
        answer = Client().get("/health/")

    assert (answer.status_code, answer.content) == (503, b"no answer: database")


def _away(*_args: object) -> None:
    raise OperationalError("server closed the connection")
