"""Who may open the pages of 5.3.1. Everybody reads announcements; who has an account reads what is meant for them."""

from __future__ import annotations

from accounts.access import PUBLIC, SIGNED_IN, UNIT, Rule

ACCESS: dict[str, Rule] = {
    **dict.fromkeys(
        (
            "security-documents",
            "security-document",
            "security-version",
            "security-version-move",
            "security-version-pdf",
            "security-version-file",
            "security-version-compare",
            "security-my-gaps",
            "security-my-gap-close",
            "security-readings",
            "security-reading",
            "security-reading-paper",
            "security-reading-sign",
        ),
        SIGNED_IN,
    ),
    **dict.fromkeys(
        (
            "security-document-new",
            "security-document-edit",
            "security-document-end",
            "security-document-review",
            "security-readers-add",
            "security-readers-remove",
            "security-version-begin",
            "security-version-new",
            "security-version-edit",
            "security-version-proof",
            "security-paper-new",
            "security-paper",
            "security-paper-pdf",
            "security-gaps",
            "security-reports",
            "security-clauses",
            "security-clause",
            "security-gap-close",
            "security-announcement-letter",
            "security-announcements",
            "security-announcement-new",
            "security-announcement",
            "security-announcement-publish",
            "security-announcement-take-down",
        ),
        UNIT,
    ),
    **dict.fromkeys(
        (
            "public-announcements",
            "public-announcement",
            "public-announcement-pdf",
            "public-announcements-feed",
        ),
        PUBLIC,
    ),
}
