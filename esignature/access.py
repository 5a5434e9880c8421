"""Who may open the pages of 5.3.3. Holders and the heads of their institutions see their own certificates."""

from __future__ import annotations

from accounts.access import API, SIGNED_IN, UNIT, Rule, roles
from accounts.authority import roles_of
from accounts.models import User
from accounts.roles import Role

# Who looks at forms; who keeps the register of certificates.
LOOKERS = frozenset({Role.IT_LEAD, Role.IT_OFFICER})
KEEPERS = LOOKERS | {Role.UNIT_HEAD}

ACCESS: dict[str, Rule] = {
    "esignature-certificates": SIGNED_IN,
    "esignature-certificate": SIGNED_IN,
    **dict.fromkeys(
        (
            "esignature-renew",
            "esignature-ask",
            "esignature-ask-open",
            "esignature-ask-undo",
            "esignature-certificate-move",
            "esignature-produced",
            "esignature-batches",
            "esignature-batch-new",
            "esignature-batch",
            "esignature-batch-pdf",
            "esignature-batch-labels",
            "esignature-batch-take-out",
            "esignature-batch-move",
            "esignature-coverage",
            "esignature-uncovered",
            "esignature-reports",
        ),
        UNIT,
    ),
    "esignature-forms": roles(*LOOKERS),
    "esignature-outcomes": roles(*KEEPERS),
    "esignature-api-certificates": API,
    "esignature-api-certificate": API,
    "esignature-api-requests": API,
    **dict.fromkeys(
        (
            *("esignature-api-certificate-acts", "esignature-api-certificate-act", "esignature-api-batches"),
            *("esignature-api-batch", "esignature-api-batch-acts", "esignature-api-batch-act"),
        ),
        API,
    ),
}


def looks_at_forms(user: User) -> bool:
    """Whether the person looks at the forms on the desk."""
    return bool(roles_of(user) & LOOKERS)


def keeps_register(user: User) -> bool:
    """Whether the person keeps the register of certificates."""
    return bool(roles_of(user) & KEEPERS)
