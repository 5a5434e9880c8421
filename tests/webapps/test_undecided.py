"""What nobody decided in a review is named and stays on the board; a change of unit is asked about by a review."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
import pytest
from django.utils import timezone

from accounts.models import Employee, Unit
from accounts.services import staff
from processes.models import InboxItem
from tests.accounts.people import employee, institution, signed_in_client, unit
from tests.webapps.conftest import Team
from tests.webapps.test_api import program_of
from tests.webapps.test_reviews import all_of, begun, later
from webapps import clauses, figures, moving, reminding, reviewing
from webapps.models import AccessRequest, Authority, Campaign, Decision, Operation, ReviewItem

OVER = timedelta(days=31)


def ended_undecided(team: Team, *people: Employee) -> Campaign:
    """A review whose last day passed without a decision."""
    team.grant(*people)
    return reviewing.finish(begun(team), by=team.officer, now=timezone.now() + OVER)


def test_what_nobody_decided_is_a_finding_until_it_is_decided(team: Team) -> None:
    ended_undecided(team, team.staff(), team.staff())
    (finding,) = clauses.reviewed()
    assert "2 yetki" in finding

    again = begun(team)
    part = again.parts.get()
    first, second = all_of(part)
    reviewing.decide(part, by=team.head, items=[first], decision=Decision.KEEP)
    assert "1 yetki" in clauses.reviewed()[0]
    reviewing.decide(part, by=team.head, items=[second], decision=Decision.REMOVE, reason="Görevi değişti.")

    assert clauses.reviewed() == []


def test_an_authority_that_ended_is_no_finding_any_more(team: Team) -> None:
    who = team.staff()
    ended_undecided(team, who)

    team.carried_out(team.ask(team.entry(who, Operation.REMOVE)))

    assert clauses.reviewed() == []


def test_the_review_s_page_and_papers_name_what_nobody_decided(team: Team) -> None:
    left, kept = team.staff(), team.staff()
    team.grant(left, kept)
    campaign = begun(team)
    part = campaign.parts.get()
    reviewing.decide(
        part, by=team.head, items=[part.items.get(authority__employee=kept).pk], decision=Decision.KEEP
    )
    client = signed_in_client(team.officer)
    address = f"/reviews/{campaign.pk}/"
    assert "Kimse karar vermedi" not in client.get(address).content.decode()
    Campaign.objects.update(deadline=timezone.localdate() - timedelta(days=1))

    page = client.post(f"{address}finish/", follow=True).content.decode()

    assert "1 yetki için kimse karar vermedi" in page
    assert f"/access/people/{left.pk}/" in page
    assert f"/access/people/{kept.pk}/" not in page
    book = client.get(address, {"export": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(book))).active
    told = {row[1]: row[6] for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert told == {left.full_name: "Kimse karar vermedi", kept.full_name: "Kalsın"}
    assert client.get(address, {"export": "pdf"}).content.startswith(b"%PDF")
    assert "Kimse karar vermedi" in client.get(f"/reviews/parts/{part.pk}/").content.decode()


@pytest.fixture
def wards(team: Team) -> tuple[Unit, Unit]:
    """Two units of the hospital."""
    return unit(team.hospital), unit(team.hospital)


def moved(team: Team, who: Employee, to: Unit | None) -> Employee:
    return staff.move(who, by=team.officer, institution=team.hospital, unit=to)


def test_a_change_of_unit_asks_the_head_which_authorities_stay(team: Team, wards: tuple[Unit, Unit]) -> None:
    who, colleague = team.staff(unit=wards[0]), team.staff(unit=wards[0])
    team.grant(who, colleague)

    moved(team, who, wards[1])

    review = Campaign.objects.get()
    part = review.parts.get()
    assert (review.is_of_moves, part.reviewer, part.institution) == (True, team.head, team.hospital)
    assert list(part.items.values_list("authority__employee", flat=True)) == [who.pk]
    assert InboxItem.objects.get(user=team.head, text=moving.STAYS).path == f"/reviews/parts/{part.pk}/"
    assert not AccessRequest.objects.filter(raised_for__startswith="moved").exists()
    reviewing.decide(
        part, by=team.head, items=all_of(part), decision=Decision.REMOVE, reason="Yeni birimde gerekmez."
    )
    reviewing.finish(review, by=team.officer)
    asked = AccessRequest.objects.latest("pk")
    assert asked.lines.get().employee == who


def test_moves_of_the_same_days_are_one_review(team: Team, wards: tuple[Unit, Unit]) -> None:
    first, second = team.staff(unit=wards[0]), team.staff(unit=wards[0])
    team.grant(first, second)

    moved(team, first, wards[1])
    part = Campaign.objects.get().parts.get()
    reviewing.decide(part, by=team.head, items=all_of(part), decision=Decision.KEEP)
    moved(team, second, wards[1])
    moved(team, Employee.objects.get(pk=first.pk), wards[0])

    assert Campaign.objects.count() == 1
    assert list(part.items.values_list("decision", flat=True)) == [Decision.OPEN, Decision.OPEN]
    Campaign.objects.update(opened_at=timezone.now() - timedelta(days=8))
    moved(team, Employee.objects.get(pk=second.pk), wards[0])
    assert Campaign.objects.count() == 2


def test_who_had_no_unit_or_no_authority_was_not_moved(team: Team, wards: tuple[Unit, Unit]) -> None:
    entered, without = team.staff(), team.staff(unit=wards[0])
    team.grant(entered)

    moved(team, entered, wards[1])
    moved(team, without, wards[1])

    assert not Campaign.objects.exists()


def test_a_move_nobody_answers_is_reminded_and_becomes_a_finding(
    team: Team, wards: tuple[Unit, Unit]
) -> None:
    who = team.staff(unit=wards[0])
    team.grant(who)
    moved(team, who, wards[1])
    assert clauses.reviewed() == []

    assert reminding.remind_reviewers(timezone.now() + timedelta(days=20)) == {"reminded": 1}
    Campaign.objects.update(deadline=timezone.localdate() - timedelta(days=1))
    assert len(clauses.reviewed()) == 1
    reviewing.finish(Campaign.objects.get(), by=team.officer)

    assert "1 yetki" in clauses.reviewed()[0]


def test_a_head_s_own_move_is_asked_of_the_lead(team: Team, wards: tuple[Unit, Unit]) -> None:
    own = employee(team.hospital, user=team.head, unit=wards[0])
    team.grant(own)
    authority = Authority.objects.get()

    moving.ask(own, [authority], by=team.officer)

    assert ReviewItem.objects.get().part.reviewer == team.lead


def test_where_there_is_no_head_the_lead_is_asked(team: Team) -> None:
    place = institution()
    who = employee(place, unit=unit(place))
    team.grant(who)

    staff.move(who, by=team.officer, institution=place, unit=unit(place))

    assert ReviewItem.objects.get().part.reviewer == team.lead


def test_a_review_of_moves_is_no_review_of_the_application(team: Team, wards: tuple[Unit, Unit]) -> None:
    who = team.staff(unit=wards[0])
    team.grant(who, now=timezone.now() - timedelta(days=400))
    before = list(clauses.reviewed())

    moved(team, who, wards[1])

    assert clauses.reviewed() == before
    assert len(before) == 1
    assert list(figures.applications_now().values_list("reviewed_at", flat=True)) == [None]
    (row,) = program_of(team.officer).get("access-reviews/").json()["results"]
    assert row["is_of_moves"] is True


def test_the_last_day_of_such_a_review_is_fixed_by_its_first_move(
    team: Team, wards: tuple[Unit, Unit]
) -> None:
    who = team.staff(unit=wards[0])
    team.grant(who)

    moved(team, who, wards[1])

    assert Campaign.objects.get().deadline == later(30)
