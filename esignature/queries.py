"""Reads of 5.3.3 that more than one door needs: the check list, duplicates, waiting forms."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import Count, Exists, FilteredRelation, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Employee, Institution
from ebys.models import OutgoingState
from esignature.models import (
    LIVE,
    ON_THE_WAY,
    WINDOWS,
    Batch,
    BatchState,
    Certificate,
    CertificateState,
    CheckItem,
    Kind,
    Reason,
    Request,
    State,
)
from processes.models import Document

RENEWABLE = timedelta(days=WINDOWS[0])
CHECKS = "esignature:checks"
OVER = (OutgoingState.DISCARDED,)
# What is asked for is at Kamu SM, or has come from there.
ANSWERED = (State.POSTED, State.ONLINE, State.CONCLUDED)

Check = tuple[str, str, str, bool]  # title, kind, reason, whether it asks for the scan


@contextmanager
def held(holder: Employee | None) -> Iterator[None]:
    """One request at a time for one holder: the row of the staff register is locked until all is written."""
    with transaction.atomic():
        if holder is not None:
            Employee.objects.select_for_update(of=("self",)).filter(pk=holder.pk).values_list("pk").first()
        yield


def check_list() -> list[Check]:
    """The lines in use; a change in the admin shows within a minute."""
    return cache.get_or_set(CHECKS, _kept_checks, 60) or []


def _kept_checks() -> list[Check]:
    return list(CheckItem.objects.filter(is_active=True).values_list("title", "kind", "reason", "needs_file"))


def checks_for(kind: str, reason: str) -> list[str]:
    """What a form of this kind and reason is looked at for by hand."""
    return [
        title
        for title, of_kind, of_reason, needs_file in check_list()
        if not needs_file and of_kind in ("", kind) and of_reason in ("", reason)
    ]


def missing_checks(request: Request) -> list[str]:
    """The lines not yet found in order."""
    return [title for title in checks_for(request.kind, request.reason) if title not in request.checks]


def lacks_scan(request: Request) -> bool:
    """The province asks for a scan of such forms and none is on the request."""
    asked = any(
        needs_file and kind in ("", request.kind) and reason in ("", request.reason)
        for _title, kind, reason, needs_file in check_list()
    )
    if not asked:
        return False
    found: list[Document] | None = getattr(request, "scans", None)
    return not found if found is not None else not _files().filter(case=request.pk).exists()


def scans() -> Prefetch[Any]:
    """The files on many requests, read at once for `lacks_scan`."""
    return Prefetch("documents", queryset=_files().only("case"), to_attr="scans")


def _files() -> QuerySet[Document]:
    return Document.objects.filter(withdrawn_at__isnull=True)


def is_under_way(batch: Batch | None) -> bool:
    """The batch's letter may still be registered: it is drafted and was not discarded."""
    if batch is None or batch.state != BatchState.DRAFTED:
        return False
    return batch.letter is None or batch.letter.state not in OVER


def was_written(batch: Batch | None) -> bool:
    """The batch's letter is registered: Kamu SM was asked for what is on its list."""
    return batch is not None and batch.state not in (BatchState.DRAFTED, BatchState.DISSOLVED)


@dataclass(frozen=True)
class Ask:
    """A request somebody means to open: for whom, which kind, why."""

    holder: Employee
    kind: str
    reason: str

    @property
    def key(self) -> str:
        """As a form carries it: 12-esign-first."""
        return f"{self.holder.pk}-{self.kind}-{self.reason}"

    @property
    def kind_label(self) -> str:
        """The kind in the reader's language."""
        return kind_label(self.kind)

    @property
    def reason_label(self) -> str:
        """The reason in the reader's language."""
        return reason_label(self.reason)


def refusals(asks: Sequence[Ask], but: int | None = None) -> list[str | None]:
    """Why each request would be a duplicate: one is under way, or a first one while a valid one is there.

    `but` is the request that is being looked at itself. The questions asked do not grow with the requests.
    """
    holders = {ask.holder.pk for ask in asks if ask.holder.is_here}
    under_way = Request.objects.open().filter(holder__in=holders).exclude(pk=but).order_by("-pk")
    numbers = {
        (holder, kind): number for holder, kind, number in under_way.values_list("holder", "kind", "number")
    }
    firsts = {ask.holder.pk for ask in asks if ask.reason == Reason.FIRST} & holders
    valid = Certificate.objects.valid().filter(holder__in=firsts) if firsts else Certificate.objects.none()
    ends = {(holder, kind): day for holder, kind, day in valid.values_list("holder", "kind", "valid_until")}
    return [_refusal(ask, numbers, ends) for ask in asks]


def _refusal(
    ask: Ask, numbers: dict[tuple[int | None, str], str], ends: dict[tuple[int, str], date | None]
) -> str | None:
    place = (ask.holder.pk, ask.kind)
    if not ask.holder.is_here:
        return _("This person has left; nothing is asked for them.")
    if place in numbers:
        return _("A request for this holder and kind is under way: %(number)s.") % {"number": numbers[place]}
    if ask.reason == Reason.FIRST and (day := ends.get(place)) is not None:
        return _("The holder has a valid certificate until %(day)s; this is no first application.") % {
            "day": date_format(day, "d.m.Y")
        }
    return None


def asks_of(holders: Sequence[Employee], kind: str) -> list[Ask]:
    """A request for each: the renewal of what has expired, else the first application."""
    expired = Q(state=CertificateState.EXPIRED) | Q(state__in=LIVE, valid_until__lt=timezone.localdate())
    had_one = set(
        Certificate.objects.filter(expired, holder__in=holders, kind=kind).values_list("holder", flat=True)
    )
    return [Ask(one, kind, Reason.RENEWAL if one.pk in had_one else Reason.FIRST) for one in holders]


def why_not_online(request: Request) -> str | None:
    """Why a renewal needs the wet-signed form."""
    if request.reason != Reason.RENEWAL:
        return _("Only a renewal can be made online.")
    today = timezone.localdate()
    present = Certificate.objects.valid(today).filter(holder=request.holder_id, kind=request.kind).first()
    if present is None or present.valid_until is None:
        return _("The holder has no valid certificate to renew with: a wet-signed form is needed.")
    if present.valid_until > today + RENEWABLE:
        return _("Renewal online opens %(days)d days before the certificate ends.") % {"days": RENEWABLE.days}
    return None


def waiting() -> QuerySet[Request]:
    """Complete forms of people who work here that no letter carries yet, oldest first."""
    return _on_the_desk().filter(is_complete=True, holder__isnull=False, holder__left_on__isnull=True)


def unchecked() -> QuerySet[Request]:
    """Forms not yet found in order, oldest first."""
    return _on_the_desk().filter(is_complete=False)


def _on_the_desk() -> QuerySet[Request]:
    """Forms received that are on no letter's list."""
    free = Q(batch__isnull=True) | Q(batch__letter__state__in=OVER)
    return (
        Request.objects.open()
        .light()
        .filter(free, state=State.RECEIVED)
        .select_related("holder__institution", "holder__unit", "applicant_institution")
        .order_by("opened_at", "pk")
    )


def without_outcome() -> QuerySet[Request]:
    """Requests at Kamu SM whose certificate is not active in the holder's hands yet, oldest first."""
    return (
        Request.objects.light()
        .filter(Q(certificate__isnull=True) | Q(certificate__state__in=ON_THE_WAY), state__in=ANSWERED)
        .filter(holder__isnull=False)
        .select_related("holder__institution", "applicant_institution", "certificate")
        .order_by("opened_at", "pk")
    )


def listed(batch: Batch) -> list[Request]:
    """The forms of a batch in the order of its list: by institution, then by name."""
    forms = Request.objects.light().filter(batch=batch)
    people = forms.select_related("holder", "applicant_institution", "applicant")
    return list(people.order_by("holder__institution__sort_key", "holder__sort_key", "pk"))


def last_recipient() -> int | None:
    """The institution the newest batch letter went to: the next one goes there too, unless said otherwise."""
    newest = Batch.objects.filter(letter__isnull=False).order_by("-made_at", "-pk")
    return newest.values_list("letter__recipients__institution", flat=True).first()


def quarter(day: date) -> tuple[date, date]:
    """The first and the last day of the quarter a day lies in."""
    first = date(day.year, day.month - (day.month - 1) % 3, 1)
    after = date(first.year + (first.month > 9), (first.month + 2) % 12 + 1, 1)
    return first, after - timedelta(days=1)


def asked_already() -> Subquery:
    """Number of the open request for the holder and kind of a certificate; for an annotation."""
    asked = Request.objects.open().filter(holder=OuterRef("holder"), kind=OuterRef("kind"))
    return Subquery(asked.order_by().values("number")[:1])


@dataclass(frozen=True)
class Cover:
    """One institution: its staff, how many hold a valid certificate, whose ends soon, who has none."""

    pk: int
    name: str
    kind: str
    staff: int
    covered: int
    ending: int

    def __str__(self) -> str:
        return self.name

    @property
    def url(self) -> str:
        """The page of those who have none."""
        return f"{reverse('esignature-uncovered', args=(self.pk,))}?kind={self.kind}"

    @property
    def uncovered(self) -> int:
        """Staff without a valid certificate."""
        return self.staff - self.covered

    @property
    def share(self) -> float | None:
        """Covered staff in percent."""
        return round(100 * self.covered / self.staff, 1) if self.staff else None


def coverage(kind: str, on: date | None = None) -> list[Cover]:
    """Every institution with staff, the least covered first.

    Nobody has two live certificates of a kind, so that the staff joined with the valid ones are counted in one pass.
    """
    day = on or timezone.localdate()
    valid = Q(
        certificates__kind=kind,
        certificates__state=CertificateState.ACTIVE,
        certificates__valid_from__lte=day,
        certificates__valid_until__gte=day,
    )
    soon = Q(valid__valid_until__lte=day + RENEWABLE)
    rows = (
        Employee.objects.here()
        .order_by()
        .annotate(valid=FilteredRelation("certificates", condition=valid))
        .values_list("institution")
        .annotate(staff=Count("pk"), covered=Count("valid"), ending=Count("valid", filter=soon))
    )
    names = dict(Institution.objects.order_by("sort_key", "pk").values_list("pk", "name"))
    counted = {place: counts for place, *counts in rows}
    found = [Cover(place, name, kind, *counted[place]) for place, name in names.items() if place in counted]
    return sorted(found, key=lambda one: one.share if one.share is not None else 100.0)


def without_certificate(institution: int, kind: str, on: date | None = None) -> QuerySet[Employee]:
    """The staff of an institution without a valid certificate of a kind: when an earlier one `ended`, what is `asked` for."""
    valid = Certificate.objects.valid(on).filter(holder=OuterRef("pk"), kind=kind)
    over = Q(ended_on__isnull=False) | Q(state__in=LIVE, valid_until__lt=on or timezone.localdate())
    earlier = Certificate.objects.filter(over, holder=OuterRef("pk"), kind=kind)
    days = earlier.annotate(over_on=Coalesce("ended_on", "valid_until")).order_by("-over_on")
    asked = Request.objects.open().filter(holder=OuterRef("pk"), kind=kind).order_by()
    return (
        Employee.objects.here()
        .filter(~Exists(valid), institution=institution)
        .select_related("unit", "institution")
        .annotate(
            ended=Subquery(days.values("over_on")[:1]),
            asked=Subquery(asked.values("number")[:1]),
        )
    )


def kind_label(kind: str) -> str:
    """A kind in the reader's language."""
    return str(Kind(kind).label)


def reason_label(reason: str) -> str:
    """A reason in the reader's language."""
    return str(Reason(reason).label)
