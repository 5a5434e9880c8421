"""The calendar of due dates: a secret address, numbers and steps, nobody's name."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from audit.queries import entries_of
from helpdesk.models import Ticket
from processes import feeds
from processes.errors import NotFound
from processes.models import FeedKey
from processes.services import cases
from tests.accounts.people import signed_in_client
from tests.processes.records import Desk, desk, on_the_desk_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def around() -> Desk:
    found = desk()
    on_the_desk_of(found.ticket, found.officer)
    return found


def unfolded(content: bytes) -> list[str]:
    return content.decode().replace("\r\n ", "").split("\r\n")


def test_the_calendar_names_number_step_and_due_time_and_nobody(around):
    ticket = Ticket.objects.get(pk=around.ticket.pk)
    lines = unfolded(feeds.calendar(around.officer))
    assert lines[:3] == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//SBS//Due dates//TR"]
    assert lines[-3:] == ["END:VEVENT", "END:VCALENDAR", ""]
    assert f"UID:{ticket.number.replace('/', '-')}@127.0.0.1" in lines
    assert f"DTSTART:{feeds.moment(ticket.due_at)}" in lines
    assert f"SUMMARY:{ticket.number} · {ticket.step.number} {ticket.step.short_name}" in lines
    text = "\n".join(lines)
    assert around.applicant.last_name not in text
    assert ticket.title not in text


def test_every_line_is_at_most_75_octets_and_never_cut_inside_a_letter(around):
    long = "Ş" * 200
    cut = feeds.fold(f"SUMMARY:{long}")
    pieces = cut.removesuffix(b"\r\n").split(b"\r\n")
    assert all(len(piece) <= 75 and piece.decode() for piece in pieces)
    assert cut.decode().replace("\r\n ", "") == f"SUMMARY:{long}\r\n"
    assert all(len(line) <= 75 for line in feeds.calendar(around.officer).split(b"\r\n"))


def test_text_cannot_end_its_line():
    assert feeds.escape("a;b,c\\d\r\nBEGIN:VEVENT\n\u2028x") == r"a\;b\,c\\d\nBEGIN:VEVENT\n\nx"


def test_waiting_closed_and_other_peoples_cases_are_left_out(around):
    assert [case.pk for case in feeds.due_cases(around.applicant)] == [around.ticket.pk]
    assert feeds.due_cases(around.lead) == []
    assert feeds.due_cases(around.stranger) == []
    cases.pause(around.ticket, by=around.lead, reason="Parça bekleniyor.")
    assert feeds.due_cases(around.officer) == []


def test_the_address_opens_the_calendar_without_a_log_in(around):
    secret = feeds.make_key(around.officer)
    response = Client().get(f"/calendar/{secret}.ics")
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert around.ticket.number in response.content.decode().replace("\r\n ", "")
    assert response["Cache-Control"] == "private, no-cache"


def test_an_unchanged_calendar_is_not_sent_again(around):
    address = f"/calendar/{feeds.make_key(around.officer)}.ics"
    etag = Client().get(address)["ETag"]
    response = Client().get(address, headers={"if-none-match": etag})
    assert (response.status_code, response.content) == (304, b"")
    Ticket.objects.filter(pk=around.ticket.pk).update(
        due_at=timezone.now() + timedelta(days=9), version=around.ticket.version + 1
    )
    assert Client().get(address, headers={"if-none-match": etag}).status_code == 200


@pytest.mark.parametrize("secret", ["x", "a" * 43, "..%2f..", "%00"])
def test_a_made_up_address_is_not_found(around, secret):
    assert Client().get(f"/calendar/{secret}.ics").status_code == 404


def test_only_the_hash_is_kept_and_a_new_address_stops_the_old(around):
    first = feeds.make_key(around.officer)
    key = FeedKey.objects.get()
    assert first not in (key.digest, str(key))
    second = feeds.make_key(around.officer)
    assert FeedKey.objects.count() == 1
    assert feeds.owner_of(second) == around.officer
    with pytest.raises(NotFound):
        feeds.owner_of(first)


def test_somebody_who_left_has_no_calendar(around):
    secret = feeds.make_key(around.officer)
    around.officer.is_active = False
    around.officer.save(update_fields=["is_active"])
    with pytest.raises(NotFound):
        feeds.owner_of(secret)


def test_the_page_shows_a_new_address_once_and_stops_it(around):
    client = signed_in_client(around.officer)
    page = client.post("/calendar/", {"action": "make"})
    assert (page.status_code, page["Cache-Control"]) == (200, "no-store")
    [secret] = re.findall(r"/calendar/([\w-]{43})\.ics", page.content.decode())
    assert secret not in client.get("/calendar/").content.decode()
    assert Client().get(f"/calendar/{secret}.ics").status_code == 200
    key = FeedKey.objects.get()
    assert client.post("/calendar/", {"action": "revoke"}).status_code == 302
    assert Client().get(f"/calendar/{secret}.ics").status_code == 404
    assert [entry.event for entry in entries_of(key)] == ["calendar_address_revoked", "calendar_address_made"]
    assert client.post("/calendar/", {"action": "burn"}).status_code == 422
