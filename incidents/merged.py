"""Reports that were merged into another breach: which one goes on for them, and what was told of it under their number."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from accounts.models import User
from incidents.models import Breach, Notice, NoticeTo, State
from processes.models import Case, CaseLink, CaseLinkKind


def with_links(reports: QuerySet[Breach]) -> QuerySet[Breach]:
    """Reports with where they were merged into, read in one more query (`going_on` follows it)."""
    links = CaseLink.objects.filter(kind=CaseLinkKind.DUPLICATE).order_by("pk")
    return reports.prefetch_related(
        Prefetch("links_out", links.select_related("target").defer("target__search"))
    )


def going_on(report: Case) -> Case:
    """The breach that goes on for a merged report, however often it was merged again; any other one itself."""
    while report.state == State.MERGED:
        link = next((one for one in report.links_out.all() if one.kind == CaseLinkKind.DUPLICATE), None)
        if link is None:
            break
        report = link.target
    return report


def taken_in(breach: Breach) -> list[int]:
    """The reports that were merged into a breach, straight or through one another."""
    found: list[int] = []
    level = [breach.pk]
    while level:
        links = CaseLink.objects.filter(target__in=level, kind=CaseLinkKind.DUPLICATE)
        merged = Breach.objects.filter(pk__in=links.values("source"), state=State.MERGED).exclude(
            pk__in=found
        )
        level = list(merged.order_by("pk").values_list("pk", flat=True))
        found += level
    return found


def first_word_to_the_board(breach: Breach) -> Notice | None:
    """The first notice to the Board, be it under the number of a merged report; none while its part is not settled."""
    if breach.kvkk_settled_at is None:
        return None
    told = Notice.objects.filter(breach__in=[breach.pk, *taken_in(breach)], addressee=NoticeTo.BOARD)
    return told.order_by("sent_at", "pk").first()


def reporters(breach: Breach) -> list[User]:
    """Who reported by an account what was merged into a breach."""
    reports = Breach.objects.light().filter(pk__in=taken_in(breach), applicant__isnull=False)
    return [one.applicant for one in reports.select_related("applicant") if one.applicant is not None]
