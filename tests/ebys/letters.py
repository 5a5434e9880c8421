"""Letters for tests, each brought to its state by the steps the office takes."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from ebys.models import IncomingLetter, OutgoingLetter, OutgoingState
from ebys.services.drafting import RecipientEntry, draft_for
from ebys.services.receiving import LetterFacts, register_by_hand
from ebys.workflow import outgoing
from helpdesk.models import Ticket
from helpdesk.workflow import report
from processes.models import Channel
from tests.accounts import people
from tests.processes import sheets

_numbers = count(1)


def officer(**values: Any) -> User:
    """Somebody who works on letters."""
    return people.person(Role.HIS_OFFICER, **values)


def lead(**values: Any) -> User:
    """Somebody who approves letters."""
    return people.person(Role.HIS_LEAD, **values)


def incoming(by: User | None = None, **facts: Any) -> IncomingLetter:
    """A letter typed by hand that waits for routing."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "subject": "Ağ Bağlantı Arızası",
        "sender_name": "Örnekova Deneme Hastanesi",
        "official_number": f"E-70000001-705-{number}",
        "dated": date(2026, 11, 2),
        "sdp_code": "705",
        **facts,
    }
    return register_by_hand(LetterFacts(**values), by=by or officer())


def ticket(by: User | None = None, **values: Any) -> Ticket:
    """An open case of 5.3.6."""
    sheets.load()
    values.setdefault("title", "Servis ağına erişilemiyor")
    values.setdefault("applicant_institution", people.institution())
    return report(by=by or people.person(Role.IT_OFFICER), channel=Channel.LETTER, **values)


def outgoing_letter(
    state: str = OutgoingState.DRAFT, by: User | None = None, **changes: Any
) -> OutgoingLetter:
    """A letter of ours in `state`, drafted by an officer and approved by a lead."""
    drafter = by or officer()
    values: dict[str, Any] = {
        "subject": "Ağ Bağlantı Arızası",
        "body": "Arıza giderilmiştir.\n\nBilgilerinizi",
        **changes,
    }
    case = values.pop("case", None) or ticket()
    recipients = values.pop("recipients", None)
    letter = draft_for(case, values.pop("template", None), by=drafter, recipients=recipients, **values)
    if state == OutgoingState.DRAFT:
        return letter
    if state == OutgoingState.DISCARDED:
        return outgoing.discard(letter, by=drafter, reason="Gerek kalmadı")
    approver = lead()
    letter = outgoing.approve(letter, by=approver)
    if state == OutgoingState.APPROVED:
        return letter
    letter = outgoing.hand_over(letter, by=approver)
    if state == OutgoingState.RETURNED:
        return outgoing.reject(letter, by=approver, reason="İmza makamı değişti")
    if state == OutgoingState.REGISTERED:
        number = f"E-70000000-705-{next(_numbers)}"
        return outgoing.register(letter, by=approver, number=number, dated=timezone.localdate())
    return letter


def to(*places: Any) -> list[RecipientEntry]:
    """Addressees for action."""
    return [RecipientEntry(institution=place) for place in places]


def saved(answer: Any) -> bytes:
    """The bytes of a file that was sent."""
    return b"".join(answer.streaming_content)
