"""The pages of the engine: what they show, to whom, in how many queries, and what they answer to bad input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from helpdesk import workflow
from helpdesk.models import Ticket
from processes.models import Case, SavedView
from processes.services import cases, notes
from tests.accounts.people import signed_in_client
from tests.helpdesk.conftest import Team, team, ticket, walked

__all__ = ["team", "ticket"]


@pytest.fixture
def counted() -> Callable[[Client, str], int]:
    """How many queries a page takes the second time it is asked for."""

    def count(client: Client, address: str) -> int:
        assert client.get(address).status_code == 200
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address).status_code == 200
        asked = [
            one["sql"] for one in queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN"))
        ]
        return len(asked)

    return count


def many(team: Team, count: int) -> list[Ticket]:
    return [
        workflow.report(by=team.officer, title=f"Arıza {n}", applicant=team.applicant) for n in range(count)
    ]


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/", 8),
        ("/?tab=unit", 8),
        ("/cases/", 8),
        ("/search/?q=ar%C4%B1za", 10),
    ],  # the search reads five tables and tells the trail
)
def test_lists_take_the_same_few_queries_for_one_row_and_for_thirty(
    team: Team, counted: Any, address: str, most: int
) -> None:
    client = signed_in_client(team.officer)
    many(team, 1)
    few = counted(client, address)
    many(team, 30)

    assert counted(client, address) == few
    assert few <= most


def test_the_case_page_takes_the_same_few_queries_however_long_the_case(
    team: Team, ticket: Ticket, counted: Any
) -> None:
    client = signed_in_client(team.officer)
    early = counted(client, ticket.get_absolute_url())
    done = walked(ticket, team, until="solve")
    for number in range(10):
        notes.write(done, by=team.officer, text=f"Not {number}")

    late = counted(client, ticket.get_absolute_url())

    assert late <= early
    assert early <= 10


def test_a_person_sees_own_cases_only(team: Team, ticket: Ticket) -> None:
    mine, theirs = signed_in_client(team.applicant), signed_in_client(team.outsider)

    assert mine.get(ticket.get_absolute_url()).status_code == 200
    assert theirs.get(ticket.get_absolute_url()).status_code == 404
    assert ticket.number in mine.get("/").content.decode()
    assert ticket.number not in theirs.get("/cases/?status=all").content.decode()
    assert ticket.number not in theirs.get("/search/?q=ba%C4%9Flant%C4%B1").content.decode()


def test_a_case_that_does_not_exist_reads_like_one_that_is_not_yours(team: Team, ticket: Ticket) -> None:
    client = signed_in_client(team.outsider)

    hidden, missing = client.get(ticket.get_absolute_url()), client.get("/cases/5.3.6/2026/999999/")

    assert (hidden.status_code, missing.status_code) == (404, 404)


def test_internal_notes_stay_inside_the_unit(team: Team, ticket: Ticket) -> None:
    notes.write(ticket, by=team.officer, text="Kullanıcı telaşlı.", internal=True)
    notes.write(ticket, by=team.officer, text="Öğleden sonra geleceğiz.", internal=False)

    seen = signed_in_client(team.applicant).get(ticket.get_absolute_url()).content.decode()

    assert "Öğleden sonra geleceğiz." in seen
    assert "telaşlı" not in seen


def test_a_step_is_taken_on_the_page(team: Team, ticket: Ticket) -> None:
    client = signed_in_client(team.officer)

    answer = client.post(
        f"{ticket.get_absolute_url()}steps/assess/", {"finding": "Kablo kopuk.", "version": ticket.version}
    )

    assert answer.status_code == 302
    ticket.refresh_from_db()
    assert (ticket.state, ticket.finding) == ("assessed", "Kablo kopuk.")


def test_a_step_with_an_empty_box_is_told_beside_the_box(team: Team, ticket: Ticket) -> None:
    answer = signed_in_client(team.officer).post(
        f"{ticket.get_absolute_url()}steps/assess/", {"finding": "  "}
    )

    assert answer.status_code == 422
    assert 'id="id_finding_error"' in answer.content.decode()


def test_a_stale_page_keeps_what_was_written(team: Team, ticket: Ticket) -> None:
    cases.assign(ticket, by=team.lead, to=team.officer)

    answer = signed_in_client(team.officer).post(
        f"{ticket.get_absolute_url()}steps/assess/", {"finding": "Uzun bir bulgu.", "version": ticket.version}
    )

    assert answer.status_code == 412
    assert "Uzun bir bulgu." in answer.content.decode()


def test_a_step_already_taken_keeps_what_was_written(team: Team, ticket: Ticket) -> None:
    walked(ticket, team, until="assess")

    answer = signed_in_client(team.officer).post(
        f"{ticket.get_absolute_url()}steps/assess/", {"finding": "Geç kaldı."}
    )

    assert answer.status_code == 409
    assert "Geç kaldı." in answer.content.decode()


def test_a_step_of_another_role_is_refused(team: Team, ticket: Ticket) -> None:
    answer = signed_in_client(team.applicant).post(
        f"{ticket.get_absolute_url()}steps/assess/", {"finding": "Ben baktım."}
    )

    assert answer.status_code == 403
    ticket.refresh_from_db()
    assert ticket.state == "reported"


def test_an_unknown_step_is_not_found(team: Team, ticket: Ticket) -> None:
    assert signed_in_client(team.officer).get(f"{ticket.get_absolute_url()}steps/fly/").status_code == 404


def test_waiting_needs_a_reason_and_stops_the_clock(team: Team, ticket: Ticket) -> None:
    client = signed_in_client(team.officer)

    refused = client.post(f"{ticket.get_absolute_url()}pause/", {"reason": " "})
    done = client.post(f"{ticket.get_absolute_url()}pause/", {"reason": "Yedek parça bekleniyor."})

    assert (refused.status_code, done.status_code) == (422, 302)
    ticket.refresh_from_db()
    assert ticket.waiting_reason == "Yedek parça bekleniyor."
    assert client.post(f"{ticket.get_absolute_url()}resume/").status_code == 302


def test_bulk_assignment_tells_each_row_apart(team: Team, ticket: Ticket) -> None:
    closed = walked(ticket, team, until="inform")
    fresh = many(team, 1)[0]

    page = signed_in_client(team.lead).post(
        "/cases/bulk/", {"chosen": [closed.pk, fresh.pk, 99999999], "to": str(team.officer.pk)}
    )

    assert page.status_code == 200
    assert page.context["done"] == 1
    assert page.context["missing"] == 1
    fresh.refresh_from_db()
    assert fresh.assignee == team.officer


@pytest.mark.parametrize("data", [{}, {"chosen": ["x"]}, {"chosen": ["1"], "to": "nobody-like-that"}])
def test_bulk_assignment_refuses_nonsense(team: Team, data: dict[str, Any]) -> None:
    assert signed_in_client(team.lead).post("/cases/bulk/", data).status_code == 422


def test_the_list_filters_by_words_state_desk_and_institution(team: Team, ticket: Ticket) -> None:
    client = signed_in_client(team.lead)
    other = workflow.report(by=team.officer, title="Yazıcı çalışmıyor", applicant=team.outsider)

    def numbers(query: str) -> set[str]:
        return {row.number for row in client.get(f"/cases/?{query}").context["page"].rows}

    assert numbers("q=yazici") == {other.number}
    assert numbers("q=YAZICI+çalış") == {other.number}
    assert numbers("status=closed") == set()
    assert numbers("state=reported") == {ticket.number, other.number}
    assert numbers("assignee=none") == {ticket.number, other.number}
    assert numbers("assignee=me") == set()
    assert numbers(f"institution={team.applicant.institution_id}") == {ticket.number}
    assert numbers("subprocess=5.3.6") == {ticket.number, other.number}


@pytest.mark.parametrize(
    "query",
    [
        "institution=yok",
        "since=dün",
        "state=nonsense",
        "assignee=%00",
        "cursor=%FF",
        "q=%00",
        "subprocess=9.9",
        "due=x",
    ],
)
def test_odd_filters_never_break_the_list(team: Team, ticket: Ticket, query: str) -> None:
    assert signed_in_client(team.lead).get(f"/cases/?{query}").status_code == 200


@pytest.mark.parametrize("kind", ["csv", "xlsx", "pdf"])
def test_the_list_is_exported(team: Team, ticket: Ticket, kind: str) -> None:
    answer = signed_in_client(team.lead).get(f"/cases/?export={kind}")
    content = b"".join(answer)

    assert answer.status_code == 200
    assert len(content) > 100
    if kind == "csv":
        assert content.startswith(b"\xef\xbb\xbf")
        assert ticket.number in content.decode("utf-8-sig")


def test_an_unknown_export_is_not_found(team: Team) -> None:
    assert signed_in_client(team.lead).get("/cases/?export=doc").status_code == 404


def test_a_view_is_saved_and_offered(team: Team, ticket: Ticket) -> None:
    client = signed_in_client(team.officer)

    answer = client.post("/views/cases/", {"name": "Benimkiler", "query": "assignee=me"})

    assert answer.status_code == 302
    assert SavedView.objects.get().owner == team.officer
    assert "Benimkiler" in client.get("/cases/").content.decode()


def test_staff_register_a_call(team: Team) -> None:
    client = signed_in_client(team.officer)

    answer = client.post(
        "/new/",
        {"subprocess": "5.3.6", "title": "Telefon çalmıyor", "applicant_text": team.applicant.last_name},
    )

    case = Case.objects.get()
    assert answer.status_code == 302
    assert (case.applicant, case.channel, case.applicant_institution) == (
        team.applicant,
        "telephone",
        team.applicant.institution,
    )


def test_staff_say_who_asks(team: Team) -> None:
    answer = signed_in_client(team.officer).post(
        "/new/", {"subprocess": "5.3.6", "title": "Telefon çalmıyor"}
    )

    assert answer.status_code == 422
    assert not Case.objects.exists()


def test_hospital_staff_ask_for_themselves(team: Team) -> None:
    client = signed_in_client(team.applicant)

    client.post(
        "/new/",
        {
            "subprocess": "5.3.6",
            "title": "Bilgisayar açılmıyor",
            "applicant": team.outsider.pk,
            "priority": "1",
        },
    )

    case = Ticket.objects.get()
    assert (case.applicant, case.channel, case.priority) == (team.applicant, "portal", 3)


def test_search_leads_straight_to_a_number(team: Team, ticket: Ticket) -> None:
    short = ticket.number.replace("/000001", "/1")

    answer = signed_in_client(team.officer).post("/search/", {"q": short})

    assert answer.status_code == 302
    assert answer["Location"] == ticket.get_absolute_url()


def test_what_is_looked_for_stands_in_no_address(team: Team, ticket: Ticket) -> None:
    client = signed_in_client(team.officer)

    answer = client.post("/search/", {"q": "bağlantısı yok"})

    assert "yok" not in answer["Location"]
    assert ticket.number in client.get(answer["Location"]).content.decode()
    assert ticket.number not in signed_in_client(team.lead).get(answer["Location"]).content.decode()


def test_the_case_prints_as_one_pdf(team: Team, ticket: Ticket) -> None:
    import pypdfium2

    walked(ticket, team, until="plan")

    answer = signed_in_client(team.officer).get(f"{ticket.get_absolute_url()}pdf/")

    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(answer.content))
    assert ticket.number in text
    assert "Kablo kopuk." in text


def test_due_dates_are_explained(team: Team, ticket: Ticket) -> None:
    page = signed_in_client(team.officer).get(f"{ticket.get_absolute_url()}due/")

    assert page.status_code == 200
    assert "5.3.6.2" in page.content.decode()


def test_cases_are_linked_and_unlinked(team: Team, ticket: Ticket) -> None:
    client = signed_in_client(team.officer)
    other = many(team, 1)[0]

    client.post(f"{ticket.get_absolute_url()}link/", {"other": other.number})
    assert other.number in client.get(ticket.get_absolute_url()).content.decode()
    joined = ticket.links_out.get()
    client.post(f"{ticket.get_absolute_url()}unlink/{joined.pk}/")

    assert not ticket.links_out.exists()
    assert client.post(f"{ticket.get_absolute_url()}link/", {"other": ticket.number}).status_code == 422


def test_the_trail_tab_is_for_the_unit(team: Team, ticket: Ticket) -> None:
    inside = signed_in_client(team.officer).get(f"{ticket.get_absolute_url()}?tab=trail").content.decode()
    outside = signed_in_client(team.applicant).get(f"{ticket.get_absolute_url()}?tab=trail").content.decode()

    assert "timeline--trail" in inside
    assert "timeline--trail" not in outside


def test_who_looked_at_a_case_and_for_what_somebody_searched_stands_in_the_trail(
    team: Team, ticket: Ticket
) -> None:
    client = signed_in_client(team.officer)
    client.get(ticket.get_absolute_url())
    client.get(ticket.get_absolute_url())
    client.post("/search/", {"q": "Ayşe Yıldız"})
    client.get("/search/?q=barkod")

    looked = Entry.objects.filter(event="viewed", object_pk=str(ticket.pk), actor=team.officer)
    searched = Entry.objects.filter(event="searched", actor=team.officer).order_by("id")
    assert looked.count() == 1
    assert [entry.changes for entry in searched] == [{"words": "Ayşe Yıldız"}, {"words": "barkod"}]
