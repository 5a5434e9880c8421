"""The clause of Ek-5 about devices of the network: no SNMP under the community names they are delivered with."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from processes import clauses, snmp

DELIVERED_WITH = ("public", "system", "private")


def communities() -> Sequence[str]:
    """The devices named to us, this machine when none is, that answer to a name everybody knows."""
    return [
        _("%(host)s answers SNMP under the community name “%(name)s”; give it another.")
        % {"host": host, "name": name}
        for host in settings.SNMP_HOSTS
        for name in snmp.answered(host, DELIVERED_WITH, port=settings.SNMP_PORT)
    ]


def declare() -> None:
    """Tell the registry; called once at start."""
    clauses.declare(
        "network",
        "5.4.1.5",
        gettext_lazy("The named devices are asked under the community names they are delivered with."),
        communities,
    )
