"""The invented province of the trial run: people, cases of every room in every state, letters. The same at each start."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.utils import timezone

from accounts.demo import build_people
from ebys.demo import build_letters
from processes.services.calendar import load_year

CASES = 300
SHARES = {"helpdesk": 1.0}
SHARE = 0.1  # of a room without a line above: most of the unit's work is infrastructure


def build(
    *, cases: int = CASES, now: datetime | None = None, said: Callable[[str], None] = lambda text: None
) -> None:
    """Fill an empty database; `said` hears what is being made. A room's `demo.build` is told how many cases to make."""
    now = now or timezone.now()
    said("people")
    people = build_people()
    said("calendar")
    for year in (now.year - 1, now.year, now.year + 1):
        load_year(year)
    for room in settings.ROOMS:
        if find_spec(f"{room}.demo"):
            said(room)
            import_module(f"{room}.demo").build(max(1, round(cases * SHARES.get(room, SHARE))), now, said)
    said("letters")
    build_letters(people)
