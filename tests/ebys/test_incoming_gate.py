"""Letters that came in: to a case, into a case, to the file, and back."""

from __future__ import annotations

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.roles import UNIT_STAFF, Role
from audit.queries import entries_of
from ebys.models import IncomingLetter, IncomingState
from ebys.workflow import incoming
from ebys.workflow.incoming import INCOMING
from helpdesk.models import State, Ticket
from helpdesk.workflow import assess, withdraw
from processes.errors import DomainError, NotFound, NotPermitted, RuleBroken, StaleVersion, WrongState
from processes.models import Channel
from tests.accounts import people
from tests.ebys import letters
from tests.processes import sheets


def settled(state: str) -> IncomingLetter:
    """A letter in `state`."""
    letter = letters.incoming()
    by = people.person(Role.IT_LEAD)
    if state == IncomingState.ROUTED:
        return incoming.attach(letter, letters.ticket(), by=by)
    if state == IncomingState.FILED:
        return incoming.file(letter, by=by, reason="Bilgi için gönderilmiş")
    return letter


@pytest.mark.django_db
@pytest.mark.parametrize("state", IncomingState.values)
def test_only_the_table_decides_who_moves_a_letter_from_where(state: str) -> None:
    letter = settled(state)
    everybody = {role: people.person(role) for role in Role.values}
    for key, move in INCOMING.moves.items():
        for role, somebody in everybody.items():
            refusal = INCOMING.refusal(key, letter, somebody)
            expected = (
                NotPermitted if role not in UNIT_STAFF else WrongState if state not in move.sources else None
            )
            assert (type(refusal) if refusal else None) is expected, (state, key, role)


@pytest.mark.django_db
def test_routing_opens_a_case_from_the_letters_words() -> None:
    sheets.load()
    hospital = people.institution(name="Örnekova Devlet Hastanesi")
    letter = letters.incoming(sender=hospital, sender_name=hospital.name, official_number="E-7-704-1")
    lead = people.person(Role.IT_LEAD)

    letter = incoming.route(letter, "5.3.6", by=lead)

    ticket = Ticket.objects.get(pk=letter.case_id)
    assert (ticket.title, ticket.channel, ticket.applicant_institution, ticket.opened_by) == (
        "Ağ Bağlantı Arızası",
        Channel.LETTER,
        hospital,
        lead,
    )
    assert "E-7-704-1" in ticket.description
    assert (letter.state, letter.routed_to, letter.opened_case) == (IncomingState.ROUTED, "5.3.6", True)


@pytest.mark.django_db
def test_a_long_subject_stays_whole_in_the_description() -> None:
    sheets.load()
    subject = "Ağ " + "çok uzun konu " * 20
    letter = incoming.route(letters.incoming(subject=subject), "5.3.6", by=people.person(Role.IT_LEAD))
    ticket = Ticket.objects.get(pk=letter.case_id)
    assert len(ticket.title) <= 200
    assert subject.strip() in ticket.description


@pytest.mark.django_db
def test_a_sub_process_without_a_room_is_refused_and_changes_nothing() -> None:
    sheets.load()
    letter = letters.incoming()
    with pytest.raises(NotFound):
        incoming.route(letter, "5.3.4", by=letters.officer())
    letter.refresh_from_db()
    assert letter.state == IncomingState.UNROUTED


@pytest.mark.django_db
def test_a_letter_is_not_attached_to_a_closed_case() -> None:
    by = people.person(Role.IT_LEAD)
    closed = withdraw(letters.ticket(), by=by, reason="Gerek kalmadı")
    with pytest.raises(WrongState):
        incoming.attach(letters.incoming(), closed, by=by)


@pytest.mark.django_db
def test_undoing_a_routing_withdraws_the_case_it_opened() -> None:
    sheets.load()
    by = people.person(Role.IT_LEAD)
    letter = incoming.route(letters.incoming(), "5.3.6", by=by)
    case = letter.case_id

    letter = incoming.unroute(letter, by=by, reason="Yanlış alt süreç")

    assert Ticket.objects.get(pk=case).state == State.WITHDRAWN
    assert (letter.state, letter.case, letter.routed_to) == (IncomingState.UNROUTED, None, "")


@pytest.mark.django_db
def test_undoing_an_attachment_leaves_the_case_alone() -> None:
    by = people.person(Role.IT_LEAD)
    ticket = letters.ticket()
    letter = incoming.attach(letters.incoming(), ticket, by=by)
    incoming.unroute(letter, by=by, reason="Başka kayda ait")
    ticket.refresh_from_db()
    assert ticket.is_open


@pytest.mark.django_db
def test_a_routing_is_not_undone_once_somebody_worked_on_the_case() -> None:
    by = people.person(Role.IT_LEAD)
    ticket = letters.ticket()
    letter = incoming.attach(letters.incoming(), ticket, by=by)
    assess(ticket, by=by, finding="Bakıldı")
    with pytest.raises(RuleBroken, match=r"5\.3\.6/"):
        incoming.unroute(letter, by=by, reason="Yanlış")


@pytest.mark.django_db
def test_filing_needs_a_reason_and_can_be_taken_back() -> None:
    by = letters.officer()
    letter = letters.incoming()
    with pytest.raises(RuleBroken):
        incoming.file(letter, by=by, reason=" ")
    letter = incoming.file(letter, by=by, reason="Bilgi için gönderilmiş")
    letter = incoming.unfile(letter, by=by)
    assert (letter.state, letter.filed_reason, letter.settled_by) == (IncomingState.UNROUTED, "", None)
    assert [entry.reason for entry in entries_of(letter).order_by("id")] == ["", "Bilgi için gönderilmiş", ""]


@pytest.mark.django_db
def test_a_stale_page_is_refused() -> None:
    letter = letters.incoming()
    by = letters.officer()
    incoming.unfile(incoming.file(letter, by=by, reason="Bilgi"), by=by)
    with pytest.raises(StaleVersion):
        incoming.file(letter, by=by, reason="Bilgi", version=letter.version)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"signature_checked": True}, "incoming_signature_never_checked"),
        ({"state": "routed"}, "incoming_state_agrees"),
        ({"state": "filed"}, "incoming_state_agrees"),
        ({"subject": ""}, "incoming_has_a_subject"),
        ({"sender_name": ""}, "incoming_has_a_sender"),
    ],
)
def test_the_database_holds_what_must_always_hold(change: dict[str, object], constraint: str) -> None:
    letter = letters.incoming()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        IncomingLetter.objects.filter(pk=letter.pk).update(**change)


@pytest.mark.django_db(transaction=True)
def test_one_of_eight_people_who_route_at_once_opens_the_case() -> None:
    sheets.load()
    with transaction.atomic():
        letter = letters.incoming()
        lead = people.person(Role.IT_LEAD)
    outcomes: list[str] = []
    start = threading.Barrier(8)

    def attempt() -> None:
        start.wait()
        try:
            incoming.route(letter, "5.3.6", by=lead)
            outcomes.append("routed")
        except DomainError as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["routed", *["wrong-state"] * 7]
    assert Ticket.objects.count() == 1
