"""Who may open the engine's pages; what is seen on them starts at `visible_to`."""

from __future__ import annotations

from accounts.access import SIGNED_IN, UNIT, Rule
from processes.urls import catalogue, developer, imports, records, staff

ACCESS: dict[str, Rule] = {
    "home": SIGNED_IN,
    "case-new": SIGNED_IN,
    "case-similar": UNIT,
    "search": SIGNED_IN,
    "case-list": SIGNED_IN,
    "case-bulk": UNIT,
    "case": SIGNED_IN,
    "case-due": SIGNED_IN,
    "case-pdf": SIGNED_IN,
    "case-step": SIGNED_IN,
    "case-handle": UNIT,
    "case-pause": UNIT,
    "case-resume": UNIT,
    "case-assign": UNIT,
    "case-link": UNIT,
    "case-unlink": UNIT,
    "case-insiders": UNIT,
    "case-insider-end": UNIT,
    **catalogue.ACCESS,
    **developer.ACCESS,
    **records.ACCESS,
    **staff.ACCESS,
    **imports.ACCESS,
}
