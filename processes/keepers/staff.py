"""How the staff register keeps access levels current (Ek-5 5.6.5), and what is amiss today."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Employee
from processes import clauses

APP = "staff"


def leavers_and_movers() -> Sequence[str]:
    """Nobody who left has an open account, and every account stands where the person works."""
    found = []
    with_account = Employee.objects.filter(user__is_active=True)
    if count := with_account.left().count():
        found.append(_("%(count)d people who left still have an open account.") % {"count": count})
    elsewhere = with_account.here().exclude(user__institution=F("institution"))
    if count := elsewhere.count():
        found.append(
            _("%(count)d accounts stand at another institution than the person works at.") % {"count": count}
        )
    return found


def declare() -> None:
    """Tell the registry; called once at start."""
    clauses.declare(
        APP,
        "5.6.5",
        gettext_lazy(
            "Whoever leaves the staff register loses the account at once; whoever moves loses the old place's roles."
        ),
        leavers_and_movers,
    )
