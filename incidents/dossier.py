"""The dossier of one breach, read in a fixed number of queries however thick it is; for the page and for programs."""

from __future__ import annotations

from dataclasses import dataclass

from incidents.models import (
    Alert,
    Barrier,
    Breach,
    Evidence,
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

    @property
    def is_board_told(self) -> bool:
        """The Board has had a notice."""
        return any(notice.addressee == NoticeTo.BOARD for notice in self.notices)

    @property
    def waiting_silence(self) -> Silence | None:
        """The decision not to notify that waits for a signature."""
        return next((one for one in self.silences if one.answered_at is None), None)


def dossier_of(breach: Breach) -> Dossier:
    """The dossier as it is now."""
    tasks = breach.tasks.select_related("settled_by").order_by("pk")
    pieces = Evidence.objects.filter(breach=breach).select_related("collected_by", "document")
    review = Review.objects.filter(breach=breach).select_related("held_by").first()
    actions = ReviewAction.objects.filter(review__breach=breach).select_related("owner", "done_by")
    return Dossier(
        breach=breach,
        tasks=sorted(tasks, key=lambda one: PHASES.index(one.phase)),
        evidence=list(pieces.prefetch_related("chain")),
        notices=list(breach.notices.select_related("recorded_by")),
        silences=list(breach.silences.select_related("proposed_by", "answered_by")),
        barriers=list(breach.barriers.select_related("owner", "verified_by")),
        review=review,
        actions=list(actions) if review is not None else [],
        sanctions=list(breach.sanctions.select_related("recorded_by")),
        alerts=list(breach.alerts.select_related("person", "acknowledged_by")),
    )
