"""The engine as the unit head sees it in the admin."""

from processes.admin import calendar, definitions, records, subprocesses

__all__ = ["calendar", "definitions", "records", "subprocesses"]
