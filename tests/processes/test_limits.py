"""So many requests in a window, each caller counted alone, and nobody shut out when the count is away."""

from __future__ import annotations

import logging

import pytest
from django.core.cache import cache, caches
from django.test import RequestFactory

from config.caching import PatientCache
from processes import limits
from processes.limits import TooOften, allow, insist, insist_on_address, wait_of

pytestmark = pytest.mark.usefixtures("services")

NOON = 1_800_000_000.0  # the beginning of a window of 60 seconds


def test_the_first_ones_pass_and_the_next_window_begins_anew() -> None:
    answers = [allow("form", "a", 3, 60, now=NOON + second) for second in range(5)]

    assert answers == [True, True, True, False, False]
    assert allow("form", "a", 3, 60, now=NOON + 60)


def test_everybody_and_every_scope_is_counted_alone() -> None:
    assert [allow("form", "a", 1, 60, now=NOON) for _number in range(2)] == [True, False]

    assert allow("form", "b", 1, 60, now=NOON)
    assert allow("list", "a", 1, 60, now=NOON)
    assert allow("form", "a", 1, 3600, now=NOON)


def test_nothing_passes_where_nothing_is_allowed() -> None:
    assert not allow("form", "a", 0, 60, now=NOON)


def test_the_wait_ends_with_the_window() -> None:
    assert [wait_of(60, now=NOON + second) for second in (0, 1, 59, 59.9)] == [60, 59, 1, 1]


def test_who_asks_does_not_stand_in_redis() -> None:
    allow("form", "192.0.2.17", 3, 60)

    client = cache._cache.get_client(None, write=True)  # type: ignore[attr-defined]
    keys = [key.decode() for key in client.scan_iter(match="*limit:*")]
    assert len(keys) == 1
    assert "192.0.2.17" not in keys[0]


def test_a_refusal_says_how_long_to_wait() -> None:
    insist("form", "a", 1, 86_400)
    with pytest.raises(TooOften) as refusal:
        insist("form", "a", 1, 86_400)

    assert (refusal.value.status, refusal.value.code) == (429, "throttled")
    assert 1 <= refusal.value.wait <= 86_400
    assert str(refusal.value.wait) in str(refusal.value)


def test_visitors_of_a_public_page_are_counted_by_address(rf: RequestFactory) -> None:
    insist_on_address(rf.get("/", REMOTE_ADDR="192.0.2.1"), "form", 1, 86_400)
    insist_on_address(rf.get("/", REMOTE_ADDR="192.0.2.2"), "form", 1, 86_400)

    with pytest.raises(TooOften):
        insist_on_address(rf.get("/", REMOTE_ADDR="192.0.2.1"), "form", 1, 86_400)


def test_without_redis_everybody_passes_and_the_log_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    away = PatientCache("redis://127.0.0.1:1/0", {})
    monkeypatch.setattr(limits, "cache", away)
    caplog.set_level(logging.ERROR, logger="config.caching")

    assert [allow("form", "a", 1, 60) for _number in range(5)] == [True] * 5
    assert [record.getMessage() for record in caplog.records] == [
        "Redis does not answer (ConnectionError); going on without the cache."
    ]
    assert caches["default"].get("anything") is None
