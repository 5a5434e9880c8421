"""What beat starts and when (Europe/Istanbul). Times are only a nudge: each task looks in the database for what is due.

What is to happen once in a period is tried every hour of it, so that a machine that was off in the morning catches up; the
engine's ledger of runs lets only one try count. A nudge nobody took is dropped rather than queued behind the next.
A room brings its own in `schedule.py`, a module that imports nothing but the times.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from celery.schedules import crontab

from config.rooms import ROOMS

SCHEDULE: dict[str, dict[str, Any]] = {
    "tick, so that silence is noticed": {
        "task": "config.tasks.heartbeat",
        "schedule": crontab(),
        "options": {"expires": 50},
    },
    "seal the trail": {
        "task": "audit.tasks.seal",
        "schedule": crontab(),
        "options": {"expires": 50},
    },
    "have the trail's seal stamped": {
        "task": "audit.tasks.stamp",
        "schedule": crontab(minute="50"),
        "options": {"expires": 50 * 60},
    },
    "verify the trail": {
        "task": "audit.tasks.verify",
        "schedule": crontab(minute="40", hour="2-23"),
        "options": {"expires": 50 * 60},
    },
    "send what waits in the outbox": {
        "task": "processes.tasks.send_outbox",
        "schedule": crontab(),
        "options": {"expires": 50},
    },
    "send the digest on working mornings": {
        "task": "processes.tasks.send_digests",
        "schedule": crontab(minute="30", hour="7-17", day_of_week="mon-fri"),
        "options": {"expires": 50 * 60},
    },
    "forget answers no program asks for again": {
        "task": "ebys.tasks.forget_answers",
        "schedule": crontab(minute="20"),
        "options": {"expires": 50 * 60},
    },
    "hash every stored file again, in one night of the week": {
        "task": "processes.tasks.verify_files",
        "schedule": crontab(minute="15", hour="1-5"),
        "options": {"expires": 50 * 60},
    },
    "look for what is overdue and clear up": {
        "task": "processes.tasks.sweep",
        "schedule": crontab(minute="5"),
        "options": {"expires": 50 * 60},
    },
}
for room in ROOMS:
    if find_spec(f"{room}.schedule"):
        SCHEDULE |= import_module(f"{room}.schedule").SCHEDULE
