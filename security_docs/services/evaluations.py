"""The clauses of a notified document: entered, judged one by one, and the gaps followed until they are closed."""

from __future__ import annotations

import re
from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.authority import works_in_unit
from accounts.models import User
from accounts.queries import people_with_role
from accounts.roles import Role
from audit.context import because
from processes import inbox
from processes.errors import NotPermitted, RuleBroken, WrongState
from processes.gate import save
from processes.models import Case
from processes.services.cases import handled
from security_docs.models import Clause, Compliance, State, Verdict

OPEN_IN = (State.NOTIFIED,)
MOST_CLAUSES = 400
LINE = re.compile(
    r"^\s*(?:madde\s+)?(?P<number>[A-ZÇĞİÖŞÜ]{0,3}\.?\d+(?:\.\d+)*[a-zçğıöşü]?)[\s.):–-]+(?P<text>\S.*)$",
    re.IGNORECASE,
)


def read_lines(text: str) -> list[tuple[str, str]]:
    """Clauses typed one a line, number first (`4.2 Parolalar …`); a line without a number goes on with the one before.

    A line that belongs to no clause, and a number that stands twice, are refused.
    """
    found: dict[str, str] = {}
    last = ""
    for line in filter(None, (line.strip() for line in text.splitlines())):
        match = LINE.match(line)
        if match is None:
            if not last:
                raise RuleBroken(
                    _("“%(line)s” does not begin with the number of a clause.") % {"line": line[:60]}
                )
            found[last] += f" {line}"
            continue
        last = match["number"].rstrip(".")
        if last in found:
            raise RuleBroken(_("Clause %(number)s stands there twice.") % {"number": last})
        found[last] = match["text"]
    if len(found) > MOST_CLAUSES:
        raise RuleBroken(_("A document has at most %(count)d clauses here.") % {"count": MOST_CLAUSES})
    return list(found.items())


def add(compliance: Compliance, *, by: User, text: str) -> list[Clause]:
    """Enter clauses of the document, one a line with its number first."""
    lines = read_lines(text)
    if not lines:
        sentence = _("Write at least one clause, with its number first.")
        raise RuleBroken(sentence, fields={"text": [sentence]})
    with handled(compliance, "clauses_add", by=by) as (locked, _run):
        _not_concluded(locked)
        present = set(Clause.objects.filter(compliance_id=locked.pk).values_list("number", flat=True))
        if twice := [number for number, _text in lines if number in present]:
            raise RuleBroken(_("The document already has clause %(number)s.") % {"number": ", ".join(twice)})
        if len(present) + len(lines) > MOST_CLAUSES:
            raise RuleBroken(_("A document has at most %(count)d clauses here.") % {"count": MOST_CLAUSES})
        rows = [Clause(compliance_id=locked.pk, number=number, text=words) for number, words in lines]
        for row in rows:
            save(row)
    return rows


def judge(
    clause: Clause,
    *,
    by: User,
    verdict: str,
    reason: str = "",
    gap: str = "",
    owner: User | None = None,
    due_on: date | None = None,
) -> Clause:
    """Say what a clause means for the province; a gap gets somebody who closes it and a day until then."""
    if verdict not in Verdict.values:
        sentence = _("Say whether the clause applies.")
        raise RuleBroken(sentence, fields={"verdict": [sentence]})
    if verdict == Verdict.NOT and gap.strip():
        sentence = _("A clause that does not apply leaves no gap.")
        raise RuleBroken(sentence, fields={"gap": [sentence]})
    if not gap.strip():
        owner = due_on = None
    with handled(clause.compliance, "clause_judge", by=by, reason=reason) as (locked, _run):
        _not_concluded(locked)
        row = Clause.objects.select_for_update().get(pk=clause.pk)
        if row.closed_on is not None:
            raise WrongState(_("The gap of this clause is closed already."))
        was = row.owner_id
        row.verdict, row.reason, row.gap = verdict, reason.strip(), gap.strip()
        row.owner, row.due_on = owner, due_on
        save(row)
        if owner is not None and owner != by and owner.pk != was:
            inbox.tell(
                [owner],
                clause.compliance,
                gettext_noop("%(number)s: you are to close the gap of clause %(clause)s."),
                clause=row.number,
                path=reverse("security-my-gaps"),
            )
    return row


def _not_concluded(case: Case) -> None:
    """What the evaluation was concluded with stays, until a lead has it evaluated again."""
    if case.state not in OPEN_IN:
        raise WrongState(
            _("The evaluation is concluded. A lead has it evaluated again before clauses change.")
        )


def close_gap(clause: Clause, *, by: User, note: str, on: date | None = None) -> Clause:
    """What was missing is there now; also after the announcement, by the unit's staff or whoever owns the gap."""
    on = on or timezone.localdate()
    if not note.strip():
        sentence = _("Write how the gap was closed.")
        raise RuleBroken(sentence, fields={"note": [sentence]})
    if on > timezone.localdate():
        sentence = _("A gap is not closed in the future.")
        raise RuleBroken(sentence, fields={"on": [sentence]})
    with transaction.atomic(), because(step="gap_close", reason=note, by=by):
        row = Clause.objects.select_for_update().get(pk=clause.pk)
        if not (works_in_unit(by) or row.owner_id == by.pk):
            raise NotPermitted(_("Only the unit's staff, or whoever owns the gap, close it."))
        if not row.is_open_gap:
            raise WrongState(_("This clause has no open gap."))
        row.closed_on, row.closed_by, row.closing_note = on, by, note.strip()
        save(row)
        if not works_in_unit(by):
            inbox.tell(
                people_with_role(Role.HIS_LEAD),
                clause.compliance,
                gettext_noop("%(number)s: its owner closed the gap of clause %(clause)s."),
                clause=row.number,
                path=reverse("security-clauses", args=(clause.compliance.number,)),
            )
    return row
