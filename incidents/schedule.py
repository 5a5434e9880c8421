"""When beat nudges the tasks of 5.3.2."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

SCHEDULE: dict[str, dict[str, Any]] = {
    "pass on alerts and remind of the 72 hours": {
        "task": "incidents.tasks.watch",
        "schedule": crontab(),
        "options": {"expires": 50},
    },
    "tell of what is due after breaches": {
        "task": "incidents.tasks.follow_up",
        "schedule": crontab(minute="25", hour="7-17"),
        "options": {"expires": 50 * 60},
    },
}
