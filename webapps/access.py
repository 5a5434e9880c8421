"""Who may open the pages of 5.3.7."""

from __future__ import annotations

from accounts.access import UNIT, Rule

ACCESS: dict[str, Rule] = {"webapps-applications": UNIT, "webapps-application": UNIT}
