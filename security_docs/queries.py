"""Reads of 5.3.1 that more than one door needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts import turkish
from accounts.authority import works_in_unit
from accounts.models import Employee, Training, User
from accounts.models.staff import EmployeeQuerySet
from ebys.models import OutgoingLetter, OutgoingState
from processes.errors import NotFound
from processes.models import Case
from processes.models.case import apart_from_hidden
from processes.queries import case_for
from security_docs.models import (
    IN_PREPARATION,
    WAS_IN_FORCE,
    Announcement,
    AnnouncementState,
    Approval,
    Clause,
    Compliance,
    Document,
    PaperList,
    ProofPaper,
    Reading,
    Version,
    VersionState,
)
from security_docs.models.reading import ReadingQuerySet

ANNOUNCING = "announce"
MOST_LETTERS = 30
MOST_CHOICES = 500  # lines of a list somebody looks through
KEY = Value("", output_field=TextField())
# Every subject once: from one to the next along the index, so that it costs subjects and not entries.
SUBJECTS = """
WITH RECURSIVE held AS (
    (SELECT subject FROM accounts_training ORDER BY subject LIMIT 1)
    UNION ALL
    SELECT (SELECT subject FROM accounts_training WHERE subject > held.subject ORDER BY subject LIMIT 1)
    FROM held WHERE held.subject IS NOT NULL
)
SELECT subject FROM held WHERE subject IS NOT NULL
UNION
SELECT training_subject FROM security_docs_document WHERE ended_on IS NULL AND NOT training_subject = ''
LIMIT %(most)s
"""


@dataclass(frozen=True)
class Announced:
    """Which of the two announcements of 5.3.1.4 are done."""

    letter: bool
    page: bool


def announced(compliance: Compliance) -> Announced:
    """Whether EBYS registered an announcement letter of this record, and whether its announcement is on the web page."""
    letters = OutgoingLetter.objects.filter(
        case_id=compliance.pk, state=OutgoingState.REGISTERED, template__step_key=ANNOUNCING
    )
    pages = Announcement.objects.filter(compliance=compliance.pk, state=AnnouncementState.PUBLISHED)
    return Announced(letters.exists(), pages.exists())


def versions_standing(compliance: Compliance) -> tuple[list[str], list[str]]:
    """The versions prepared for a record: those approved or in force, and those still in preparation."""
    versions = (
        Version.objects.filter(compliance=compliance.pk)
        .select_related("document")
        .only("number", "state", "document__number")
        .order_by("pk")
    )
    ready, waiting = [], []
    for version in versions:
        if version.state == VersionState.APPROVED or version.state in WAS_IN_FORCE:
            ready.append(version.label)
        elif version.state in IN_PREPARATION:
            waiting.append(version.label)
    return ready, waiting


def prepared_versions(case: Case) -> list[Version]:
    """The versions put in force for a record, with their documents: what its announcement names and encloses."""
    in_force = Version.objects.filter(compliance=case.pk, state=VersionState.PUBLISHED)
    return list(in_force.select_related("document").order_by("pk"))


@dataclass(frozen=True)
class Standing:
    """What became of the versions approved for a record."""

    waiting: list[str]
    came_into_force: bool


def standing(compliance: Compliance) -> Standing:
    """Which approved versions nobody has put in force yet, and whether one holds or held until a newer one came."""
    settled = Version.objects.filter(
        compliance=compliance.pk, state__in=(VersionState.APPROVED, *WAS_IN_FORCE)
    )
    rows = list(settled.select_related("document").only("number", "state", "document__number").order_by("pk"))
    waiting = [version.label for version in rows if version.state == VersionState.APPROVED]
    return Standing(waiting, len(rows) > len(waiting))


def register(user: User) -> QuerySet[Document]:
    """The documents a person may see, each with its version in force and the one being prepared."""
    versions = Version.objects.filter(document=OuterRef("pk"))
    in_force = versions.filter(state=VersionState.PUBLISHED)
    preparing = versions.filter(state__in=IN_PREPARATION)
    return (
        Document.objects.visible_to(user)
        .select_related("owner")
        .annotate(
            in_force=Subquery(in_force.values("number")[:1]),
            in_force_since=Subquery(in_force.values("published_at")[:1]),
            preparing=Subquery(preparing.values("state")[:1]),
        )
    )


def document_for(user: User, pk: int) -> Document:
    """One document as this person may see it; NotFound otherwise."""
    found = register(user).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such document."))
    return found


def versions_for(user: User, document: Document) -> QuerySet[Version]:
    """The versions of a document a person may see: all for the unit; for others what holds, and what they were asked."""
    versions = Version.objects.filter(document=document).select_related(
        *("document__owner", "upload", "laid_out", "paper", "drafted_by", "edited_by"),
        *("published_by", "compliance"),
    )
    versions = versions.defer("compliance__search")
    if works_in_unit(user):
        return versions
    asked = Exists(Approval.objects.filter(version=OuterRef("pk"), person=user))
    to_read = Exists(Reading.objects.filter(version=OuterRef("pk"), user=user))
    return versions.filter(Q(state=VersionState.PUBLISHED) | asked | to_read)


def version_for(user: User, pk: int, number: int) -> Version:
    """One version as this person may see it; NotFound otherwise."""
    document = document_for(user, pk)
    found = versions_for(user, document).filter(number=number).first()
    if found is None:
        raise NotFound(_("There is no such version."))
    return found


def earlier_versions(user: User, version: Version) -> list[Version]:
    """The versions before one, the newest first, that this person may compare it with."""
    before = versions_for(user, version.document).filter(number__lt=version.number)
    seen = before.exclude(state=VersionState.DISCARDED).values("pk")
    return list(
        Version.objects.filter(pk__in=seen).only("number", "state", "document_id").order_by("-number")[:12]
    )


@dataclass(frozen=True)
class Tally:
    """How far the reading of a version has come."""

    expected: int
    signed: int

    @property
    def open(self) -> int:
        """Those who still have to sign."""
        return self.expected - self.signed

    @property
    def percent(self) -> float | None:
        """Signed of those expected."""
        return round(100 * self.signed / self.expected, 1) if self.expected else None


def tally(version: Version) -> Tally:
    """Counted in one statement; those who left before they signed are not expected."""
    counted = Reading.objects.filter(version=version).aggregate(
        expected=Count("pk", filter=Q(signed_at__isnull=False) | Q(ended_at__isnull=True)),
        signed=Count("pk", filter=Q(signed_at__isnull=False)),
    )
    return Tally(**counted)


def proof(version: Version, standing: str = "") -> ReadingQuerySet:
    """Who was asked to read a version and when each signed, by institution and name; for pages, files and programs.

    `standing` narrows it to those who have signed, or to the open ones of whom it is still expected.
    """
    rows = Reading.objects.filter(version=version)
    if standing == "signed":
        rows = rows.filter(signed_at__isnull=False)
    elif standing == "open":
        rows = rows.filter(signed_at__isnull=True, ended_at__isnull=True)
    return (
        rows.annotate(
            place=Coalesce("user__institution__name", "employee__institution__name", Value("")),
            place_key=Coalesce("user__institution__sort_key", "employee__institution__sort_key", KEY),
            name_key=Coalesce("user__sort_key", "employee__sort_key", KEY),
        )
        .select_related("user__unit", "employee__unit", "paper")
        .order_by("place_key", "name_key", "pk")
    )


def readings_of(user: User) -> ReadingQuerySet:
    """What a person has to read, and has read, the undecided first."""
    return (
        Reading.objects.of_person(user)
        .select_related("version__document")
        .defer("version__body", "version__extracted", "version__laid_out_text")
        .order_by(F("signed_at").asc(nulls_first=True), "-asked_at", "-pk")
    )


def reading_for(user: User, pk: int) -> Reading:
    """One's own reading; NotFound for somebody else's."""
    found = (
        Reading.objects.select_related("version__document", "version__upload", "version__laid_out")
        .filter(pk=pk, user=user)
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such document among those you are to read."))
    return found


def compliance_for(user: User, number: str) -> Compliance:
    """The notified document of that number, as this person may see it."""
    case = case_for(user, number)
    if not isinstance(case, Compliance):
        raise NotFound(_("There is no notified document with that number."))
    return case


def announcements(user: User) -> QuerySet[Announcement]:
    """The announcements in every state, for the unit; none of a record this person must not learn of."""
    related = ("compliance", "document_version__document", "made_by")
    rows = Announcement.objects.filter(apart_from_hidden(user, "compliance"))
    return rows.select_related(*related).defer("compliance__search")


def announcement_for(user: User, pk: int) -> Announcement:
    """One announcement, whatever its state."""
    found = announcements(user).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such announcement."))
    return found


def clause_for(user: User, pk: int) -> Clause:
    """One clause: for the unit any it may know of, for others a gap they were made to close."""
    rows = Clause.objects.filter(pk=pk).select_related("compliance", "owner").defer("compliance__search")
    if works_in_unit(user):
        found = rows.filter(apart_from_hidden(user, "compliance")).first()
    else:
        found = rows.filter(owner=user).exclude(gap="").first()
    if found is None:
        raise NotFound(_("The document has no such clause."))
    return found


def open_gaps() -> QuerySet[Clause]:
    """Gaps not closed yet, the earliest day first."""
    return (
        Clause.objects.filter(closed_on__isnull=True)
        .exclude(gap="")
        .select_related("compliance", "owner")
        .defer("compliance__search")
        .order_by("due_on", "pk")
    )


def gaps_waiting(user: User) -> QuerySet[Clause]:
    """The gaps this person is still to close."""
    return Clause.objects.filter(owner=user, closed_on__isnull=True).exclude(gap="")


def places(version: Version) -> list[tuple[int, str, int, int]]:
    """The institutions whose people read a version: key, name, how many are expected and how many signed."""
    rows = (
        Reading.objects.filter(version=version)
        .filter(Q(signed_at__isnull=False) | Q(ended_at__isnull=True))
        .annotate(
            where=Coalesce("user__institution", "employee__institution"),
            place=Coalesce("user__institution__name", "employee__institution__name", Value("")),
            place_key=Coalesce("user__institution__sort_key", "employee__institution__sort_key", KEY),
        )
        .order_by("place_key")
        .values_list("where", "place", "place_key")
        .annotate(expected=Count("pk"), signed=Count("pk", filter=Q(signed_at__isnull=False)))
    )
    return [(where or 0, place, expected, signed) for where, place, _key, expected, signed in rows]


def paper_for(user: User, pk: int) -> PaperList:
    """A list to be signed on paper, of a version this person may see."""
    related = ("version__document", "institution", "printed_by", "entered_by", "scan")
    found = PaperList.objects.select_related(*related).filter(pk=pk).first()
    if found is None or not Document.objects.visible_to(user).filter(pk=found.version.document_id).exists():
        raise NotFound(_("There is no such list."))
    return found


def trainings() -> QuerySet[Training]:
    """The training register with its people."""
    return Training.objects.select_related("user__institution", "employee__institution")


def training_for(user: User, pk: int) -> Training:
    """One entry of the register; NotFound where there is none."""
    found = trainings().filter(pk=pk).first() if works_in_unit(user) else None
    if found is None:
        raise NotFound(_("There is no such training."))
    return found


def untrained(user: User, year: int, subject: str = "") -> EmployeeQuerySet:
    """The staff who are here and were not trained in that year (in that subject), each with the last day they were."""
    held = Training.objects.filter(subject=subject) if subject else Training.objects.all()
    own, by_account = held.filter(employee=OuterRef("pk")), held.filter(user=OuterRef("user"))
    days = date(year, 1, 1), date(year, 12, 31)
    staff = Employee.objects.visible_to(user).here().select_related("institution", "unit")
    return staff.filter(
        ~Exists(own.filter(held_on__range=days)), ~Exists(by_account.filter(held_on__range=days))
    )


def training_subjects() -> list[tuple[str, str]]:
    """The subjects that stand in the register or on a training document, for a choice."""
    with connection.cursor() as cursor:
        cursor.execute(SUBJECTS, {"most": MOST_CHOICES})
        found = [subject for (subject,) in cursor.fetchall()]
    return [(one, one) for one in sorted(found, key=turkish.sort_key)]


def proof_paper_for(user: User, pk: int) -> ProofPaper:
    """A proof made as PDF, of a version this person may see."""
    related = ("version__document__owner", "institution", "letter", "asked_by", "file")
    found = ProofPaper.objects.select_related(*related).filter(pk=pk).first()
    if found is None or not Document.objects.visible_to(user).filter(pk=found.version.document_id).exists():
        raise NotFound(_("There is no such list."))
    return found


def letters_for_annex(user: User, version: Version) -> list[OutgoingLetter]:
    """The drafts of 5.3.1 a proof can be enclosed in, those of the version's own record first."""
    drafts = OutgoingLetter.objects.visible_to(user).filter(
        state=OutgoingState.DRAFT, case__subprocess__number="5.3.1"
    )
    found = drafts.light().select_related("case").order_by("-pk")[:MOST_LETTERS]
    return sorted(found, key=lambda letter: letter.case_id != version.compliance_id)


def announceable(user: User) -> QuerySet[Version]:
    """The versions in force of documents this person may see."""
    seen = Document.objects.visible_to(user).values("pk")
    return Version.objects.filter(state=VersionState.PUBLISHED, document__in=seen).select_related("document")


def announceable_choices(user: User, present: int | None) -> list[tuple[int, str]]:
    """Those that came last, for a choice, and the one announced so far however old it is."""
    rows = announceable(user).only("number", "document__number", "document__title")
    found = list(rows.order_by("-pk")[:MOST_CHOICES])
    if present and present not in {version.pk for version in found}:
        found += rows.filter(pk=present)
    return [(version.pk, f"{version.label} {version.document.title}") for version in found]


def document_choices(user: User) -> list[tuple[int, str]]:
    """The documents of the register of which a version can be begun, for a choice."""
    found = Document.objects.visible_to(user).in_use().in_order().only("pk", "number", "title")
    return [(document.pk, str(document)) for document in found[:MOST_CHOICES]]
