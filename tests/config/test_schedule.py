"""What beat starts exists."""

from __future__ import annotations

from config.celery import app
from config.schedule import SCHEDULE


def test_every_entry_names_a_task_that_exists() -> None:
    app.loader.import_default_modules()

    assert [entry["task"] for entry in SCHEDULE.values() if entry["task"] not in app.tasks] == []


def test_a_nudge_is_dropped_before_the_next_one_comes() -> None:
    for entry in SCHEDULE.values():
        assert 0 < entry["options"]["expires"] < 60 * 60
