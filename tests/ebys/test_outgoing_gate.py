"""The way of our own letters: every state, every move, every role."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.roles import UNIT_STAFF, Role
from audit.queries import entries_of
from ebys import events
from ebys.models import OutgoingLetter, OutgoingState
from ebys.queries import has_registered_letter, ready_for_ebys
from ebys.workflow import outgoing
from ebys.workflow.outgoing import APPROVERS, OUTGOING
from processes.errors import NotPermitted, RuleBroken, StaleVersion, WrongState
from processes.models import InboxItem
from tests.accounts import people
from tests.ebys import letters

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", OutgoingState.values)
def test_only_the_table_decides_who_moves_a_letter_from_where(state: str) -> None:
    letter = letters.outgoing_letter(state)
    everybody = {role: people.person(role) for role in Role.values}
    for key, move in OUTGOING.moves.items():
        for role, somebody in everybody.items():
            refusal = OUTGOING.refusal(key, letter, somebody)
            allowed = APPROVERS if key == "approve" else UNIT_STAFF
            expected = (
                NotPermitted if role not in allowed else WrongState if state not in move.sources else None
            )
            assert (type(refusal) if refusal else None) is expected, (state, key, role)


def test_every_state_of_a_letter_can_be_left_except_the_last_two() -> None:
    left = {source for move in OUTGOING.moves.values() for source in move.sources}
    assert set(OutgoingState.values) - left == {OutgoingState.REGISTERED, OutgoingState.DISCARDED}


def test_nobody_approves_what_they_drafted() -> None:
    head = letters.lead()
    letter = letters.outgoing_letter(by=head)
    with pytest.raises(NotPermitted):
        outgoing.approve(letter, by=head)


def test_the_database_holds_the_second_pair_of_eyes() -> None:
    letter = letters.outgoing_letter(OutgoingState.APPROVED)
    with pytest.raises(IntegrityError, match="outgoing_second_pair_of_eyes"), transaction.atomic():
        OutgoingLetter.objects.filter(pk=letter.pk).update(approved_by=letter.drafted_by)


def test_a_letter_without_addressee_is_not_approved() -> None:
    letter = letters.outgoing_letter(recipients=[])
    with pytest.raises(RuleBroken):
        outgoing.approve(letter, by=letters.lead())


def test_a_letter_with_blanks_is_not_approved() -> None:
    letter = letters.outgoing_letter(body="… tarihinde giderilmiştir.")
    with pytest.raises(RuleBroken):
        outgoing.approve(letter, by=letters.lead())


def test_an_approved_letter_is_ready_and_its_drafter_is_told() -> None:
    letter = letters.outgoing_letter(OutgoingState.APPROVED)
    assert list(ready_for_ebys(letters.officer())) == [letter]
    assert InboxItem.objects.filter(user=letter.drafted_by, text__contains="was approved").count() == 1


def test_registration_keeps_number_and_date_and_tells_the_listeners() -> None:
    letter = letters.outgoing_letter(OutgoingState.HANDED)
    heard: list[tuple[int, str]] = []

    def listener(registered: OutgoingLetter, by: object) -> None:
        heard.append((registered.pk, registered.official_number))

    events.on_registered(listener)
    try:
        done = outgoing.register(
            letter, by=letters.officer(), number=" E-70000000-705-9 ", dated=timezone.localdate()
        )
    finally:
        events.forget(events.REGISTERED, listener)
    assert heard == [(letter.pk, "E-70000000-705-9")]
    assert has_registered_letter(done.case)


def test_a_letter_is_not_dated_in_the_future() -> None:
    letter = letters.outgoing_letter(OutgoingState.HANDED)
    with pytest.raises(RuleBroken) as refused:
        outgoing.register(
            letter, by=letters.officer(), number="E-1", dated=timezone.localdate() + timedelta(days=1)
        )
    assert "dated" in refused.value.fields


def test_two_letters_do_not_share_a_number() -> None:
    first = letters.outgoing_letter(OutgoingState.REGISTERED)
    second = letters.outgoing_letter(OutgoingState.HANDED)
    with pytest.raises(RuleBroken, match=r"numara|number|sayı"):
        outgoing.register(
            second, by=letters.officer(), number=first.official_number, dated=timezone.localdate()
        )


def test_a_returned_letter_is_revised_and_goes_the_whole_way_again() -> None:
    letter = letters.outgoing_letter(OutgoingState.RETURNED)
    assert letter.return_reason == "İmza makamı değişti"
    letter = outgoing.revise(letter, by=letter.drafted_by)
    letter = outgoing.approve(letter, by=letters.lead())
    assert letter.state == OutgoingState.APPROVED


def test_every_move_is_on_the_trail_with_its_reason() -> None:
    letter = letters.outgoing_letter(OutgoingState.RETURNED)
    told = [(entry.step, entry.reason) for entry in entries_of(letter).order_by("id")]
    assert told == [
        ("draft_letter", ""),
        ("approve", ""),
        ("hand_over", ""),
        ("reject", "İmza makamı değişti"),
    ]


def test_a_stale_version_is_refused() -> None:
    letter = letters.outgoing_letter()
    with pytest.raises(StaleVersion):
        outgoing.approve(letter, by=letters.lead(), version=letter.version - 1)


@pytest.mark.parametrize("move", ["discard", "take_back", "reject"])
def test_going_back_needs_a_reason(move: str) -> None:
    states = {
        "discard": OutgoingState.DRAFT,
        "take_back": OutgoingState.APPROVED,
        "reject": OutgoingState.HANDED,
    }
    letter = letters.outgoing_letter(states[move])
    with pytest.raises(RuleBroken) as refused:
        getattr(outgoing, move)(letter, by=letters.officer(), reason="  ")
    assert "reason" in refused.value.fields
