"""Kinds of record that were taken away from the database: their records go on showing what the trail tells of them.

Only somebody with more rights than the program can take one away, and verification tells. From then on entries are found by
the name of the kind in their sealed text.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from django.core.cache import cache
from django.db import connection, models

KEY = "audit:lost-kinds"
AGAIN_SECONDS = 60.0
LOST = """
SELECT DISTINCT content_type_id, substring(canon FROM '\\nkind=\\d+:([a-z0-9_.]+)\\n') FROM audit_entry
WHERE NOT EXISTS (SELECT 1 FROM django_content_type AS kind WHERE kind.id = content_type_id)
"""
Numbers = dict[str, list[int]]


class _Known:
    """What this process read last."""

    at = float("-inf")
    numbers: Numbers = {}


def remember() -> None:
    """Look which kinds are missing, for every process to know; verification does so."""
    numbers: Numbers = {}
    with connection.cursor() as cursor:
        cursor.execute(LOST)
        for number, label in cursor.fetchall():
            numbers.setdefault(label or "", []).append(number)
    cache.set(KEY, numbers, None)
    _Known.at = float("-inf")


def lost(kinds: Iterable[type[models.Model]]) -> list[int]:
    """Under which numbers these kinds stood before they were taken away; empty as long as nobody did."""
    if time.monotonic() - _Known.at > AGAIN_SECONDS:
        _Known.at, _Known.numbers = time.monotonic(), cache.get(KEY) or {}
    if not _Known.numbers:
        return []
    return [number for kind in kinds for number in _Known.numbers.get(kind._meta.label_lower, [])]
