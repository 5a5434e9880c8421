"""The public page: written by the unit, published and taken down by the leads."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.authority import works_in_unit
from accounts.models import User
from accounts.roles import UNIT_STAFF, Role
from audit.context import because
from processes.errors import NotPermitted
from processes.gate import Gate, Move, reason_given, save
from security_docs.models import Announcement, AnnouncementState, Compliance, Version, VersionState

S = AnnouncementState
LEADS = frozenset({Role.HIS_LEAD, Role.UNIT_HEAD})


def announces_what_is_in_force(announcement: Announcement, by: User) -> str | None:
    """Nobody announces a draft, nor a version that a newer one has replaced."""
    version = announcement.document_version
    if version is not None and version.state != VersionState.PUBLISHED:
        return _("%(version)s is not in force; put it in force before it is announced.") % {
            "version": version.label
        }
    return None


class AnnouncementGate(Gate[Announcement]):
    """The moves of an announcement."""


GATE = AnnouncementGate(
    "announcement",
    Announcement,
    {
        "publish": Move(
            gettext_lazy("Put on the web page"),
            sources=(S.DRAFT,),
            target=S.PUBLISHED,
            roles=LEADS,
            guards=(announces_what_is_in_force,),
        ),
        "take_down": Move(gettext_lazy("Take down"), sources=(S.PUBLISHED,), target=S.WITHDRAWN, roles=LEADS),
        "rewrite": Move(gettext_lazy("Change"), sources=(S.DRAFT,), target=S.DRAFT, roles=UNIT_STAFF),
    },
)


def draft(
    *,
    by: User,
    title: str,
    text: str,
    compliance: Compliance | None = None,
    document_version: Version | None = None,
) -> Announcement:
    """Write an announcement; nobody outside sees it yet."""
    if not works_in_unit(by):
        raise NotPermitted(_("Only the unit's staff write announcements."))
    announcement = Announcement(
        title=title.strip(),
        text=text.strip(),
        compliance=compliance,
        document_version=document_version,
        made_by=by,
    )
    with transaction.atomic(), because(step="announcement_draft", by=by):
        save(announcement)
    return announcement


def rewrite(
    announcement: Announcement,
    *,
    by: User,
    title: str,
    text: str,
    document_version: Version | None = None,
    version: int | None = None,
) -> Announcement:
    """Change it while it is a draft; what the public has read is not changed but taken down and written anew."""
    with GATE.move("rewrite", announcement, by=by, version=version) as locked:
        locked.title, locked.text, locked.document_version = title.strip(), text.strip(), document_version
    return locked


def publish(announcement: Announcement, *, by: User, version: int | None = None) -> Announcement:
    """From now on anybody reads it on the directorate's web page."""
    with GATE.move("publish", announcement, by=by, version=version) as locked:
        locked.published_at, locked.published_by = timezone.now(), by
    return locked


def take_down(
    announcement: Announcement, *, by: User, reason: str, version: int | None = None
) -> Announcement:
    """It is no longer on the web page; the record of it stays."""
    reason_given(reason)
    with GATE.move("take_down", announcement, by=by, reason=reason, version=version) as locked:
        locked.withdrawn_at = timezone.now()
    return locked
