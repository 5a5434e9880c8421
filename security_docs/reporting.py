"""The figures of 5.3.1, counted from the records: readings, gaps, versions and the official steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import User
from processes.figures import Period, StepFigure
from security_docs.models import Clause, Document, Kind, Verdict, Version, VersionState


@dataclass(frozen=True)
class ReadingFigure:
    """How far one version in force was read."""

    number: str
    title: str
    version: int
    expected: int
    signed: int
    read_by: date | None

    @property
    def percent(self) -> float | None:
        """Signed of those expected."""
        return round(100 * self.signed / self.expected, 1) if self.expected else None


@dataclass(frozen=True)
class KindFigure:
    """The documents of one kind."""

    name: str
    kept: int
    in_force: int
    preparing: int
    review_due: int


@dataclass(frozen=True)
class VerdictFigure:
    """How often clauses of the Ministry's documents were judged so, and the gaps among them."""

    name: str
    clauses: int
    gaps: int
    open: int
    overdue: int


def readings(user: User) -> list[ReadingFigure]:
    """Every version in force whose readers sign and that this person may know of, the least read first."""
    rows = (
        Version.objects.filter(state=VersionState.PUBLISHED, document__needs_signature=True)
        .filter(document__in=Document.objects.visible_to(user).values("pk"))
        .order_by()
        .values_list("document__number", "document__title", "number", "read_by")
        .annotate(
            expected=Count(
                "readings", filter=Q(readings__signed_at__isnull=False) | Q(readings__ended_at__isnull=True)
            ),
            signed=Count("readings", filter=Q(readings__signed_at__isnull=False)),
        )
    )
    figures = [
        ReadingFigure(number, title, version, expected, signed, read_by)
        for number, title, version, read_by, expected, signed in rows
    ]
    return sorted(figures, key=lambda one: (one.percent if one.percent is not None else 101, one.number))


def kinds(today: date | None = None) -> list[KindFigure]:
    """The register by kind of document."""
    today = today or timezone.localdate()
    rows = {
        row["kind"]: row
        for row in Document.objects.in_use()
        .order_by()
        .values("kind")
        .annotate(
            kept=Count("pk", distinct=True),
            in_force=Count("versions", filter=Q(versions__state=VersionState.PUBLISHED), distinct=True),
            preparing=Count(
                "versions", filter=Q(versions__state__in=("draft", "review", "approved")), distinct=True
            ),
            due=Count("pk", filter=Q(next_review_on__lte=today), distinct=True),
        )
    }
    return [
        KindFigure(
            str(Kind(kind).label),
            *(rows[kind][name] if kind in rows else 0 for name in ("kept", "in_force", "preparing", "due")),
        )
        for kind in Kind.values
    ]


def verdicts(period: Period) -> list[VerdictFigure]:
    """Clauses of the documents notified in the period, by verdict."""
    start, end = period.bounds()
    today = timezone.localdate()
    gap = ~Q(gap="")
    rows = {
        row["verdict"]: row
        for row in Clause.objects.filter(compliance__opened_at__gte=start, compliance__opened_at__lt=end)
        .order_by()
        .values("verdict")
        .annotate(
            clauses=Count("pk"),
            gaps=Count("pk", filter=gap),
            open=Count("pk", filter=gap & Q(closed_on__isnull=True)),
            overdue=Count("pk", filter=gap & Q(closed_on__isnull=True, due_on__lt=today)),
        )
    }
    return [
        VerdictFigure(
            str(Verdict(verdict).label),
            *(
                rows[verdict][name] if verdict in rows else 0
                for name in ("clauses", "gaps", "open", "overdue")
            ),
        )
        for verdict in Verdict.values
    ]


Figures = Sequence[ReadingFigure | KindFigure | StepFigure | VerdictFigure]
