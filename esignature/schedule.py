"""When the work of 5.3.3 that nobody starts by hand is started."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

SCHEDULE: dict[str, dict[str, Any]] = {
    "remind of certificates that near their end": {
        "task": "esignature.tasks.remind",
        "schedule": crontab(minute="15", hour="7-17"),
        "options": {"expires": 50 * 60},
    },
}
