"""What beat starts and when (Europe/Istanbul). Times are only a nudge: each task looks in the database for what is due."""

from __future__ import annotations

from typing import Any

SCHEDULE: dict[str, dict[str, Any]] = {}
