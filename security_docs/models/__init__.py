"""The records of 5.3.1: notified documents, the register with its versions, announcements, readings."""

from security_docs.models.announcing import Announcement, AnnouncementState
from security_docs.models.case import Clause, Compliance, State, Verdict
from security_docs.models.documents import (
    IN_PREPARATION,
    WAS_IN_FORCE,
    Classification,
    Document,
    Kind,
    Version,
    VersionState,
)
from security_docs.models.groups import Approval, Audience, AudienceKind, Review
from security_docs.models.proof import ProofPaper
from security_docs.models.reading import PaperList, Reading

__all__ = [
    "IN_PREPARATION",
    "WAS_IN_FORCE",
    "Announcement",
    "AnnouncementState",
    "Approval",
    "Audience",
    "AudienceKind",
    "Classification",
    "Clause",
    "Compliance",
    "Document",
    "Kind",
    "PaperList",
    "ProofPaper",
    "Reading",
    "Review",
    "State",
    "Verdict",
    "Version",
    "VersionState",
]
