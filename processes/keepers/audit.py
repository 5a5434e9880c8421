"""The clauses of Ek-5 that the trail keeps: logs of every access, their safekeeping, the database's own rights."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit import keys, months, notes, roles, standing, trail
from audit.models import AnchorKind, Checkpoint, Entry, Hold, Verification
from processes import clauses
from processes.models import TRACKED

ONLINE = timedelta(days=7)
MAILED_WITHIN = timedelta(hours=36)
ASKED_AGAIN = timedelta(days=365)

HOW = {
    "5.1.3": gettext_lazy(
        "An incident holds its span of the log until somebody releases it with a reason; held copies are not given up."
    ),
    "5.3": gettext_lazy(
        "Every addition, change, removal, reading and refusal is an entry of the append-only trail; only the unit head reads "
        "it; each finished month of the sealed trail is exported and kept for five years and longer."
    ),
    "5.3.3": gettext_lazy(
        "The trail is sealed every minute and verified every night; what is amiss is told."
    ),
    "5.3.21": gettext_lazy("The program, the sealer and the auditor have database roles of their own."),
    "5.3.22": gettext_lazy("The program's database role can add to the trail and neither change nor remove."),
    "5.5.2.1": gettext_lazy(
        "No entry is ever deleted, so that a week is always online; seals leave the house every day."
    ),
    "5.7.2.1": gettext_lazy(
        "Signed seals over all entries prove who did what; nobody can take it back or add to it later."
    ),
    "5.7.2.11": gettext_lazy(
        "Each entry tells who, which record and columns, when, from which address and at which step."
    ),
}


def declare() -> None:
    """Tell the registry; called once when the engine is loaded."""
    checks = {
        "5.1.3": held,
        "5.3": logging,
        "5.3.3": watched,
        "5.3.21": own_roles,
        "5.3.22": own_roles,
        "5.5.2.1": online,
        "5.7.2.1": proved,
        "5.7.2.11": traced,
    }
    for number, check in checks.items():
        clauses.declare("audit", number, HOW[number], check)


def logging() -> Sequence[str]:
    """The tables are append-only, every table of the engine tells its changes, each finished month is exported."""
    return [
        *standing.unguarded(),
        *(
            _("The trail of %(month)s was not exported for keeping.") % {"month": month.name}
            for month in months.overdue(Path(settings.BACKUPS_FOLDER))
        ),
        *(
            _("Changes of %(table)s are not told in the trail.") % {"table": model._meta.verbose_name_plural}
            for model in TRACKED
            if not trail.is_tracked(model)
        ),
    ]


def watched() -> Sequence[str]:
    """Seals are in time and published; the last verification is recent and found nothing."""
    return standing.amiss()


def own_roles() -> Sequence[str]:
    """The role this process is logged in as."""
    return roles.amiss()


def online() -> Sequence[str]:
    """Nothing sealed in the last week is gone, and the seals leave the house."""
    found = standing.standing()
    last = found.verification
    gone = [finding for finding in last.findings if finding["code"] == "entry-missing"] if last else []
    told = []
    if gone:
        told.append(_("%(count)d entries that were sealed are no longer online.") % {"count": len(gone)})
    mailed = found.anchors.get(AnchorKind.MAIL)
    first = Checkpoint.objects.order_by("number").first()
    is_due = first is not None and first.made_at < found.now - MAILED_WITHIN
    if is_due and (mailed is None or mailed.at < found.now - MAILED_WITHIN):
        told.append(_("No seal of the trail was e-mailed within the last day and a half."))
    return told


def proved() -> Sequence[str]:
    """The latest verification, and the key it rests on."""
    told = []
    last = Verification.objects.order_by("-id").first()
    if last is not None and not last.is_clean:
        told.append(_("The last verification of the trail found something amiss."))
    newest = Checkpoint.objects.order_by("-number").first()
    if newest is not None:
        try:
            notes.check(newest.note, keys.known())
        except notes.BadNote:
            told.append(_("The newest seal was not signed with a key of this trail."))
    return told


def held() -> Sequence[str]:
    """What is held is whole and protected, and somebody still needs it."""
    in_force = list(Hold.objects.in_force())
    told = [
        sentence
        for sentence in standing.unguarded()
        if "audit_hold" in sentence or "audit_release" in sentence
    ]
    last = Verification.objects.order_by("-id").first()
    if in_force and last is not None and any(finding["code"] == "entry-missing" for finding in last.findings):
        told.append(_("A span of the trail is held, and sealed entries are missing."))
    told += [
        _("Hold %(number)d on the trail (%(span)s) is older than a year: is it still needed?")
        % {"number": hold.pk, "span": hold}
        for hold in in_force
        if hold.at < timezone.now() - ASKED_AGAIN
    ]
    return told


def traced() -> Sequence[str]:
    """Of the last entries made by people, each says who and from where."""
    since = timezone.now() - ONLINE
    asked = Entry.objects.filter(timestamp__gte=since).exclude(cid="")
    nameless = asked.filter(action__lt=Entry.Action.ACCESS, actor__isnull=True).count()
    placeless = asked.filter(remote_addr__isnull=True).count()
    told = []
    if nameless:
        told.append(_("%(count)d changes of the last week name nobody.") % {"count": nameless})
    if placeless:
        told.append(_("%(count)d entries of the last week name no address.") % {"count": placeless})
    return told
