"""Whether this instance can work: asked by the proxy, the container runtime and whoever is on call."""

from __future__ import annotations

import logging

from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
PROBE = "health"


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        log.exception("The database does not answer.")
        return False
    return True


def _redis_answers() -> bool:
    try:
        cache.get(PROBE)
    except (RedisError, OSError):
        log.exception("Redis does not answer.")
        return False
    return True


@transaction.non_atomic_requests
@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 `ok` when the database and Redis answer, else 503 naming what does not."""
    away = [
        name
        for name, answers in (("database", _database_answers), ("redis", _redis_answers))
        if not answers()
    ]
    text = f"no answer: {', '.join(away)}" if away else "ok"
    return HttpResponse(text, status=503 if away else 200, content_type="text/plain; charset=utf-8")
