"""What becomes of a letter that came in: a case, a paper in an existing case, or the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.forms import BoundField
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.models import User
from accounts.queries import people_with_role
from accounts.roles import CONFIDENTIAL_STAFF, UNIT_STAFF, Role
from ebys import events
from ebys.models import IncomingLetter, IncomingState
from ebys.models.incoming import IncomingState as S
from processes import catalogue, inbox, rooms
from processes.errors import RuleBroken, WrongState
from processes.gate import Gate, Move
from processes.models import Case, Channel

TITLE_LENGTH, REFERENCE_LENGTH = 200, 60
# What a letter proposes beside the words: whoever routes it sees these, where the room asks for them, and may correct them.
REPORTED, LEARNED = "reported_at", "learned_at"
PROPOSED = (REPORTED, LEARNED, "source_reference", "source_number", "source_dated")


def case_untouched(letter: IncomingLetter, by: User) -> str | None:
    """Nobody has worked on the case since the letter was routed to it."""
    if letter.case is not None and letter.case.version != letter.case_version:
        return _("%(number)s has been worked on since; hand the case over instead.") % {
            "number": letter.case.number
        }
    return None


class IncomingGate(Gate[IncomingLetter]):
    """The moves of incoming letters."""

    def lockable(self) -> models.QuerySet[IncomingLetter]:
        """The row without its search vector, which no move changes."""
        return (
            IncomingLetter.objects.select_for_update(of=("self",))
            .defer("search")
            .select_related("case", "sender")
        )


INCOMING = IncomingGate(
    "incoming letters",
    IncomingLetter,
    {
        "route": Move(
            gettext_lazy("Open a case from it"), sources=(S.UNROUTED,), target=S.ROUTED, roles=UNIT_STAFF
        ),
        "attach": Move(
            gettext_lazy("Add it to an existing case"),
            sources=(S.UNROUTED,),
            target=S.ROUTED,
            roles=UNIT_STAFF,
        ),
        "file": Move(
            gettext_lazy("File it without action"), sources=(S.UNROUTED,), target=S.FILED, roles=UNIT_STAFF
        ),
        "unroute": Move(
            gettext_lazy("Undo the routing"),
            sources=(S.ROUTED,),
            target=S.UNROUTED,
            roles=UNIT_STAFF,
            guards=(case_untouched,),
        ),
        "unfile": Move(
            gettext_lazy("Take it out of the file"), sources=(S.FILED,), target=S.UNROUTED, roles=UNIT_STAFF
        ),
    },
)


def route(
    letter: IncomingLetter, number: str, *, by: User, version: int | None = None, **more: Any
) -> IncomingLetter:
    """The letter opens a case of sub-process `number`, filled in from its own words; `more` overrides them.

    What the law counts from a report is counted from the day the letter came, not from the day it is routed.
    """
    room = rooms.room_for(number)
    with INCOMING.move("route", letter, by=by, version=version) as letter:
        form = room.opening(data=opening_data(letter) | more, by=by)
        if not form.is_valid():
            told = {name: [str(text) for text in texts] for name, texts in form.errors.items()}
            sentence = _("The case could not be opened from the letter: %(reason)s")
            raise RuleBroken(sentence % {"reason": next(iter(told.values()))[0]}, fields=told)
        _settle(letter, form.open(), by)
        letter.opened_case = True
    events.tell(events.ROUTED, letter, by)
    return letter


def attach(letter: IncomingLetter, case: Case, *, by: User, version: int | None = None) -> IncomingLetter:
    """The letter belongs to a case that exists: it is put there and its assignee is told."""
    with INCOMING.move("attach", letter, by=by, version=version) as letter:
        if not case.is_open:
            raise WrongState(_("%(number)s is closed.") % {"number": case.number})
        _settle(letter, case, by)
        letter.opened_case = False
        if case.assignee and case.assignee != by:
            inbox.tell([case.assignee], case, gettext_noop("A letter was added to %(number)s."))
    events.tell(events.ROUTED, letter, by)
    return letter


def file(letter: IncomingLetter, *, by: User, reason: str, version: int | None = None) -> IncomingLetter:
    """Nothing has to be done: the letter goes into the file with a written reason."""
    reason = reason.strip()
    if not reason:
        sentence = _("Write why nothing has to be done.")
        raise RuleBroken(sentence, fields={"reason": [sentence]})
    with INCOMING.move("file", letter, by=by, reason=reason, version=version) as letter:
        letter.filed_reason = reason
        letter.settled_at, letter.settled_by = timezone.now(), by
    events.tell(events.FILED, letter, by)
    return letter


def unroute(letter: IncomingLetter, *, by: User, reason: str, version: int | None = None) -> IncomingLetter:
    """The routing was a mistake and nobody has begun: a case the letter opened is withdrawn, the letter waits again."""
    reason = reason.strip()
    if not reason:
        sentence = _("Write why the routing is undone.")
        raise RuleBroken(sentence, fields={"reason": [sentence]})
    with INCOMING.move("unroute", letter, by=by, reason=reason, version=version) as letter:
        if letter.opened_case and letter.case is not None:
            _withdraw(letter.case, by, reason)
        _unsettle(letter)
    return letter


def unfile(letter: IncomingLetter, *, by: User, version: int | None = None) -> IncomingLetter:
    """The letter does ask for something after all: it waits for routing again."""
    with INCOMING.move("unfile", letter, by=by, version=version) as letter:
        _unsettle(letter)
    return letter


def opening_data(letter: IncomingLetter) -> dict[str, Any]:
    """What the opening form of any room is filled in with from a letter."""
    with translation.override(settings.LANGUAGE_CODE):  # it becomes part of the record
        return _opening_data(letter)


def _opening_data(letter: IncomingLetter) -> dict[str, Any]:
    lines = [letter.subject] if len(letter.subject) > TITLE_LENGTH else []
    if letter.official_number:
        lines.append(_("Letter number: %(number)s") % {"number": letter.official_number})
    if letter.dated:
        lines.append(_("Letter date: %(date)s") % {"date": f"{letter.dated:%d.%m.%Y}"})
    lines.append(_("Sender: %(sender)s") % {"sender": letter.sender_display})
    number = letter.official_number
    return {
        "title": letter.subject[:TITLE_LENGTH],
        "description": "\n".join(lines),
        "channel": Channel.LETTER,
        "applicant_institution": letter.sender_id or "",
        "applicant_name": "" if letter.sender_id else letter.sender_name[:150],
        REPORTED: letter.received_at,
        LEARNED: letter.received_at,
        "source_reference": number if len(number) <= REFERENCE_LENGTH else "",
        "source_number": number,
        "source_dated": letter.dated,
    }


def rooms_with_more() -> list[str]:
    """The sub-processes that ask for the letter's moment or number."""
    return [
        room.number for room in rooms.all_rooms() if not room.opening.base_fields.keys().isdisjoint(PROPOSED)
    ]


def proposed(letter: IncomingLetter, number: str, *, by: User, typed: Mapping[str, Any]) -> list[BoundField]:
    """The fields of sub-process `number` that the letter fills in beside its words; `typed` is what was written there."""
    form = rooms.room_for(number).opening(by=by, initial={**opening_data(letter), **typed})
    if REPORTED in form.fields:
        form.fields[REPORTED].help_text = _("Left empty, it is when the letter came.")
    return [form[name] for name in PROPOSED if name in form.fields]


def corrected(written: Mapping[str, str]) -> dict[str, str]:
    """What whoever routes wrote into those fields; without a moment of its own it was reported when the letter came."""
    found = {name: written[name].strip() for name in PROPOSED if name in written}
    return {name: text for name, text in found.items() if text or name != REPORTED}


def announce(letter: IncomingLetter, by: User) -> None:
    """Those who route letters are told that one came in, unless one of them registered it; of a reserved one not all."""
    told = CONFIDENTIAL_ROUTERS if letter.is_reserved else ROUTERS
    people = [person for person in people_with_role(*told) if person != by]
    text = gettext_noop("A letter came in and waits for routing.")
    inbox.tell(people, None, text, path=letter.get_absolute_url())


ROUTERS = (Role.HIS_LEAD, Role.IT_LEAD)
CONFIDENTIAL_ROUTERS = tuple(role for role in ROUTERS if role in CONFIDENTIAL_STAFF)


def _settle(letter: IncomingLetter, case: Case, by: User) -> None:
    letter.case, letter.case_version = case, case.version
    letter.routed_to = catalogue.sheet(case.definition_id).number
    letter.settled_at, letter.settled_by = timezone.now(), by
    if case.is_confidential:
        inbox.belongs_to(letter.get_absolute_url(), case)


def _unsettle(letter: IncomingLetter) -> None:
    letter.case = letter.case_version = letter.settled_at = letter.settled_by = None
    letter.routed_to = letter.filed_reason = ""
    letter.opened_case = False


def _withdraw(case: Case, by: User, reason: str) -> None:
    """End the case by the room's own step, if it has one, so that its number is never lost."""
    room = rooms.room_of(case)
    form_class = room.forms.get("withdraw")
    if form_class is None:
        raise RuleBroken(
            _("Cases of %(number)s cannot be withdrawn; attach the letter elsewhere.")
            % {"number": room.number}
        )
    own = room.flow.model._default_manager.get(pk=case.pk)
    with transaction.atomic():
        form = form_class(data={"reason": reason}, case=own, by=by)
        if not form.is_valid():
            raise RuleBroken(str(next(iter(form.errors.values()))[0]))
        form.take()


__all__ = [
    "INCOMING",
    "IncomingState",
    "announce",
    "attach",
    "corrected",
    "file",
    "opening_data",
    "proposed",
    "rooms_with_more",
    "route",
    "unfile",
    "unroute",
]
