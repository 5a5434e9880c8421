"""Messages on a person's desk: told with the change, read in the reader's language."""

from __future__ import annotations

import pytest
from django.utils import translation

from helpdesk import workflow
from processes import inbox
from processes.models import InboxItem
from tests.accounts.people import signed_in_client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def test_tell_is_one_query_whatever_the_number_of_people(around, django_assert_num_queries):
    people = [around.applicant, around.officer, around.lead, around.officer]
    with django_assert_num_queries(1):
        inbox.tell(people, around.ticket, "%(number)s is overdue since %(due)s.", due="22.11.2026")
    assert InboxItem.objects.count() == 3
    item = InboxItem.objects.get(user=around.lead)
    assert inbox.sentence(item) == f"{around.ticket.number} is overdue since 22.11.2026."


def test_tell_passes_over_people_who_left(around):
    around.officer.is_active = False
    inbox.tell([around.officer], around.ticket, "There is a new note on %(number)s.")
    assert not InboxItem.objects.exists()


def test_a_message_is_read_in_the_readers_language(around):
    inbox.tell([around.officer], around.ticket, "There is a new note on %(number)s.")
    item = InboxItem.objects.get()
    with translation.override("tr"):
        assert inbox.sentence(item) == f"{around.ticket.number} üzerine yeni bir not yazıldı."


def test_mark_read_touches_only_ones_own_messages(around):
    inbox.tell([around.officer, around.lead], around.ticket, "There is a new note on %(number)s.")
    others = InboxItem.objects.get(user=around.lead)
    assert inbox.mark_read(around.officer, others.pk) == 0
    assert inbox.mark_read(around.officer) == 1
    assert (inbox.unread_count(around.officer), inbox.unread_count(around.lead)) == (0, 1)


def test_the_page_shows_the_unread_and_opens_the_case(around):
    around.officer.language = "en"
    around.officer.save(update_fields=["language"])
    client = signed_in_client(around.officer)
    inbox.tell([around.officer], around.ticket, "There is a new note on %(number)s.")
    item = InboxItem.objects.get()
    page = client.get("/inbox/")
    assert f"There is a new note on {around.ticket.number}." in page.content.decode()
    response = client.get(f"/inbox/{item.pk}/")
    assert (response.status_code, response["Location"]) == (302, around.ticket.get_absolute_url())
    assert inbox.unread_count(around.officer) == 0
    assert around.ticket.number in client.get("/inbox/?show=read").content.decode()


def test_the_page_marks_all_as_read(around):
    client = signed_in_client(around.officer)
    for _number in range(3):
        inbox.tell([around.officer], around.ticket, "There is a new note on %(number)s.")
    assert client.post("/inbox/read/").status_code == 302
    assert inbox.unread_count(around.officer) == 0


def test_somebody_elses_message_is_not_found(around):
    inbox.tell([around.lead], around.ticket, "There is a new note on %(number)s.")
    item = InboxItem.objects.get()
    assert signed_in_client(around.officer).get(f"/inbox/{item.pk}/").status_code == 404


def test_the_page_is_paged_and_asks_the_same_number_of_queries(around, django_assert_max_num_queries):
    client = signed_in_client(around.officer)
    for _number in range(35):
        inbox.tell([around.officer], around.ticket, "There is a new note on %(number)s.")
    client.get("/inbox/")
    with django_assert_max_num_queries(8):
        page = client.get("/inbox/")
    assert page.content.decode().count('class="file__name"') == 30
    assert "cursor=" in page.content.decode()


def test_bad_message_numbers_are_refused(around):
    client = signed_in_client(around.officer)
    assert client.post("/inbox/read/", {"item": "1; DROP TABLE"}).status_code == 422
    assert client.get("/inbox/?cursor=made-up&show=nothing").status_code == 200


def test_assigning_tells_the_officer(around):
    ticket = workflow.assess(around.ticket, by=around.lead, finding="Anahtar arızalı.")
    ticket = workflow.plan(ticket, by=around.lead, way="Değiştirilecek.")
    ticket = workflow.supply(ticket, by=around.lead, nothing_needed=True)
    workflow.assign(ticket, by=around.lead, assignee=around.officer)
    assert inbox.unread_count(around.officer) == 1
