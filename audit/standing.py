"""How the trail stands now: for the unit head's page, the health check and the keepers of the directive's clauses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit import checkpoints, epochs, protection, publishing, strays, timestamps
from audit.models import Anchor, AnchorKind, Checkpoint, Entry, Epoch, Verification

LATE = timedelta(minutes=2)  # a seal later than this is worth an alarm
VERIFIED_WITHIN = timedelta(hours=36)
ANCHORED_WITHIN = timedelta(hours=36)


@dataclass(frozen=True)
class Standing:
    """`lag`: how long the oldest entry without a seal has waited; `strays`: new entries that cannot come by one.

    `checkpoint`: the newest seal that counts; `anchors`: the newest of each kind that speak of one there is.
    """

    now: datetime
    lag: timedelta
    waiting_since: datetime | None
    checkpoint: Checkpoint | None
    epoch: Epoch | None
    anchors: dict[str, Anchor]
    verification: Verification | None
    strays: list[int]

    @property
    def tree_size(self) -> int:
        """Entries that are sealed."""
        return self.checkpoint.tree_size if self.checkpoint else 0

    @property
    def is_late(self) -> bool:
        """The sealer does not keep up, an open transaction holds it back, or an entry can never be sealed."""
        return self.lag > LATE or bool(self.strays)

    @property
    def is_verified(self) -> bool:
        """The last verification is recent and found nothing."""
        last = self.verification
        return last is not None and last.is_clean and last.ended_at > self.now - VERIFIED_WITHIN


def standing(now: datetime | None = None) -> Standing:
    """The state in a handful of indexed questions; nothing is counted."""
    now = now or timezone.now()
    checkpoint = checkpoints.newest()
    odd, since = strays.nearest(checkpoint)
    since = min((moment for moment in (since, _waiting_since(checkpoint)) if moment), default=None)
    real = Anchor.objects.filter(checkpoint__lte=checkpoint.number if checkpoint else 0).order_by(
        "-checkpoint"
    )
    newest = (real.filter(kind=kind).first() for kind in AnchorKind.values)
    return Standing(
        now=now,
        lag=max(now - since, timedelta()) if since else timedelta(),
        waiting_since=since,
        checkpoint=checkpoint,
        epoch=Epoch.objects.order_by("-number").first(),
        anchors={anchor.kind: anchor for anchor in newest if anchor is not None},
        verification=Verification.objects.order_by("-id").first(),
        strays=odd,
    )


def urgent(now: datetime | None = None) -> list[str]:
    """What must be acted on at once, as sentences: the proof is broken, off, never began, or excuses something unasked."""
    found = standing(now)
    told = [*_of_the_restores(found), *_of_the_findings(found), *_of_forged_rows(found), *unguarded()]
    if found.checkpoint is None and found.lag > LATE:
        told.append(_("The trail has never been sealed: no sealer is at work."))
    return told


def amiss(now: datetime | None = None) -> list[str]:
    """What the unit head must look into, as sentences; empty when all is well."""
    found = standing(now)
    told = [*_of_the_restores(found), *_of_forged_rows(found)]
    if found.lag > LATE:
        minutes = int(found.lag.total_seconds() // 60)
        told.append(
            _("Entries of the trail have waited for their seal for %(count)d minutes.") % {"count": minutes}
        )
    if found.checkpoint is not None:
        told += _of_the_copies(found)
        told += _of_the_verification(found)
    return told


def unguarded() -> list[str]:
    """Protections of the trail that are off, missing, or not what this release laid down."""
    return [protection.sentence(code, values) for code, values in protection.amiss()]


def _of_forged_rows(found: Standing) -> list[str]:
    """Rows nobody's program writes: entries out of order, seals without signature, copies of seals there are not."""
    told = []
    if found.strays:
        told.append(
            _(
                "Entries of the trail can never be sealed: %(entries)s. Somebody wrote them past the database's own stamp."
            )
            % {"entries": ", ".join(map(str, found.strays[: strays.LISTED]))}
        )
    number = found.checkpoint.number if found.checkpoint else 0
    unsigned = Checkpoint.objects.filter(number__gt=number).order_by("-number").first()
    if unsigned is not None:
        told.append(
            _("Seal %(number)d was not signed with a key of this trail: the sealer does not go on from it.")
            % {"number": unsigned.number}
        )
    ahead = (
        Anchor.objects.filter(checkpoint__gt=unsigned.number if unsigned else number)
        .order_by("-checkpoint")
        .first()
    )
    if ahead is not None:
        told.append(
            _(
                "Seal %(number)d is noted as published, and there is no such seal: somebody wrote it into the database."
            )
            % {"number": ahead.checkpoint}
        )
    return told


def _of_the_copies(found: Standing) -> list[str]:
    stamp = found.anchors.get(AnchorKind.TIMESTAMP)
    newest = found.checkpoint
    assert newest is not None
    told = []
    is_young = AnchorKind.FILE in found.anchors and newest.made_at > found.now - LATE
    if not is_young and not publishing.is_published(newest):
        told.append(_("The newest seal was not published outside the database."))
    unstamped = (
        Checkpoint.objects.filter(number__gt=stamp.checkpoint if stamp else 0).order_by("number").first()
    )
    if timestamps.is_wanted() and unstamped is not None and unstamped.made_at < found.now - ANCHORED_WITHIN:
        told.append(_("The time-stamp authority gave no stamp within the last day and a half."))
    return told


def _of_the_restores(found: Standing) -> list[str]:
    """A restore is an alarm until a named person has answered for it, and for every seal it left behind."""
    told = [
        _("Epoch %(number)d of the trail was not signed by the sealer: somebody wrote it into the database.")
        % {"number": epoch.number}
        if epochs.note_of(epoch) is None
        else _(
            "The database was restored (epoch %(number)d of the trail) and nobody has answered for it yet."
        )
        % {"number": epoch.number}
        for epoch in epochs.unanswered()
    ]
    if count := epochs.unanswered_seals(found.verification):
        told.append(
            ngettext(
                "%(count)d published seal tells of entries that a restore did not bring back; nobody has answered for it.",
                "%(count)d published seals tell of entries that a restore did not bring back; nobody has answered for them.",
                count,
            )
            % {"count": count}
        )
    return told


def _of_the_findings(found: Standing) -> list[str]:
    last = found.verification
    if last is None or last.is_clean:
        return []
    return [
        _("The last verification of the trail found %(count)d things amiss.") % {"count": len(last.findings)}
    ]


def _of_the_verification(found: Standing) -> list[str]:
    last = found.verification
    assert found.checkpoint is not None
    if last is None or last.ended_at < found.now - VERIFIED_WITHIN:
        first = Checkpoint.objects.order_by("number").first()
        is_young = first is not None and first.made_at > found.now - VERIFIED_WITHIN
        return (
            []
            if last is None and is_young
            else [_("The trail was not verified within the last day and a half.")]
        )
    return _of_the_findings(found)


def _waiting_since(checkpoint: Checkpoint | None) -> datetime | None:
    """When the oldest entry behind the last seal was written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT db_at FROM audit_entry WHERE (xid, id) > (%s, %s) ORDER BY xid, id LIMIT 1",
            [checkpoint.last_xid, checkpoint.last_entry] if checkpoint else [0, 0],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def keeps_entries_since() -> datetime | None:
    """The moment of the oldest entry online; nothing is ever deleted, so it only grows older."""
    return Entry.objects.order_by("timestamp").values_list("timestamp", flat=True).first()
