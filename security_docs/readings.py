"""Who has to read the version in force: asked, reminded, page by page, signed by the exact content."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Employee, User
from audit import trail
from audit.context import because
from processes import inbox
from processes.errors import NotFound, NotPermitted, RuleBroken, StaleVersion, WrongState
from processes.gate import save
from security_docs.leaves import must_be_opened
from security_docs.models import Audience, AudienceKind, Reading, Version, VersionState
from security_docs.trained import signed

AT_ONCE = 1_000
FIRST_REMINDER = timedelta(days=3)
NEXT_REMINDER = timedelta(days=7)
MOST_REMINDERS = 6


def ask(version: Version, *, now: datetime | None = None) -> int:
    """Ask everybody of the document's groups who was not asked yet: one row a person, in a few statements.

    Called when a version comes into force, when a group is added, and each day for those who came since.
    """
    if not version.document.needs_signature:
        return 0
    now = now or timezone.now()
    accounts, without = _readers(version)
    people = list(accounts.order_by("pk").values_list("pk", flat=True))
    staff = list(without.order_by("pk").values_list("pk", flat=True))
    present = list(version.readings.values_list("user_id", "employee_id"))
    known, known_staff = {user for user, _staff in present}, {one for _user, one in present}
    fresh = [pk for pk in people if pk not in known]
    rows = [Reading(version=version, user_id=pk, asked_at=now) for pk in fresh]
    rows += [Reading(version=version, employee_id=pk, asked_at=now) for pk in staff if pk not in known_staff]
    Reading.objects.bulk_create(rows, batch_size=AT_ONCE, ignore_conflicts=True)
    again = Q(user__in=accounts) | Q(employee__in=without)
    version.readings.filter(again, signed_at__isnull=True, ended_at__isnull=False).update(ended_at=None)
    for some in _portions(fresh):
        tell(some, version, gettext_noop("%(document)s came into force: read and sign it by %(day)s."))
    if rows:
        trail.record(version, "readers_asked", {"people": [0, len(rows)]})
    return len(rows)


def tell(people: Sequence[int], version: Version, text: str) -> None:
    """A message for each of them that leads to their readings."""
    day = f"{version.read_by:%d.%m.%Y}" if version.read_by else ""
    found = User.objects.people().filter(pk__in=people).only("pk", "is_active")
    inbox.tell(found, None, text, path="/readings/", document=version.label, day=day)


def end_unsigned(version: Version, now: datetime) -> int:
    """Nobody is expected to sign a version that no longer holds."""
    return version.readings.filter(signed_at__isnull=True, ended_at__isnull=True).update(ended_at=now)


def drop_strangers(version: Version, *, now: datetime | None = None) -> int:
    """Those who are in no group any more, and those who left, are no longer expected to sign."""
    accounts, without = _readers(version)
    undecided = version.readings.filter(signed_at__isnull=True, ended_at__isnull=True)
    return undecided.exclude(Q(user__in=accounts) | Q(employee__in=without)).update(
        ended_at=now or timezone.now()
    )


def see(reading: Reading, *, by: User, page: int, now: datetime | None = None) -> Reading:
    """The person turned this page: it was on their screen. A picture counts only once it was given out as it looks."""
    with transaction.atomic(), because(step="reading_page", by=by):
        row = _own(reading, by)
        if not 1 <= page <= row.version.page_count:
            raise NotFound(_("The document has no such page."))
        if page not in row.pages_seen:
            if must_be_opened(row, page):
                raise RuleBroken(
                    _("Page %(page)d is a picture without text: open it as PDF and read it there first.")
                    % {"page": page}
                )
            row.pages_seen = sorted({*row.pages_seen, page})
            row.opened_at = row.opened_at or now or timezone.now()
            row.save(update_fields=("pages_seen", "opened_at"))
    return row


def opened(version: Version, *, by: User, pages: Collection[int] = ()) -> None:
    """These pages, or all of them, went to the person's screen as they look; told only of those who are to read it."""
    with transaction.atomic(), because(step="reading_page", by=by):
        row = version.readings.select_for_update().filter(user=by, signed_at__isnull=True).first()
        given = set(pages or range(1, version.page_count + 1))
        if row is not None and not given <= set(row.pages_opened):
            row.pages_opened = sorted({*row.pages_opened, *given})
            row.save(update_fields=("pages_opened",))


def sign(
    reading: Reading, *, by: User, sha256: str, address: str | None, now: datetime | None = None
) -> Reading:
    """“I have read it”: by the person, for exactly the content they had before them, while it is in force."""
    with transaction.atomic(), because(step="reading_sign", by=by):
        state, content = standing(reading.version_id)
        if state != VersionState.PUBLISHED:
            raise no_longer_in_force(reading.version)
        row = _own(reading, by)
        if row.signed_at is not None:
            raise WrongState(_("You have signed this version already."))
        if row.ended_at is not None:
            raise WrongState(_("Your signature is no longer expected for this document."))
        if content != sha256:
            raise StaleVersion(_("This is not the content you had before you. Open the document again."))
        if not row.has_seen_all:
            missing = sorted(set(range(1, row.version.page_count + 1)) - set(row.pages_seen))
            raise RuleBroken(
                _("Read every page before you sign; still to be read: %(pages)s.")
                % {"pages": ", ".join(map(str, missing[:12])) + (" …" if len(missing) > 12 else "")}
            )
        row.signed_at, row.signed_hash, row.signed_address = now or timezone.now(), content, address
        save(row)
        signed(row.version.document, by=by, at=row.signed_at)
    return row


def standing(version: int) -> tuple[str, str]:
    """State and hash of a version, which stay so until the transaction ends: signers share the lock, publishers wait."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT state, sha256 FROM security_docs_version WHERE id = %s FOR SHARE", [version])
        found: tuple[str, str] = cursor.fetchone()
    return found


def no_longer_in_force(version: Version) -> WrongState:
    """The sentence for somebody who signs too late, with what to read instead."""
    newer = Version.objects.filter(document=version.document_id, state=VersionState.PUBLISHED).first()
    if newer is None:
        return WrongState(
            _("%(version)s is no longer in force; it cannot be signed any more.") % {"version": version.label}
        )
    return WrongState(
        _("%(version)s is no longer in force. Version %(newer)d has taken its place: read and sign that one.")
        % {"version": version.label, "newer": newer.number}
    )


def remind(now: datetime) -> dict[str, int]:
    """Remind those who have not signed, and nobody else: after three days, then every week, six times at most."""
    reminded = 0
    for version in versions_to_be_read():
        due = (
            Reading.objects.undecided()
            .filter(version=version, user__isnull=False, reminders__lt=MOST_REMINDERS)
            .filter(
                Q(reminded_at__isnull=True, asked_at__lte=now - FIRST_REMINDER)
                | Q(reminded_at__lte=now - NEXT_REMINDER)
            )
        )
        while some := list(due.order_by("pk").values_list("pk", "user_id")[:AT_ONCE]):
            with transaction.atomic(), because(step="readings_remind"):
                tell(
                    [user for _pk, user in some],
                    version,
                    gettext_noop("%(document)s waits for your signature; it is to be read by %(day)s."),
                )
                Reading.objects.filter(pk__in=[pk for pk, _user in some]).update(
                    reminders=F("reminders") + 1, reminded_at=now
                )
            reminded += len(some)
    return {"reminded": reminded}


def keep_up(now: datetime) -> dict[str, int]:
    """Ask those who came since a version came into force; expect nothing of those who left."""
    asked = ended = 0
    for version in versions_to_be_read():
        with transaction.atomic(), because(step="readings_keep_up"):
            asked += ask(version, now=now)
            ended += drop_strangers(version, now=now)
    return {"asked": asked, "ended": ended}


def versions_to_be_read() -> QuerySet[Version]:
    """The versions in force whose readers sign."""
    return (
        Version.objects.filter(state=VersionState.PUBLISHED, document__needs_signature=True)
        .select_related("document")
        .order_by("pk")
    )


def _own(reading: Reading, by: User) -> Reading:
    """The person's own row, locked."""
    row = (
        Reading.objects.select_for_update(of=("self",))
        .select_related("version__document", "version__upload", "version__laid_out")
        .get(pk=reading.pk)
    )
    if row.user_id != by.pk:
        raise NotPermitted(_("Everybody reads and signs for themselves."))
    return row


def _readers(version: Version) -> tuple[QuerySet[User], QuerySet[Employee]]:
    """Who is to read a version: the accounts in the document's groups, and the staff there without one.

    Roles are held by accounts alone. Who signed on paper before having an account has read it.
    """
    groups = list(version.document.audience.all())
    on_paper = version.readings.filter(employee__user__isnull=False, signed_at__isnull=False)
    accounts = User.objects.people().filter(_belongs(groups, with_roles=True))
    staff = Employee.objects.here().filter(user__isnull=True).filter(_belongs(groups, with_roles=False))
    return accounts.exclude(pk__in=on_paper.values("employee__user")), staff


def _belongs(groups: Sequence[Audience], *, with_roles: bool) -> Q:
    found = Q(pk__in=())
    today = timezone.localdate()
    for group in groups:
        match group.kind:
            case AudienceKind.EVERYBODY:
                found |= Q(pk__isnull=False)
            case AudienceKind.INSTITUTION:
                found |= Q(institution=group.institution_id)
            case AudienceKind.INSTITUTION_KIND:
                found |= Q(institution__kind=group.institution_kind)
            case AudienceKind.UNIT:
                found |= Q(unit=group.unit_id)
            case AudienceKind.ROLE if with_roles:
                found |= Q(pk__in=User.objects.acting_as([group.role], on=today).values("pk"))
    return found


def _portions(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(rows), AT_ONCE):
        yield rows[start : start + AT_ONCE]
