"""Who may open the pages of 5.3.6."""

from __future__ import annotations

from accounts.access import UNIT, Rule

ACCESS: dict[str, Rule] = {"supply-add": UNIT, "supply-mark": UNIT, "helpdesk-reports": UNIT}
