"""The invented province of the trial run: people, requests in every state, letters. The same at each start."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

from accounts.demo import build_people
from ebys.demo import build_letters
from helpdesk.demo import build_tickets
from processes.services.calendar import load_year

CASES = 300


def build(
    *, cases: int = CASES, now: datetime | None = None, said: Callable[[str], None] = lambda text: None
) -> None:
    """Fill an empty database; `said` hears what is being made."""
    now = now or timezone.now()
    said("people")
    people = build_people()
    said("calendar")
    for year in (now.year - 1, now.year, now.year + 1):
        load_year(year)
    said("requests")
    build_tickets(cases, now, lambda done: said(f"{done} requests") if done % 50 == 0 else None)
    said("letters")
    build_letters(people)
