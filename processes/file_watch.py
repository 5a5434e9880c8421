"""The weekly look at the file store: every stored file is hashed again, and what is amiss reaches the unit heads."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.queries import people_with_role
from accounts.roles import Role
from processes import files, inbox, jobs

log = logging.getLogger(__name__)
JOB = "verify_files"


def check(now: datetime) -> jobs.Counts:
    """Hash everything; files that are missing or not what was stored are told, with their number, not their names."""
    found = files.verify_all()
    missing, changed = len(found.missing), len(found.changed)
    if missing or changed:
        log.error("The file store: %d files are missing, %d are not what was stored.", missing, changed)
        with transaction.atomic():
            inbox.tell(
                people_with_role(Role.UNIT_HEAD),
                None,
                gettext_noop(
                    "The weekly check of the file store found files that are missing (%(missing)s) or not what was "
                    "stored (%(changed)s). They have to be brought back from a backup."
                ),
                missing=str(missing),
                changed=str(changed),
            )
    return {"checked": found.checked, "missing": missing, "changed": changed}
