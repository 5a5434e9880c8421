"""The engine as the unit head sees it in the admin."""

from processes.admin import records

__all__ = ["records"]
