"""The cache on Redis, borne with when it is away: an empty cache is slower, never an error on a page.

Nothing is true only because it stands in the cache: sessions are in the database, and counters of attempts count people
in the database as well. While Redis is away the counters of API calls stand still; the alarm says so.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
T = TypeVar("T")
TOLD_AGAIN = 60  # seconds between two lines in the log about the same absence
LEFT_ALONE = (
    2  # seconds after a failure in which Redis is not asked again, so that no page waits for it many times
)


class OneClient(RedisCacheClient):
    """Django's way to Redis, which makes a client for every question, with one that is kept: there is one server."""

    @cached_property
    def _kept(self) -> Any:
        return super().get_client(write=True)

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        return self._kept


class PatientCache(RedisCache):
    """Django's Redis cache, for which a lost Redis is an empty one."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = OneClient
        self._told = float("-inf")
        self._away_until = float("-inf")

    def _or(self, otherwise: T, ask: Callable[[], T]) -> T:
        now = time.monotonic()
        if now < self._away_until:
            return otherwise
        try:
            return ask()
        except (RedisError, OSError) as error:
            self._away_until = now + LEFT_ALONE
            if now - self._told > TOLD_AGAIN:
                self._told = now
                log.error("Redis does not answer (%s); going on without the cache.", type(error).__name__)
            return otherwise

    def add(self, key: Any, value: Any, timeout: Any = ..., version: Any = None) -> bool:
        return self._or(
            True, lambda: super(PatientCache, self).add(key, value, *_given(timeout), version=version)
        )

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        return self._or(default, lambda: super(PatientCache, self).get(key, default, version))

    def set(self, key: Any, value: Any, timeout: Any = ..., version: Any = None) -> None:
        self._or(None, lambda: super(PatientCache, self).set(key, value, *_given(timeout), version=version))

    def touch(self, key: Any, timeout: Any = ..., version: Any = None) -> bool:
        return self._or(
            False, lambda: super(PatientCache, self).touch(key, *_given(timeout), version=version)
        )

    def delete(self, key: Any, version: Any = None) -> bool:
        return self._or(False, lambda: super(PatientCache, self).delete(key, version))

    def get_many(self, keys: Any, version: Any = None) -> dict[Any, Any]:
        return self._or({}, lambda: super(PatientCache, self).get_many(keys, version))

    def has_key(self, key: Any, version: Any = None) -> bool:
        return self._or(False, lambda: super(PatientCache, self).has_key(key, version))

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> int:
        return self._or(delta, lambda: super(PatientCache, self).incr(key, delta, version))

    def set_many(self, data: Any, timeout: Any = ..., version: Any = None) -> list[Any]:
        return self._or(
            [], lambda: super(PatientCache, self).set_many(data, *_given(timeout), version=version)
        )

    def delete_many(self, keys: Any, version: Any = None) -> None:
        self._or(None, lambda: super(PatientCache, self).delete_many(keys, version))


def _given(timeout: Any) -> tuple[Any, ...]:
    """The time limit, where the caller named one."""
    return () if timeout is ... else (timeout,)
