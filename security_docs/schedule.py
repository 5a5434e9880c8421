"""When beat nudges the tasks of 5.3.1."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

SCHEDULE: dict[str, dict[str, Any]] = {
    "keep readers up, remind them and those whose documents are to be reviewed": {
        "task": "security_docs.tasks.follow_up",
        "schedule": crontab(minute="35", hour="7-17"),
        "options": {"expires": 50 * 60},
    },
}
