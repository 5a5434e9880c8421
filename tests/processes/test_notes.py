"""Notes: written once, for the unit or for the applicant as well."""

from __future__ import annotations

import pytest

from audit.queries import entries_of
from helpdesk import workflow
from processes.errors import NotFound, RuleBroken, WrongState
from processes.models import InboxItem, Note
from processes.services import notes
from tests.accounts.people import signed_in_client
from tests.processes.records import on_the_desk_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


def test_an_internal_note_is_for_the_unit_only(around):
    note = notes.write(around.ticket, around.officer, " Kablo bakılacak.\r\n")
    assert (note.text, note.is_internal) == ("Kablo bakılacak.", True)
    assert list(notes.notes_for(around.ticket, around.lead)) == [note]
    assert list(notes.notes_for(around.ticket, around.applicant)) == []
    assert not InboxItem.objects.filter(user=around.applicant).exists()
    assert [(entry.event, entry.step) for entry in entries_of(note)] == [("created", "note")]


def test_a_note_for_the_applicant_is_told_to_the_applicant(around):
    notes.write(around.ticket, around.officer, "Yarın geliyoruz.", internal=False)
    assert InboxItem.objects.get(user=around.applicant).text == "There is a new note on %(number)s."


def test_a_note_of_the_applicant_is_never_internal_and_told_to_who_works_on_it(around):
    ticket = on_the_desk_of(around.ticket, around.officer)
    note = notes.write(ticket, around.applicant, "Acele.", internal=True)
    assert not note.is_internal
    assert InboxItem.objects.filter(user=around.officer).count() == 1


@pytest.mark.parametrize("text", ["", "   \n", "x" * 4001, "a\0b", "a\ud800b"])
def test_a_note_is_plain_text_of_some_length(around, text):
    with pytest.raises(RuleBroken):
        notes.write(around.ticket, around.officer, text)
    assert not Note.objects.exists()


def test_a_stranger_cannot_write(around):
    with pytest.raises(NotFound):
        notes.write(around.ticket, around.stranger, "Merhaba")


def test_the_applicant_writes_no_note_on_a_closed_case(around):
    closed = workflow.withdraw(around.ticket, by=around.applicant, reason="Düzeldi.")
    with pytest.raises(WrongState):
        notes.write(closed, around.applicant, "Bir şey daha")
    assert notes.write(closed, around.officer, "Kayıt için.").pk


def test_the_page_writes_a_note_and_goes_back_to_the_case(around):
    client = signed_in_client(around.officer)
    response = client.post(
        f"/cases/{around.ticket.number}/notes/", {"text": "Bakıldı.", "for_applicant": "on"}
    )
    assert (response.status_code, response["Location"]) == (302, around.ticket.get_absolute_url())
    assert not Note.objects.get().is_internal


def test_the_page_keeps_what_was_written_when_it_is_refused(around):
    client = signed_in_client(around.applicant)
    address = f"/cases/{around.ticket.number}/notes/"
    assert client.post(address, {"text": ""}).status_code == 422
    workflow.withdraw(around.ticket, by=around.applicant, reason="Düzeldi.")
    response = client.post(address, {"text": "Bir şey <script>daha</script>"})
    assert response.status_code == 409
    assert "Bir şey &lt;script&gt;daha&lt;/script&gt;" in response.content.decode()


def test_the_page_of_somebody_elses_case_is_not_found(around):
    response = signed_in_client(around.stranger).post(f"/cases/{around.ticket.number}/notes/", {"text": "x"})
    assert response.status_code == 404
    assert not Note.objects.exists()
