"""The files a page asks for, read once: every browser of a test has a portal of its own, and they all serve the same files."""

from __future__ import annotations

from typing import Any

from whitenoise.middleware import WhiteNoiseMiddleware

_found: dict[str, Any] = {}


class ReadOnce(WhiteNoiseMiddleware):
    """What serves files in production; where files lie is asked once per process, not once per browser."""

    def add_files_from_finders(self) -> None:
        if not _found:
            super().add_files_from_finders()
            _found.update(self.files)
        self.files.update(_found)
