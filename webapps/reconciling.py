"""Comparing an application's exported list of users with the register, and settling what differs.

Everything is compared as sets: a few queries for twenty thousand rows. A difference is one row however often it is found.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import BinaryIO

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import works_in_unit
from accounts.models import Employee, User
from accounts.tables import Refusal, Row, read
from audit import trail
from audit.context import because
from processes import wording
from processes.errors import NotPermitted, RuleBroken, WrongState
from processes.gate import require_writable
from processes.plaintext import one_line
from processes.scanning import refuse_infected
from webapps.beginnings import Beginnings, begins_something
from webapps.comparing import COLUMNS, Judged, Key, Known, known_in, readable
from webapps.models import (
    Application,
    Authority,
    Difference,
    DifferenceKind,
    Reconciliation,
    Settlement,
)
from webapps.services import granting

BATCH = 2000
REOPENED = ("settlement", "case", "role", "settled_at", "settled_by", "came_back_at")


@dataclass
class Comparison:
    """What came of comparing a list: the run, rows that could not be read, and whether the same file was compared before."""

    run: Reconciliation
    refusals: list[Refusal] = field(default_factory=list)
    is_repeated: bool = False


def compare(
    application: Application, file: BinaryIO, name: str, *, by: User, now: datetime | None = None
) -> Comparison:
    """Read a list of an application's users and compare it, without a preview in between."""
    may_compare(by)
    refuse_infected(file, name)
    table = read(file, name, COLUMNS)
    rows, undated = readable(table.rows)
    refusals = [*table.refusals, *undated]
    run, is_repeated = record(
        application,
        rows,
        file_name=name,
        digest=digest_of(file),
        is_whole=not refusals,
        by=by,
        now=now,
    )
    return Comparison(run, refusals, is_repeated)


def record(
    application: Application,
    rows: Sequence[Row],
    *,
    file_name: str,
    digest: str,
    is_whole: bool,
    by: User,
    now: datetime | None = None,
) -> tuple[Reconciliation, bool]:
    """Keep what a list and the register disagree about; also answers whether nothing changed since the very same list.

    A list with unreadable rows is no whole one: it is compared without them, and then nobody is called missing and nothing
    found before is closed, for the user of such a row may well be in the list.
    """
    may_compare(by)
    if not rows and not is_whole:
        raise RuleBroken(
            _("No row of the list can be read: there is nothing to compare. Correct the list first.")
        )
    now = now or timezone.now()
    kinds = [kind for kind in DifferenceKind if kind != DifferenceKind.MISSING or is_whole]
    with transaction.atomic(), because(step="reconcile", by=by):
        Application.objects.select_for_update().get(pk=application.pk)
        last = Reconciliation.objects.filter(application=application).order_by("-made_at", "-pk").first()
        judged = Judged(application, rows)
        found = {key: difference for key, difference in judged.found.items() if key[0] in kinds}
        known = known_in(application, kinds)
        if not is_whole:
            known = {key: one for key, one in known.items() if key in found}
        back = {
            one.pk: found[key] for key, one in known.items() if key in found and one.comes_back(found[key])
        }
        if last is not None and last.digest == digest and known.keys() == found.keys() and not back:
            return last, True
        run = Reconciliation(
            application=application,
            file_name=one_line(file_name)[:200],
            digest=digest,
            rows=len(rows),
            same=judged.same,
            made_at=now,
            made_by=by,
        )
        run.save()
        _keep(run, found, known, by, now)
        _reopen(back, now)
    return run, False


def accept(
    difference: Difference, *, by: User, reason: str, since: date | None = None, now: datetime | None = None
) -> Difference:
    """The application's list is right: the register follows it, or the unknown user is left as it is, with a reason.

    An authority taken over counts `since` that day; without one, since the day in the list or that of the comparison. Nothing
    is taken over for somebody who left: that access only a request ends.
    """
    may_compare(by)
    now = now or timezone.now()
    reason = _reasoned(reason)
    with transaction.atomic(), because(step="accept_difference", reason=reason, by=by):
        current = unsettled(difference)
        if since is not None and not begins_something(current):
            _no_day()
        _still_here(current)
        days = Beginnings([current], current.reconciliation.seen_on)
        granted, ended = _followed(
            [current], now, lambda one: days.of(one) if since is None else days.chosen(one, since)
        )
        granting.write(granted, ended, ending="ended_by_difference")
        current.settlement, current.reason = Settlement.ACCEPTED, reason
        current.settled_at, current.settled_by = now, by
        current.save()
        _told(granted, ended)
    return current


def accept_all(
    run: Reconciliation,
    kind: str,
    *,
    by: User,
    reason: str,
    since: date | None = None,
    now: datetime | None = None,
) -> int:
    """Every difference of one kind that nobody has settled is accepted with one reason, or none is; says how many.

    This is how the list of an application is taken over the first time it is compared. `since` is the day for those of whom
    the list tells none; who came later, or had the role until later, counts from then. Who left is passed over: what such a
    user still has in the application is for a request to end.
    """
    may_compare(by)
    now = now or timezone.now()
    reason = _reasoned(reason)
    if since is not None and kind != DifferenceKind.EXTRA:
        _no_day()
    with transaction.atomic(), because(step="accept_difference", reason=reason, by=by):
        waiting = list(
            run.differences.filter(kind=kind, settlement=Settlement.OPEN)
            .select_for_update(of=("self",))
            .select_related("application", "employee", "role")
        )
        left = _leavers(waiting)
        waiting = [one for one in waiting if one.employee_id not in left]
        days = Beginnings(waiting, run.seen_on)
        granted, ended = _followed(waiting, now, lambda one: days.of(one, otherwise=since))
        granting.write(granted, ended, ending="ended_by_difference")
        Difference.objects.filter(pk__in=[one.pk for one in waiting]).update(
            settlement=Settlement.ACCEPTED, reason=reason, settled_at=now, settled_by=by
        )
        _told(granted, ended)
        told = {"kind": kind, "differences": len(waiting)} | ({"left": len(left)} if left else {})
        trail.record(run, "accepted", told if since is None else told | {"since": since})
    return len(waiting)


def digest_of(file: BinaryIO) -> str:
    """The SHA-256 of a file, read piece by piece."""
    digest = hashlib.sha256()
    file.seek(0)
    while piece := file.read(1 << 20):
        digest.update(piece)
    file.seek(0)
    return digest.hexdigest()


def _keep(
    run: Reconciliation, found: dict[Key, Difference], known: dict[Key, Known], by: User, now: datetime
) -> None:
    """New differences are added, known ones move to this run, those no longer found are closed."""
    fresh = [difference for key, difference in found.items() if key not in known]
    for difference in fresh:
        difference.reconciliation = run
    Difference.objects.bulk_create(fresh, batch_size=BATCH)
    again = {one.pk: found[key] for key, one in known.items() if key in found}
    Difference.objects.filter(pk__in=again).update(reconciliation=run)
    _date(again)
    gone = [one.pk for key, one in known.items() if key not in found]
    ended = Difference.objects.filter(pk__in=gone)
    ended.exclude(settlement=Settlement.OPEN).update(settlement=Settlement.GONE)
    ended.filter(settlement=Settlement.OPEN).update(settlement=Settlement.GONE, settled_at=now, settled_by=by)
    trail.record(
        run,
        "compared",
        {"rows": run.rows, "same": run.same, "new": len(fresh), "again": len(again), "gone": len(gone)},
    )


def _reopen(back: dict[int, Difference], now: datetime) -> None:
    """What was settled and is found again is open again and says so."""
    rows = list(Difference.objects.filter(pk__in=back))
    trail.record_many(rows, "changed", lambda one: {"settlement": [one.settlement, Settlement.OPEN]})
    for one in rows:
        one.settlement, one.case, one.role_id = Settlement.OPEN, None, back[one.pk].role_id
        one.settled_at = one.settled_by = None
        one.came_back_at = now
    Difference.objects.bulk_update(rows, REOPENED, batch_size=BATCH)


def _date(again: dict[int, Difference]) -> None:
    """Differences found before learn the first day this list tells of them; where it tells none, an earlier list's holds."""
    dated = {key: one.listed_since for key, one in again.items() if one.listed_since is not None}
    changed = [
        Difference(pk=key, listed_since=dated[key])
        for key, day in Difference.objects.filter(pk__in=dated, settlement=Settlement.OPEN).values_list(
            "pk", "listed_since"
        )
        if day != dated[key]
    ]
    Difference.objects.bulk_update(changed, ("listed_since",), batch_size=BATCH)


def _reasoned(reason: str) -> str:
    """The reason as it is kept; refuses none at all and one with signs that cannot be kept."""
    if not reason.strip():
        sentence = _("Write why the difference is accepted.")
        raise RuleBroken(sentence, fields={"reason": [sentence]})
    require_writable(reason)
    return reason.strip()


def _told(granted: Sequence[Authority], ended: Sequence[Authority]) -> None:
    """What came into the register and what went, each on the trail."""
    if granted or ended:
        trail.record_many([*granted, *ended], "changed", lambda one: {"until": one.until, "since": one.since})


def _no_day() -> None:
    """Only an authority the register takes over begins on a day that somebody says."""
    sentence = _(
        "A first day is given only where the register takes an access over from the list. Leave it empty."
    )
    raise RuleBroken(sentence, fields={"since": [sentence]})


def _followed(
    differences: Sequence[Difference], now: datetime, since: Callable[[Difference], datetime]
) -> tuple[list[Authority], list[Authority]]:
    """What the register grants (counting from `since`) and ends when it follows the application's list; one query.

    What a request has granted since the comparison is there already and stays as it is.
    """
    known = [one for one in differences if one.employee is not None and one.role is not None]
    if not known:
        return [], []
    held = Authority.objects.open().filter(
        application=known[0].application, employee__in={one.employee_id for one in known}
    )
    present: dict[tuple[int | None, int | None], Authority] = {
        (one.employee_id, one.role_id): one for one in held.select_for_update()
    }
    granted = [
        Authority(
            employee=one.employee,
            application=one.application,
            role=one.role,
            institution_id=one.employee.institution_id if one.employee else None,
            since=since(one),
            granted_by_difference=one,
        )
        for one in known
        if one.kind == DifferenceKind.EXTRA and (one.employee_id, one.role_id) not in present
    ]
    ended = []
    for one in known:
        authority = present.get((one.employee_id, one.role_id))
        if one.kind == DifferenceKind.MISSING and authority is not None:
            authority.until, authority.ended_by_difference = now, one
            ended.append(authority)
    return granted, ended


def _still_here(difference: Difference) -> None:
    """The register takes nothing over for somebody who left."""
    left = _leavers([difference])
    if difference.employee_id in left:
        who = left[difference.employee_id]
        assert who.left_on is not None
        raise RuleBroken(
            _("%(name)s left on %(day)s: this access is not taken over. Open a request that removes it.")
            % {"name": who.full_name, "day": wording.full_date(who.left_on)}
        )


def _leavers(differences: Sequence[Difference]) -> Mapping[int | None, Employee]:
    """Those who left among the users the register would take over, looked at under their lock."""
    extra = {one.employee_id for one in differences if one.kind == DifferenceKind.EXTRA}
    return granting.leavers(extra)


def unsettled(difference: Difference) -> Difference:
    """The difference under its lock, while nobody has settled it."""
    current = (
        Difference.objects.select_for_update(of=("self",))
        .select_related("application", "employee__institution", "role", "reconciliation")
        .get(pk=difference.pk)
    )
    if current.settlement != Settlement.OPEN:
        raise WrongState(_("This difference is settled already."))
    return current


def may_compare(by: User) -> None:
    """Comparing and settling is the unit's work."""
    if not works_in_unit(by):
        raise NotPermitted(_("Only the unit's staff compare lists of users."))
