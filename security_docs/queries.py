"""Reads of 5.3.1 that more than one door needs."""

from __future__ import annotations

from dataclasses import dataclass

from ebys.models import OutgoingLetter, OutgoingState
from processes.models import Case
from security_docs.models import (
    IN_PREPARATION,
    WAS_IN_FORCE,
    Announcement,
    AnnouncementState,
    Compliance,
    Version,
    VersionState,
)

ANNOUNCING = "announce"


@dataclass(frozen=True)
class Announced:
    """Which of the two announcements of 5.3.1.4 are done."""

    letter: bool
    page: bool


def announced(compliance: Compliance) -> Announced:
    """Whether EBYS registered an announcement letter of this record, and whether its announcement is on the web page."""
    letters = OutgoingLetter.objects.filter(
        case_id=compliance.pk, state=OutgoingState.REGISTERED, template__step_key=ANNOUNCING
    )
    pages = Announcement.objects.filter(compliance=compliance.pk, state=AnnouncementState.PUBLISHED)
    return Announced(letters.exists(), pages.exists())


def versions_standing(compliance: Compliance) -> tuple[list[str], list[str]]:
    """The versions prepared for a record: those approved or in force, and those still in preparation."""
    versions = (
        Version.objects.filter(compliance=compliance.pk)
        .select_related("document")
        .only("number", "state", "document__number")
        .order_by("pk")
    )
    ready, waiting = [], []
    for version in versions:
        if version.state == VersionState.APPROVED or version.state in WAS_IN_FORCE:
            ready.append(version.label)
        elif version.state in IN_PREPARATION:
            waiting.append(version.label)
    return ready, waiting


def prepared_versions(case: Case) -> list[Version]:
    """The versions approved or put in force for a record, with their documents."""
    states = (VersionState.APPROVED, VersionState.PUBLISHED)
    return list(
        Version.objects.filter(compliance=case.pk, state__in=states).select_related("document").order_by("pk")
    )
