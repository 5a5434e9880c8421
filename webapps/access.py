"""Who may open the pages of 5.3.7."""

from __future__ import annotations

from accounts.access import API, SIGNED_IN, UNIT, Rule, roles
from accounts.authority import roles_of, works_in_unit
from accounts.models import User
from accounts.roles import UNIT_STAFF, Role

# Those who answer for other people's access.
OVERSEERS = roles(*UNIT_STAFF, Role.REQUESTING_UNIT_HEAD)

ACCESS: dict[str, Rule] = {
    "webapps-applications": UNIT,
    "webapps-application": UNIT,
    "webapps-reconciliations": UNIT,
    "webapps-reconciliation": UNIT,
    "webapps-difference-settle": UNIT,
    "webapps-api-applications": API,
    "webapps-api-authorities": API,
    **dict.fromkeys(
        (
            *("webapps-api-compare", "webapps-api-comparisons", "webapps-api-differences"),
            *("webapps-api-comparison-act", "webapps-api-difference-act"),
            *("webapps-api-reviews", "webapps-api-review", "webapps-api-review-act"),
            *("webapps-api-review-parts", "webapps-api-review-items"),
            *("webapps-api-review-part-acts", "webapps-api-review-part-act"),
        ),
        API,
    ),
    "webapps-reports": UNIT,
    "webapps-reviews": SIGNED_IN,
    "webapps-review-new": UNIT,
    "webapps-review": UNIT,
    "webapps-review-finish": UNIT,
    "webapps-review-part": SIGNED_IN,
    "webapps-review-hand": UNIT,
    "webapps-matrix": OVERSEERS,
    "webapps-access": SIGNED_IN,
    "webapps-person": SIGNED_IN,
}


def sees_access(user: User) -> bool:
    """Those who look after other people's access have the list in their menu."""
    return works_in_unit(user) or Role.REQUESTING_UNIT_HEAD in roles_of(user)
