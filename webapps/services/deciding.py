"""The lines of a request: written down, judged, carried out, answered. Called inside the steps, under their lock."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from audit import trail
from processes.errors import RuleBroken
from processes.gate import refused_by_constraint
from processes.models import Document
from webapps import queries, tickets
from webapps.lines import Entry
from webapps.models import (
    GRANTING,
    AccessRequest,
    Authority,
    ConditionCheck,
    Origin,
    RequestLine,
    Standing,
)
from webapps.services import granting

DECIDED = ("standing", "reason", "decided_at", "decided_by")
DONE = ("standing", "evidence", "document", "support_number", "escalated_at", "done_at", "done_by")
ENTERED = ("application", "employee", "login", "listed_name", "operation", "role", "role_text")


@contextmanager
def written_together() -> Iterator[None]:
    """A request and its lines are saved in one go; a rule of the database speaks its own sentence."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise refused_by_constraint(AccessRequest(), error) from error


def write_lines(request: AccessRequest, entries: Sequence[Entry], *, first: int = 1) -> None:
    """Keep the users of a letter, numbered in its order."""
    _within_the_registers(request, entries)
    lines = [entry.line(place) for place, entry in enumerate(entries[first - 1 :], start=first)]
    for line in lines:
        line.request = request
    if lines:
        trail.record_many(RequestLine.objects.bulk_create(lines), "created")


def replace_lines(request: AccessRequest, entries: Sequence[Entry]) -> None:
    """Other users in place of those entered before; nothing has been decided about them yet."""
    _within_the_registers(request, entries)
    before = list(request.lines.order_by("position"))
    names = {line.login: line.listed_name for line in before}
    kept = before[: len(entries)]
    for line, entry in zip(kept, entries, strict=False):
        line.application, line.employee = entry.application, entry.employee
        line.login, line.listed_name = entry.login, entry.listed_name or names.get(entry.login, "")
        line.operation, line.role, line.role_text = entry.operation, entry.role, entry.role_text
    for line in before[len(entries) :]:
        line.delete()
    if kept:
        RequestLine.objects.bulk_update(kept, ENTERED)
        trail.record_many(kept, "changed", lambda line: {"employee": [None, line.employee_id]})
    write_lines(request, entries, first=len(kept) + 1)


def judge(
    request: AccessRequest,
    *,
    met: set[str] | None,
    refused: set[str],
    refusal: str,
    by: User,
    at: datetime,
) -> tuple[int, int]:
    """Decide on each line by its check list; says how many were accepted and how many rejected.

    `met` holds the keys of the conditions fulfilled, None says that all are.
    """
    rows = queries.lines_of(request)
    asks = queries.asks_of(rows)
    _only_of(met or set(), {ask.key for ask in asks}, "met")
    _only_of(refused, {str(row.pk) for row in rows}, "refused")
    if refused and not refusal.strip():
        sentence = _("Write why these users are rejected.")
        raise RuleBroken(sentence, fields={"refusal": [sentence]})
    failed: dict[int, list[str]] = {}
    checks = []
    for ask in asks:
        is_met = met is None or ask.key in met
        checks.append(ConditionCheck(line_id=ask.line.pk, condition=ask.condition, is_met=is_met))
        if not is_met:
            failed.setdefault(ask.line.pk, []).append(ask.condition.rejection)
    for key in refused:
        failed.setdefault(int(key), []).append(refusal.strip())
    gone = _gone({row.employee for row in rows if row.is_granting})
    for row in rows:
        if row.is_granting and row.employee in gone:
            failed[row.pk] = [gone[row.employee]]
    lines = [RequestLine(pk=row.pk, request=request, position=row.position) for row in rows]
    for line in lines:
        reasons = failed.get(line.pk, [])
        line.standing = Standing.REFUSED if reasons else Standing.ACCEPTED
        line.reason = " ".join(reasons)
        line.decided_at, line.decided_by = at, by
    RequestLine.objects.bulk_update(lines, DECIDED)
    ConditionCheck.objects.bulk_create(checks)
    _tell(lines)
    return len(lines) - len(failed), len(failed)


def perform(
    request: AccessRequest,
    *,
    done: set[str],
    evidence: str,
    document: Document | None,
    ticket: str,
    by: User,
    at: datetime,
) -> tuple[int, int]:
    """Record what was carried out and hand the rest to the software support.

    Says how many lines are left there, and how many were rejected because their user left. `ticket` is the number of the
    support request, or one for each application (`webapps.tickets`).
    """
    lines = list(
        request.lines.filter(standing=Standing.ACCEPTED).select_related("employee", "role", "application")
    )
    _only_of(done, {str(line.pk) for line in lines}, "done")
    turned_down = _turned_down(lines)
    staying = [line for line in lines if line.standing != Standing.REFUSED]
    ours = [line for line in staying if str(line.pk) in done]
    theirs = [line for line in staying if str(line.pk) not in done]
    _may_be_done(ours, evidence)
    numbers = tickets.read(ticket, {line.application.code for line in theirs}) if theirs else {}
    for line in ours:
        line.standing, line.evidence, line.document = Standing.DONE, evidence.strip(), document
        line.done_at, line.done_by = at, by
    for line in theirs:
        line.standing, line.escalated_at = Standing.SUPPORT, at
        line.support_number = numbers[line.application.code]
    RequestLine.objects.bulk_update(lines, (*DONE, "reason"))
    _tell(lines, granting.carry_out(ours, at=at))
    return len(theirs), turned_down


def answered(request: AccessRequest, *, solved: set[str], answer: str, by: User, at: datetime) -> int:
    """Record what the software support answered; says how many lines it did not solve."""
    lines = list(
        request.lines.filter(standing=Standing.SUPPORT).select_related("employee", "role", "application")
    )
    _only_of(solved, {str(line.pk) for line in lines}, "solved")
    _turned_down(lines)
    for line in lines:
        if line.standing == Standing.REFUSED:
            continue
        if str(line.pk) in solved:
            line.standing, line.evidence = Standing.DONE, answer.strip()
            line.done_at, line.done_by = at, by
        else:
            line.standing, line.reason = Standing.REFUSED, answer.strip()
    RequestLine.objects.bulk_update(lines, (*DONE, "reason"))
    _tell(lines, granting.carry_out([line for line in lines if line.standing == Standing.DONE], at=at))
    return sum(line.standing == Standing.REFUSED for line in lines)


def _turned_down(lines: Sequence[RequestLine]) -> int:
    """Lines that would grant something to somebody who left meanwhile are rejected with that sentence; says how many."""
    granting_lines = [line for line in lines if line.operation in GRANTING]
    gone = _gone({line.employee_id for line in granting_lines})
    for line in granting_lines:
        if line.employee_id in gone:
            line.standing, line.reason = Standing.REFUSED, gone[line.employee_id]
    return sum(line.standing == Standing.REFUSED for line in lines)


def _gone(keys: Collection[int | None]) -> dict[int | None, str]:
    """Those of these people who left, each with the sentence that rejects their lines, in the language of letters."""
    left = granting.leavers(keys)
    with translation.override("tr"):
        return {
            key: _("%(name)s has left; nothing can be granted.") % {"name": one.full_name}
            for key, one in left.items()
        }


def _within_the_registers(request: AccessRequest, entries: Sequence[Entry]) -> None:
    """Users and roles the registers do not know are for requests out of a comparison alone."""
    if request.origin == Origin.RECONCILIATION:
        return
    if any(entry.employee is None or entry.role_text for entry in entries):
        sentence = _("Users and roles outside the registers are asked about only after a comparison.")
        raise RuleBroken(sentence, fields={"lines": [sentence]})


def _may_be_done(lines: Sequence[RequestLine], evidence: str) -> None:
    """The unit does only what it can do itself, and says how it is known to be done."""
    if beyond := [line for line in lines if line.role is not None and line.role.by_support]:
        sentence = _("Only the software support can do this: %(lines)s.") % {
            "lines": ", ".join(line.label for line in beyond)
        }
        raise RuleBroken(sentence, fields={"done": [sentence]})
    if lines and not evidence.strip():
        sentence = _("Write how it is known to be done: a screen, a record number, a mail.")
        raise RuleBroken(sentence, fields={"evidence": [sentence]})


def _only_of(given: set[str], known: set[str], field: str) -> None:
    """What was ticked belongs to this request as it stands now."""
    if given - known:
        sentence = _("A line ticked does not belong here any more. Look at the request again.")
        raise RuleBroken(sentence, fields={field: [sentence]})


def _tell(lines: Sequence[RequestLine], authorities: Sequence[Authority] = ()) -> None:
    """Each line tells its own new standing in the trail, and each authority that came or went its dates."""

    def told(record: models.Model) -> dict[str, Any]:
        if isinstance(record, Authority):
            return {"since": record.since, "until": record.until}
        assert isinstance(record, RequestLine)
        return {"standing": [None, record.standing]}

    trail.record_many([*lines, *authorities], "changed", told)
