"""The roles that process 5.3 names, and what each may do in the stock admin.

Who may take which step is not said here: that stands in the approved catalogue version (`processes`). A role is held by
a `Grant` with dates, or lent by a `Delegation`; Django's groups are not used, so there is one answer to "who may?".
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

__all__ = ["ADMIN_PERMISSIONS", "CONFIDENTIAL_STAFF", "UNIT_STAFF", "Role", "permits"]


class Role(TextChoices):
    """The titles under "Sorumlu" in the process document; the Turkish translation is the printed title."""

    MINISTRY_UNIT_HEAD = "ministry_unit_head", _("Ministry unit head")
    HIS_LEAD = "his_lead", _("Health information systems lead")
    HIS_OFFICER = "his_officer", _("Health information systems officer")
    IT_LEAD = "it_lead", _("IT unit lead")
    IT_OFFICER = "it_officer", _("IT officer")
    REQUESTING_STAFF = "requesting_staff", _("Requesting staff member")
    REQUESTING_UNIT_HEAD = "requesting_unit_head", _("Requesting unit head")
    UNIT_HEAD = "unit_head", _("Unit head (process owner)")


# Those who do the unit's work all day; everybody else asks and follows.
UNIT_STAFF: frozenset[str] = frozenset(
    {Role.HIS_LEAD, Role.HIS_OFFICER, Role.IT_LEAD, Role.IT_OFFICER, Role.UNIT_HEAD}
)

# Those of them who know of confidential (gizli) work; anybody else is admitted to one case by name and with a reason.
CONFIDENTIAL_STAFF: frozenset[str] = frozenset({Role.HIS_LEAD, Role.HIS_OFFICER, Role.UNIT_HEAD})

# Patterns of "app.action_model". A role without a line has nothing to do in the admin. Nothing is deleted there:
# what has ended is ended with a reason, so the patterns leave `delete` out.
ADMIN_PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.UNIT_HEAD: frozenset(
        {
            f"{app}.{action}_*"
            for app in (
                "accounts",
                "processes",
                "ebys",
                "security_docs",
                "incidents",
                "esignature",
                "helpdesk",
                "webapps",
            )
            for action in ("view", "add", "change")
        }
        | {"audit.view_*"}
    ),
}


def permits(role: str, permission: str) -> bool:
    """Whether a role's line of ADMIN_PERMISSIONS covers `app.action_model`."""
    return any(fnmatchcase(permission, pattern) for pattern in ADMIN_PERMISSIONS.get(Role(role), ()))
