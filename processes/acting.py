"""In whose name a deputy acted, for pages that name who did something (Ek-5 5.4.4.4: both names everywhere)."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.models import User
from audit.models import Entry


def in_whose_name(entries: Iterable[Entry]) -> dict[str, User | None]:
    """Each step or act with the person it was last done for; None when somebody did it in their own name.

    `entries` are those of one record, newest first and with their people, as the trail on its page has them.
    """
    found: dict[str, User | None] = {}
    for entry in entries:
        if entry.step and entry.event not in ("refused", "viewed"):
            found.setdefault(entry.step, entry.on_behalf_of)
    return found
