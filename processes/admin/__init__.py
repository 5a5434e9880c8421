"""The engine as the unit head sees it in the admin."""

from processes.admin import calendar, definitions, imports, records, subprocesses

__all__ = ["calendar", "definitions", "imports", "records", "subprocesses"]
