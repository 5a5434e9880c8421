"""Who may open the pages of 5.3.2."""

from __future__ import annotations

from accounts.access import Rule

ACCESS: dict[str, Rule] = {}
