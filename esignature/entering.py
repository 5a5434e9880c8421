"""What the steps of 5.3.3 write into a request: its subject, for whom it is, what was found in order, letter and parcel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import works_in_unit
from accounts.models import Employee, User
from esignature import queries
from esignature.models import Kind, Reason, Request
from processes.errors import NotPermitted, RuleBroken


def title_of(kind: str, reason: str) -> str:
    """The subject of a request: what and why, never for whom."""
    return f"{Kind(kind).label}: {Reason(reason).label}"


def written(request: Request, letter_number: str, letter_date: date | None, now: datetime | None) -> None:
    """The letter's number and date."""
    day = letter_date or timezone.localdate(now)
    _not_to_come(day, "letter_date")
    request.letter_number, request.letter_date = letter_number.strip(), day


def posted(request: Request, parcel: str, posted_on: date | None, now: datetime | None) -> None:
    """The parcel and its day."""
    day = posted_on or timezone.localdate(now)
    _not_to_come(day, "posted_on")
    if request.letter_date and day < request.letter_date:
        sentence = _("The form cannot have been posted before its letter was written.")
        raise RuleBroken(sentence, fields={"posted_on": [sentence]})
    request.parcel, request.posted_on = parcel.strip(), day
    request.outcome = _("Posted to TÜBİTAK: %(parcel)s.") % {"parcel": request.parcel}


def put_holder(request: Request, holder: Employee) -> None:
    """Write down for whom it is; refused while another request or a valid certificate of the kind stands against it."""
    asked = queries.Ask(holder, request.kind, request.reason)
    if sentence := queries.refusals([asked], but=request.pk)[0]:
        raise RuleBroken(sentence, fields={"holder": [sentence]})
    request.holder = holder
    request.applicant = holder.user
    request.applicant_name = "" if holder.user else holder.full_name
    request.applicant_institution = holder.institution


def require_own(holder: Employee, by: User) -> None:
    """Others than the unit's staff ask for themselves or for the people of the institution they head."""
    if not works_in_unit(by) and not Employee.objects.visible_to(by).filter(pk=holder.pk).exists():
        raise NotPermitted(_("You can ask for yourself or for the staff of the institution you head."))


def look(request: Request, checks: Sequence[str], by: User, now: datetime) -> None:
    """Note what was found in order. Only the unit's staff look at forms; nothing ticked is not looked at yet."""
    if not works_in_unit(by) or (not checks and queries.checks_for(request.kind, request.reason)):
        return
    request.checks = list(checks)
    request.checked_at, request.checked_by = now, by
    request.is_complete = not queries.missing_checks(request)


def unlook(request: Request) -> None:
    """What was found in order no longer counts."""
    request.checks, request.is_complete = [], False
    request.checked_at = request.checked_by = None


def _not_to_come(day: date, field: str) -> None:
    if day > timezone.localdate():
        sentence = _("This day is still to come.")
        raise RuleBroken(sentence, fields={field: [sentence]})
