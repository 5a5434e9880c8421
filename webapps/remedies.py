"""Requests that bring an application in line with the register: one for a difference, or few for all of a kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Institution, User
from audit import trail
from audit.context import because
from processes import wording
from processes.errors import RuleBroken
from processes.models import Channel
from webapps import workflow
from webapps.lines import MOST, Entry
from webapps.models import (
    AccessRequest,
    Difference,
    DifferenceKind,
    Operation,
    Origin,
    Reconciliation,
    Settlement,
)
from webapps.reconciling import may_compare, unsettled

AT_ONCE = 10  # requests opened by one click


@dataclass(frozen=True)
class Opened:
    """What came of asking for everything of one kind: the requests, how many differences they settle, how many still wait."""

    requests: list[AccessRequest]
    differences: int
    waiting: int


def open_case(difference: Difference, *, by: User, now: datetime | None = None) -> AccessRequest:
    """The register is right: a request brings the application in line with it.

    An account of nobody is closed as a whole, so that everything else the list says of it is settled by the same request.
    """
    may_compare(by)
    now = now or timezone.now()
    with transaction.atomic(), because(step="settle_difference", by=by):
        current = unsettled(difference)
        if not current.can_be_asked:
            assert current.employee is not None
            raise RuleBroken(
                _("%(name)s has left; nothing is asked for again. Accept the difference.")
                % {"name": current.employee.full_name}
            )
        together = [current]
        if current.kind == DifferenceKind.UNKNOWN:
            same = Difference.objects.filter(
                application=current.application,
                kind=DifferenceKind.UNKNOWN,
                login=current.login,
                settlement=Settlement.OPEN,
            )
            together += same.exclude(pk=current.pk).select_for_update(of=("self",)).order_by("pk")
        return _ask(
            together,
            [entry_of(current)],
            title=_("Difference in %(application)s") % {"application": current.application.name},
            description="\n".join(described(one) for one in together),
            by=by,
            now=now,
        )


def open_all(run: Reconciliation, kind: str, *, by: User, now: datetime | None = None) -> Opened:
    """Everything of one kind that nobody has settled is asked for, in as few requests as their lines allow.

    One click opens `AT_ONCE` requests at most; what is left is told and waits for the next. Nothing is asked for again for
    somebody who left.
    """
    may_compare(by)
    now = now or timezone.now()
    with transaction.atomic(), because(step="settle_difference", by=by):
        rows = run.differences.filter(kind=kind, settlement=Settlement.OPEN).select_for_update(of=("self",))
        rows = rows.select_related("application", "employee__institution", "role")
        able = [one for one in rows.order_by("employee__institution", "login", "pk") if one.can_be_asked]
        if not able:
            sentence = _("Nothing of this kind waits for a request.")
            raise RuleBroken(sentence, fields={"kind": [sentence]})
        asked: dict[tuple[object, ...], tuple[Entry, list[Difference]]] = {}
        for one in able:
            entry = entry_of(one)
            asked.setdefault(entry.key, (entry, []))[1].append(one)
        groups = list(asked.values())[: MOST * AT_ONCE]
        opened = [
            _ask(
                [one for _entry, ones in piece for one in ones],
                [entry for entry, _ones in piece],
                title=_("Differences in %(application)s") % {"application": run.application.name},
                description=_("%(kind)s: %(count)d users or roles of the list of %(day)s.")
                % {
                    "kind": DifferenceKind(kind).label,
                    "count": len(piece),
                    "day": wording.full_date(run.seen_on),
                },
                by=by,
                now=now,
            )
            for piece in (groups[start : start + MOST] for start in range(0, len(groups), MOST))
        ]
        settled = sum(len(ones) for _entry, ones in groups)
    return Opened(opened, settled, len(able) - settled)


def entry_of(difference: Difference) -> Entry:
    """What a request asks: take the extra away, give the missing again, close the account of nobody."""
    application, who = difference.application, difference.employee
    if who is None:
        return Entry(
            application,
            None,
            Operation.DEACTIVATE,
            login=difference.login,
            listed_name=difference.listed_name,
        )
    if difference.kind == DifferenceKind.MISSING:
        return Entry(application, who, Operation.AUTHORISE, difference.role)
    if difference.role is None:
        return Entry(application, who, Operation.REMOVE, role_text=difference.role_code)
    return Entry(application, who, Operation.REMOVE, difference.role)


def described(difference: Difference) -> str:
    """A difference in one sentence, for the text of its request."""
    return _("%(kind)s: %(login)s %(name)s, role %(role)s.") % {
        "kind": difference.get_kind_display(),
        "login": difference.login,
        "name": difference.listed_name,
        "role": difference.role_code,
    }


def _ask(
    differences: Sequence[Difference],
    entries: Sequence[Entry],
    *,
    title: str,
    description: str,
    by: User,
    now: datetime,
) -> AccessRequest:
    """The request, and its differences settled by it."""
    opened = workflow.request(
        by=by,
        title=title,
        description=description,
        channel=Channel.PORTAL,
        applicant_institution=_place(differences) or by.institution,
        application=differences[0].application,
        lines=entries,
        origin=Origin.RECONCILIATION,
        now=now,
    )
    Difference.objects.filter(pk__in=[one.pk for one in differences]).update(
        settlement=Settlement.CASE, case=opened, settled_at=now, settled_by=by
    )
    trail.record_many(
        differences,
        "changed",
        lambda one: {"settlement": ["", Settlement.CASE], "case": [None, opened.number]},
    )
    return opened


def _place(differences: Sequence[Difference]) -> Institution | None:
    """The institution all of them are about; none where they are about several, for no one of them sees the others' people."""
    places = {one.employee.institution_id if one.employee else None for one in differences}
    first = differences[0].employee
    return first.institution if first is not None and len(places) == 1 else None
