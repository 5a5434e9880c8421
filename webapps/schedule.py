"""When the work of 5.3.7 that nobody starts by hand is started."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

SCHEDULE: dict[str, dict[str, Any]] = {
    "remind of access reviews and of lists to be compared": {
        "task": "webapps.tasks.remind",
        "schedule": crontab(minute="25", hour="7-17"),
        "options": {"expires": 50 * 60},
    },
}
