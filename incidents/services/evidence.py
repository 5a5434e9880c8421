"""Evidence and its chain of custody: only added, never changed; the database holds that too."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from audit import events, trail
from incidents.behalf import acting_for
from incidents.models import Breach, Evidence, Handover
from incidents.services.writing import moment, not_ahead, writing, written
from processes import files as store
from processes.errors import RuleBroken
from processes.gate import save
from processes.models import DocumentKind, Revision
from processes.services import files

DIGEST = re.compile(r"[0-9a-f]{64}")

events.name_events(evidence_verified=gettext_lazy("Evidence compared with its SHA-256"))


def secure(
    breach: Breach,
    *,
    by: User,
    title: str,
    place: str,
    upload: Any = None,
    description: str = "",
    sha256: str = "",
    collected_at: datetime | None = None,
    now: datetime | None = None,
) -> Evidence:
    """A file with the SHA-256 it was kept under, or a thing under its label; `place` says where it is kept.

    The digest of something kept elsewhere, such as an image of a disk, is given as text.
    """
    now = moment(now)
    title = written(title, "title", _("Write what it is."))
    place = written(place, "place", _("Write where it is kept."))
    digest = sha256.strip().lower()
    if digest and not DIGEST.fullmatch(digest):
        sentence = _("A SHA-256 has 64 characters from 0 to 9 and a to f.")
        raise RuleBroken(sentence, fields={"sha256": [sentence]})
    not_ahead(now, collected_at=collected_at)
    with writing(breach, "secure_evidence", by=by, reason=title, closed_too=True) as locked:
        evidence = Evidence(
            breach_id=locked.pk,
            position=locked.evidence.count() + 1,
            title=title,
            description=description.strip(),
            sha256=digest,
            collected_at=collected_at or now,
            collected_by=by,
            collected_for=acting_for(),
            place=place,
        )
        if upload is not None:
            document = files.attach(
                locked, by, upload, title=title, kind=DocumentKind.EVIDENCE, internal=True
            )
            kept = Revision.objects.select_related("file").get(document=document, number=1).file
            if digest and digest != kept.sha256:
                sentence = _("The file does not have this SHA-256: it is not the one that was meant.")
                raise RuleBroken(sentence, fields={"sha256": [sentence]})
            evidence.document, evidence.sha256 = document, kept.sha256
        save(evidence)
    return evidence


def hand_over(
    evidence: Evidence,
    *,
    by: User,
    giver: str,
    receiver: str,
    reason: str,
    handed_at: datetime | None = None,
    now: datetime | None = None,
) -> Handover:
    """The piece went from one hand to the next: who to whom, when and why. The giver is who held it last."""
    now = moment(now)
    giver = written(giver, "giver", _("Write who handed it over."))
    receiver = written(receiver, "receiver", _("Write who received it."))
    reason = written(reason, "reason", _("Write why it was handed over."))
    handed_at = handed_at or now
    not_ahead(now, handed_at=handed_at)
    with writing(evidence.breach, "hand_over_evidence", by=by, reason=reason, closed_too=True):
        last = Handover.objects.filter(evidence=evidence).order_by("position").last()
        since = last.handed_at if last else evidence.collected_at
        if handed_at < since:
            sentence = _(
                "It was somewhere else until %(moment)s; a hand-over before that breaks the chain."
            ) % {"moment": f"{since:%d.%m.%Y %H:%M}"}
            raise RuleBroken(sentence, fields={"handed_at": [sentence]})
        if last is not None and last.receiver != giver:
            sentence = _("It is with %(holder)s: only the holder hands it over.") % {"holder": last.receiver}
            raise RuleBroken(sentence, fields={"giver": [sentence]})
        handover = Handover(
            evidence=evidence,
            position=last.position + 1 if last else 1,
            giver=giver,
            receiver=receiver,
            handed_at=handed_at,
            reason=reason,
            recorded_at=now,
            recorded_by=by,
            recorded_for=acting_for(),
        )
        save(handover)
    return handover


def is_unchanged(evidence: Evidence) -> bool | None:
    """Whether the kept file still has its SHA-256; None for a thing without a file here."""
    if evidence.document_id is None:
        return None
    kept = Revision.objects.select_related("file").get(document=evidence.document_id, number=1).file
    return kept.sha256 == evidence.sha256 and store.verify(kept)


def verify(evidence: Evidence, *, by: User) -> bool | None:
    """Compare the file with its digest once more; what came out is told in the trail."""
    with writing(evidence.breach, "verify_evidence", by=by, closed_too=True):
        unchanged = is_unchanged(evidence)
        trail.record(evidence, "evidence_verified", {"unchanged": unchanged})
    return unchanged
