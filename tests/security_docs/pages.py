"""What stands in the addresses of 5.3.1 in the invented province, for the test that opens every page."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.urls import reverse

from accounts.models import Institution, User
from security_docs import proofs
from security_docs.models import Announcement, Clause, Compliance, PaperList, Reading, Version
from security_docs.services import papers

OFFICER = "bilgi.islem1"
NOT_PAGES = {
    "security-version-pdf",
    "security-version-file",
    "security-paper-pdf",
    "security-proof-file",
    "security-certificate",
    "security-certificates",
    "security-reading-paper",
    "security-version-begin",
    "public-announcements-feed",
    "public-announcement-pdf",
}
ONLY_FORMS = {"security-readers-remove"}


def in_force() -> Version:
    """The version in force of a document that has an earlier one."""
    return (
        Version.objects.select_related("document")
        .filter(state="published")
        .order_by("-number")
        .earliest("pk")
    )


def of_document(name: str) -> Iterator[str]:
    """A page of one document."""
    yield reverse(name, args=(in_force().document_id,))


def of_versions(name: str) -> Iterator[str]:
    """A page of one version in each state."""
    for version in Version.objects.order_by("state", "-pk").distinct("state"):
        yield reverse(name, args=(version.document_id, version.number))


def moves() -> Iterator[str]:
    """Every step of a version, asked of one that may take it."""
    for verb, state in (
        ("submit", "draft"),
        ("agree", "review"),
        ("send_back", "review"),
        ("publish", "approved"),
        ("retire", "published"),
        ("discard", "draft"),
    ):
        version = Version.objects.filter(state=state).latest("pk")
        yield reverse("security-version-move", args=(version.document_id, version.number, verb))


def comparison() -> Iterator[str]:
    """Two versions of a document that has two."""
    version = Version.objects.filter(number=2).earliest("pk")
    address = reverse("security-version-compare", args=(version.document_id, 2, 1))
    yield from (address, f"{address}?whole=1")


def papers_out() -> Iterator[str]:
    """A list for staff without an account, made for this visit."""
    version = Version.objects.filter(state="published", readings__employee__isnull=False).latest("pk")
    reading = version.readings.filter(employee__isnull=False).select_related("employee").latest("pk")
    assert reading.employee is not None
    place = Institution.objects.get(pk=reading.employee.institution_id)
    paper = PaperList.objects.first() or papers.print_list(version, place, by=version.drafted_by)
    yield reverse("security-paper", args=(paper.pk,))


def own_reading(name: str, *more: int) -> Iterator[str]:
    """A reading of the officer."""
    reading = Reading.objects.undecided().filter(user__username=OFFICER).earliest("pk")
    yield reverse(name, args=(reading.pk, *more))


def cases() -> Iterator[str]:
    """A notified document in each state, and its clauses."""
    for case in Compliance.objects.order_by("state", "-pk").distinct("state"):
        yield case.get_absolute_url()
    yield reverse("security-clauses", args=(clause().compliance.number,))


def clause() -> Clause:
    """A clause with an open gap."""
    return Clause.objects.select_related("compliance").exclude(gap="").latest("pk")


def of_clause(name: str) -> Iterator[str]:
    """A page of that clause."""
    yield reverse(name, args=(clause().compliance.number, clause().pk))


def of_announcement(name: str) -> Iterator[str]:
    """A page of an announcement on the web page."""
    yield reverse(name, args=(Announcement.objects.public().latest("published_at").pk,))


SAMPLES: dict[str, Callable[[], Iterator[str]]] = {
    "security-documents": lambda: iter(
        f"{reverse('security-documents')}{query}" for query in ("", "?standing=ended", "?q=qqqq")
    ),
    **{
        name: (lambda name=name: of_document(name))
        for name in (
            "security-document",
            "security-document-edit",
            "security-document-end",
            "security-document-review",
            "security-readers-add",
            "security-version-new",
        )
    },
    "security-version": lambda: of_versions("security-version"),
    "security-version-edit": lambda: iter(
        reverse("security-version-edit", args=(one.document_id, one.number))
        for one in Version.objects.filter(state="draft")[:1]
    ),
    "security-version-move": moves,
    "security-version-compare": comparison,
    "security-version-proof": lambda: iter(
        [reverse("security-version-proof", args=(in_force().document_id, in_force().number))]
    ),
    "security-paper-new": lambda: iter(
        [reverse("security-paper-new", args=(in_force().document_id, in_force().number))]
    ),
    "security-paper": papers_out,
    "security-proof-new": lambda: iter(
        [reverse("security-proof-new", args=(in_force().document_id, in_force().number))]
    ),
    "security-proof-paper": lambda: iter(
        [proofs.ask(in_force(), by=User.objects.get(username=OFFICER)).get_absolute_url()]
    ),
    "security-reading": lambda: own_reading("security-reading", 1),
    "security-reading-sign": lambda: own_reading("security-reading-sign"),
    "security-clauses": cases,
    "security-clause": lambda: of_clause("security-clause"),
    "security-my-gap-close": lambda: iter([reverse("security-my-gap-close", args=(clause().pk,))]),
    "security-gap-close": lambda: of_clause("security-gap-close"),
    "security-announcement-letter": lambda: iter(
        reverse("security-announcement-letter", args=(case.number,))
        for case in Compliance.objects.filter(state="prepared")[:1]
    ),
    **{
        name: (lambda name=name: of_announcement(name))
        for name in (
            "security-announcement",
            "security-announcement-publish",
            "security-announcement-take-down",
            "public-announcement",
        )
    },
}
