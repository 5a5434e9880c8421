"""Who was made to close a gap finds it under their own work and closes it there, in the unit or outside of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from audit.queries import entries_of
from processes.models import InboxItem
from security_docs import due, workflow
from security_docs.models import Clause
from security_docs.services import evaluations
from tests.accounts.people import signed_in_client
from tests.security_docs.conftest import Team

MINE = "/gaps/"


def gap_of(team: Team, owner: User, days: int = 30) -> Clause:
    """A gap somebody is to close."""
    case = workflow.notified(by=team.officer, title="Uyum dokümanı", clauses=[("4.1", "Parola.")])
    return evaluations.judge(
        case.clauses.get(),
        by=team.lead,
        verdict="applies",
        gap="Üçüncü tesiste kilit yok.",
        owner=owner,
        due_on=timezone.localdate() + timedelta(days=days),
    )


def test_somebody_outside_the_unit_closes_their_gap_on_their_own_page(team: Team) -> None:
    gap = gap_of(team, team.reader)
    client = signed_in_client(team.reader)

    told = client.get(f"/inbox/{InboxItem.objects.get(user=team.reader).pk}/")
    page = client.get(MINE).content.decode()
    answer = client.post(f"{MINE}{gap.pk}/close/", {"note": "Kilit takıldı.", "on": timezone.localdate()})

    gap.refresh_from_db()
    assert told["Location"] == MINE
    assert "Üçüncü tesiste kilit yok." in page
    assert answer["Location"] == MINE
    assert (gap.closed_by, gap.closed_on, gap.closing_note) == (
        team.reader,
        timezone.localdate(),
        "Kilit takıldı.",
    )
    entry = entries_of(gap)[0]
    assert (entry.actor, entry.step, entry.reason) == (team.reader, "gap_close", "Kilit takıldı.")
    assert "Kilit takıldı." in client.get(MINE).content.decode()


def test_the_lead_hears_that_the_owner_closed_it(team: Team) -> None:
    gap = gap_of(team, team.reader)

    evaluations.close_gap(gap, by=team.reader, note="Kilit takıldı.")

    (told,) = InboxItem.objects.filter(user=team.lead)
    assert told.path == f"/cases/{gap.compliance.number}/clauses/"


def test_nobody_finds_or_closes_another_persons_gap(team: Team) -> None:
    gap = gap_of(team, team.reader)
    client = signed_in_client(team.outsider)

    page = client.get(MINE).content.decode()
    answers = [client.get(f"{MINE}{gap.pk}/close/"), client.post(f"{MINE}{gap.pk}/close/", {"note": "Oldu."})]

    gap.refresh_from_db()
    assert "kilit" not in page
    assert [answer.status_code for answer in answers] == [404, 404]
    assert gap.is_open_gap


@pytest.mark.parametrize(
    ("values", "status"),
    [({"note": "", "on": "2026-11-01"}, 422), ({"note": "Oldu.", "on": "2999-01-01"}, 422)],
)
def test_a_gap_is_closed_with_a_note_and_not_in_the_future(
    team: Team, values: dict[str, str], status: int
) -> None:
    gap = gap_of(team, team.reader)

    answer = signed_in_client(team.reader).post(f"{MINE}{gap.pk}/close/", values)

    gap.refresh_from_db()
    assert answer.status_code == status
    assert gap.is_open_gap


def test_a_gap_is_closed_once(team: Team) -> None:
    gap = gap_of(team, team.reader)
    evaluations.close_gap(gap, by=team.officer, note="Giderildi.")

    answer = signed_in_client(team.reader).post(
        f"{MINE}{gap.pk}/close/", {"note": "Ben de.", "on": timezone.localdate()}
    )

    gap.refresh_from_db()
    assert (answer.status_code, gap.closed_by) == (409, team.officer)


def test_the_page_of_readings_and_the_weekly_reminder_lead_to_the_gaps(team: Team) -> None:
    gap_of(team, team.reader, days=-1)
    InboxItem.objects.all().delete()

    due.remind(timezone.now())

    assert [item.path for item in InboxItem.objects.filter(user=team.reader)] == [MINE]
    assert f'href="{MINE}"' in signed_in_client(team.reader).get("/readings/").content.decode()
    assert f'href="{MINE}"' not in signed_in_client(team.outsider).get("/readings/").content.decode()


@pytest.mark.parametrize("rows", [1, 12])
def test_the_page_asks_as_often_for_many_gaps_as_for_one(
    team: Team, rows: int, django_assert_max_num_queries: Any
) -> None:
    for _row in range(rows):
        gap_of(team, team.reader)
    client = signed_in_client(team.reader)
    client.get(MINE)

    with django_assert_max_num_queries(8):
        client.get(MINE)


def test_the_menu_names_ones_gaps_while_there_are_some(team: Team) -> None:
    gap = gap_of(team, team.reader)
    reader, outsider = signed_in_client(team.reader), signed_in_client(team.outsider)
    entry = f'href="{MINE}"'

    def in_menu(client: Any) -> bool:
        return entry in client.get("/inbox/").content.decode()

    assert (in_menu(reader), in_menu(outsider)) == (True, False)
    evaluations.close_gap(gap, by=team.reader, note="Kilit takıldı.")
    assert not in_menu(reader)
