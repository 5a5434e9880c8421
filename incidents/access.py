"""Who may open the pages of 5.3.2. What is shown on them starts from what the person may know of."""

from __future__ import annotations

from accounts.access import API, PUBLIC, SIGNED_IN, UNIT, Rule, roles
from accounts.roles import CONFIDENTIAL_STAFF

NAMED = roles(*CONFIDENTIAL_STAFF)
ACCESS: dict[str, Rule] = {
    "breach-public": PUBLIC,
    "breach-status": PUBLIC,
    "breach-mine": SIGNED_IN,
    "breach-register": UNIT,
    "breach-alerts": UNIT,
    "breach-acknowledge": UNIT,
    "breach-rota": NAMED,
    "breach-rota-cancel": NAMED,
    "breach-rota-cancel-chosen": NAMED,
    "breach-rota-pattern": NAMED,
    "breach-follow-ups": UNIT,
    "breach-plan": UNIT,
    "breach-reports": NAMED,
    "breach-dossier": UNIT,
    "breach-act": UNIT,
    "breach-evidence-list": UNIT,
    "breach-silence-paper": UNIT,
    **dict.fromkeys(
        (
            *("breach-api-register", "breach-api-dossier", "breach-api-acts", "breach-api-act"),
            *("breach-api-acknowledgement", "breach-api-evidence-file", "breach-api-alerts"),
            *("breach-api-follow-ups", "breach-api-rota", "breach-api-rota-cancellation"),
            *("breach-api-rota-pattern", "breach-api-rota-gaps", "breach-api-evidence-list"),
            *("breach-api-silence-paper", "breach-api-plan", "breach-api-reports"),
        ),
        API,
    ),
}
