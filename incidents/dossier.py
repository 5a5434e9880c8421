"""The dossier of one breach, read in a fixed number of queries however thick it is; for the page and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, Prefetch

from ebys.models import OutgoingLetter, OutgoingState
from incidents.models import (
    Alert,
    Barrier,
    Breach,
    Evidence,
    EvidenceAnnex,
    Handover,
    Notice,
    NoticeTo,
    Phase,
    Review,
    ReviewAction,
    Sanction,
    Silence,
    Task,
)

PHASES = Phase.values  # in the order of the steps that ask for them


@dataclass(frozen=True)
class Enclosed:
    """The list in one letter, and whether nothing was secured or handed over since it was drawn up."""

    listing: EvidenceAnnex
    is_current: bool

    @property
    def letter(self) -> OutgoingLetter:
        """The letter it is enclosed in."""
        return self.listing.annex.letter


@dataclass(frozen=True)
class Dossier:
    """Everything that belongs to one breach beside its steps."""

    breach: Breach
    tasks: list[Task]
    evidence: list[Evidence]
    notices: list[Notice]
    silences: list[Silence]
    barriers: list[Barrier]
    review: Review | None
    actions: list[ReviewAction]
    sanctions: list[Sanction]
    alerts: list[Alert]
    evidence_lists: list[Enclosed]

    @property
    def is_board_told(self) -> bool:
        """The Board has had a notice."""
        return any(notice.addressee == NoticeTo.BOARD for notice in self.notices)

    @property
    def awaited(self) -> list[Task]:
        """The proceedings whose result nobody has recorded."""
        return [task for task in self.tasks if task.awaits and not task.outcome]

    @property
    def waiting_silence(self) -> Silence | None:
        """The decision not to notify that waits for a signature."""
        return next((one for one in self.silences if one.answered_at is None), None)


def evidence_of(breach: Breach) -> list[Evidence]:
    """Every piece with the hands it went through, in order."""
    chain = Handover.objects.select_related("recorded_by", "recorded_for").order_by("position")
    pieces = Evidence.objects.filter(breach=breach).select_related(
        "collected_by", "collected_for", "document"
    )
    return list(pieces.prefetch_related(Prefetch("chain", chain)))


def enclosed_in(breach: Breach, evidence: Sequence[Evidence]) -> list[Enclosed]:
    """The lists in letters of a breach that were not discarded, beside the evidence with its chain as it stands."""
    counts = len(evidence), sum(len(piece.chain.all()) for piece in evidence)
    found = EvidenceAnnex.objects.filter(breach=breach).exclude(annex__letter__state=OutgoingState.DISCARDED)
    lists = found.select_related("annex__letter", "listed_by", "listed_for").defer("annex__letter__search")
    return [Enclosed(one, is_current(one, *counts)) for one in lists]


def is_current(listing: EvidenceAnnex, pieces: int, handovers: int) -> bool:
    """Nothing was secured or handed over since the list was drawn up."""
    return (listing.pieces, listing.handovers) == (pieces, handovers)


def dossier_of(breach: Breach) -> Dossier:
    """The dossier as it is now."""
    tasks = breach.tasks.select_related("settled_by", "settled_for").order_by("pk")
    told = Notice.objects.select_related(
        *("recorded_by", "recorded_for", "phase__asked_by", "phase__asked_for"),
        *("phase__settled_by", "phase__settled_for"),
    )
    # Those of a merged report come first: what they left to be told is told from here.
    taken = told.filter(phase__breach=breach).exclude(breach=breach).annotate(origin=F("breach__number"))
    silences = breach.silences.select_related(
        *("proposed_by", "proposed_for", "answered_by", "answered_for", "lapsed_by", "lapsed_for")
    )
    review = Review.objects.filter(breach=breach).select_related("held_by", "held_for").first()
    actions = ReviewAction.objects.filter(review__breach=breach).select_related(
        "owner", "done_by", "done_for"
    )
    evidence = evidence_of(breach)
    return Dossier(
        breach=breach,
        tasks=sorted(tasks, key=lambda one: PHASES.index(one.phase)),
        evidence=evidence,
        evidence_lists=enclosed_in(breach, evidence),
        notices=[*taken, *told.filter(breach=breach)],
        silences=list(silences),
        barriers=list(breach.barriers.select_related("owner", "verified_by", "verified_for")),
        review=review,
        actions=list(actions) if review is not None else [],
        sanctions=list(breach.sanctions.select_related("recorded_by", "recorded_for")),
        alerts=list(breach.alerts.select_related("person", "acknowledged_by", "acknowledged_for")),
    )
