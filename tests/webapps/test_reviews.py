"""Access reviews: asked of each institution's head, decided with reasons, finished with requests."""

from __future__ import annotations

import io
from datetime import date, timedelta

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from processes.errors import NotPermitted, RuleBroken, WrongState
from processes.models import InboxItem
from tests.accounts.people import employee, institution, signed_in_client
from tests.webapps.conftest import Team
from webapps import reminding, reviewing
from webapps.models import AccessRequest, Campaign, Decision, Operation, Origin, ReviewItem, ReviewPart


def later(days: int) -> date:
    """That many days from today."""
    return timezone.localdate() + timedelta(days=days)


def begun(team: Team, days: int = 30) -> Campaign:
    """A review of the application, opened by the officer."""
    return reviewing.begin(
        by=team.officer,
        title="Yıllık gözden geçirme",
        applications=[team.application],
        deadline=later(days),
        reviewer=team.lead,
    )


def all_of(part: ReviewPart) -> list[int]:
    return list(part.items.values_list("pk", flat=True))


@pytest.fixture
def campaign(team: Team) -> Campaign:
    """Two people of the hospital and one of the other institution, all under review."""
    team.grant(team.staff(), team.staff(), employee(team.other))
    return begun(team)


def part_of(campaign: Campaign, place: object) -> ReviewPart:
    return campaign.parts.get(institution=place)


def test_each_institutions_head_is_asked(team: Team, campaign: Campaign) -> None:
    assert dict(campaign.parts.values_list("institution", "reviewer")) == {
        team.hospital.pk: team.head.pk,
        team.other.pk: team.outsider.pk,
    }
    assert InboxItem.objects.filter(user=team.head, text__contains="asked to review").count() == 1


def test_an_institution_without_a_head_is_asked_of_the_named_reviewer(team: Team) -> None:
    place = institution()
    team.grant(employee(place))

    assert part_of(begun(team), place).reviewer == team.lead


def test_removing_needs_a_reason_and_only_the_reviewer_decides(team: Team, campaign: Campaign) -> None:
    part = part_of(campaign, team.hospital)

    with pytest.raises(RuleBroken) as refused:
        reviewing.decide(part, by=team.head, items=all_of(part), decision=Decision.REMOVE)
    with pytest.raises(NotPermitted):
        reviewing.decide(part, by=team.outsider, items=all_of(part), decision=Decision.KEEP)

    assert set(refused.value.fields) == {"reason"}
    assert not ReviewItem.objects.exclude(decision=Decision.OPEN).exists()


def test_an_item_of_another_part_is_not_decided(team: Team, campaign: Campaign) -> None:
    mine, other = part_of(campaign, team.hospital), part_of(campaign, team.other)

    assert reviewing.decide(mine, by=team.head, items=all_of(other), decision=Decision.KEEP) == 0
    assert not other.items.exclude(decision=Decision.OPEN).exists()


def test_what_is_to_go_becomes_one_request_per_institution(team: Team, campaign: Campaign) -> None:
    mine, other = part_of(campaign, team.hospital), part_of(campaign, team.other)
    first, second = all_of(mine)
    reviewing.decide(mine, by=team.head, items=[first], decision=Decision.REMOVE, reason="Görevi değişti.")
    reviewing.decide(mine, by=team.head, items=[second], decision=Decision.KEEP)
    reviewing.decide(other, by=team.outsider, items=all_of(other), decision=Decision.KEEP)

    reviewing.finish(campaign, by=team.officer)

    asked = AccessRequest.objects.get(origin=Origin.REVIEW)
    assert list(asked.lines.values_list("operation", "employee")) == [
        (Operation.REMOVE, ReviewItem.objects.get(pk=first).authority.employee_id)
    ]
    assert ReviewItem.objects.get(pk=first).case == asked
    with pytest.raises(WrongState):
        reviewing.finish(campaign, by=team.officer)
    with pytest.raises(WrongState):
        reviewing.decide(mine, by=team.head, items=[second], decision=Decision.KEEP)


def test_a_review_waits_for_decisions_until_its_last_day_is_over(team: Team, campaign: Campaign) -> None:
    with pytest.raises(RuleBroken, match="3"):
        reviewing.finish(campaign, by=team.officer)

    done = reviewing.finish(campaign, by=team.officer, now=timezone.now() + timedelta(days=31))

    assert not done.is_open
    assert not AccessRequest.objects.filter(origin=Origin.REVIEW).exists()


def test_only_those_with_something_left_are_reminded_and_not_every_day(
    team: Team, campaign: Campaign
) -> None:
    mine = part_of(campaign, team.hospital)
    reviewing.decide(mine, by=team.head, items=all_of(mine), decision=Decision.KEEP)
    InboxItem.objects.all().delete()
    now = timezone.now()

    counts = [
        reminding.remind_reviewers(now + timedelta(days=days))["reminded"] for days in (0, 16, 17, 19, 31)
    ]

    assert counts == [0, 1, 0, 1, 1]
    assert set(InboxItem.objects.values_list("user", flat=True)) == {team.outsider.pk}


def test_the_leads_hear_that_a_reviewer_has_left(team: Team, campaign: Campaign) -> None:
    part = part_of(campaign, team.hospital)
    User.objects.filter(pk__in=campaign.parts.values("reviewer")).update(is_active=False)
    InboxItem.objects.all().delete()

    reminding.remind_reviewers(timezone.now() + timedelta(days=16))

    told = InboxItem.objects.filter(path=reverse("webapps-review-part", args=(part.pk,)))
    assert set(told.values_list("user", "text")) == {(lead.pk, reminding.LEFT) for lead in (team.lead,)}


def test_a_reviewer_decides_on_the_page(team: Team, campaign: Campaign) -> None:
    mine = part_of(campaign, team.hospital)
    first, second = all_of(mine)
    client = signed_in_client(team.head)
    address = f"/reviews/parts/{mine.pk}/"

    assert client.get("/reviews/").content.decode().count(address) == 1
    assert client.get(address).status_code == 200
    client.post(address, {"chosen": [first], "decision": "remove", "reason": "Ayrıldı."})
    client.post(address, {"all": "keep"})

    assert dict(mine.items.values_list("pk", "decision")) == {first: Decision.REMOVE, second: Decision.KEEP}
    assert client.get(f"/reviews/parts/{part_of(campaign, team.other).pk}/").status_code == 404


def test_what_was_ticked_and_typed_stays_when_a_decision_is_refused(team: Team, campaign: Campaign) -> None:
    mine = part_of(campaign, team.hospital)
    first, second = all_of(mine)
    client = signed_in_client(team.head)
    address = f"/reviews/parts/{mine.pk}/?decision=open"

    refused = client.post(address, {"chosen": [first], "decision": "remove", "reason": " "})

    page = refused.content.decode()
    ticks = {one: f'value="{one}" form="bulk" data-tick checked' in page for one in (first, second)}
    assert (refused.status_code, ticks) == (422, {first: True, second: False})
    assert '<option value="remove" selected>' in page
    assert not mine.items.exclude(decision="").exists()
    done = client.post(address, {"chosen": [first], "decision": "remove", "reason": "Ayrıldı."})
    assert done.headers["Location"] == address


def test_a_reviewer_who_is_not_found_stays_typed(team: Team, campaign: Campaign) -> None:
    mine = part_of(campaign, team.hospital)

    refused = signed_in_client(team.officer).post(
        f"/reviews/parts/{mine.pk}/reviewer/", {"reviewer_text": "Olmayan Kişi"}
    )

    page = refused.content.decode()
    assert (refused.status_code, 'value="Olmayan Kişi"' in page, 'role="alert"' in page) == (422, True, True)
    mine.refresh_from_db()
    assert mine.reviewer == team.head


def test_the_unit_begins_hands_on_and_finishes_on_the_pages(team: Team) -> None:
    team.grant(team.staff())
    client = signed_in_client(team.officer)

    made = client.post(
        "/reviews/new/",
        {
            "title": "Deneme",
            "applications": [team.application.pk],
            "deadline": later(5).isoformat(),
            "reviewer": team.lead.pk,
        },
    )
    campaign = Campaign.objects.get()
    part = campaign.parts.get()
    client.post(f"/reviews/parts/{part.pk}/reviewer/", {"reviewer": team.outsider.pk})
    part.refresh_from_db()
    reviewing.decide(part, by=team.outsider, items=all_of(part), decision=Decision.KEEP)
    page = client.get(f"/reviews/{campaign.pk}/").content.decode()
    client.post(f"/reviews/{campaign.pk}/finish/")
    campaign.refresh_from_db()

    assert made.status_code == 302
    assert part.reviewer == team.outsider
    assert team.hospital.name in page
    assert not campaign.is_open


def test_a_review_of_nothing_or_of_the_past_is_refused(team: Team) -> None:
    client = signed_in_client(team.officer)
    values = {"title": "Deneme", "applications": [team.application.pk], "reviewer": team.lead.pk}

    for deadline in (later(5), later(-1)):
        answer = client.post("/reviews/new/", values | {"deadline": deadline.isoformat()})
        assert answer.status_code == 422
    assert not Campaign.objects.exists()


def test_the_report_names_every_authority_with_its_decision(team: Team, campaign: Campaign) -> None:
    mine = part_of(campaign, team.hospital)
    reviewing.decide(mine, by=team.head, items=all_of(mine), decision=Decision.KEEP)
    client = signed_in_client(team.officer)

    book = client.get(f"/reviews/{campaign.pk}/", {"export": "xlsx"})
    paper = client.get(f"/reviews/{campaign.pk}/", {"export": "pdf"})

    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(book))).active
    assert sheet.max_row == 4
    assert [row[6] for row in sheet.iter_rows(min_row=2, values_only=True)].count("Kalsın") == 2
    assert paper.content.startswith(b"%PDF")


def test_the_lead_hears_once_a_month_what_was_not_compared(team: Team) -> None:
    team.grant(team.staff())

    assert reminding.remind_of_comparing(timezone.now()) == {"not_compared": 1}
    assert InboxItem.objects.filter(user=team.lead, text=reminding.NOT_COMPARED).exists()


def test_nobody_reviews_their_own_authorities(team: Team) -> None:
    own, other = employee(team.hospital, user=team.head), team.staff()
    team.grant(own, other)
    part = part_of(begun(team), team.hospital)
    assert part.reviewer == team.head
    mine = part.items.get(authority__employee=own)

    with pytest.raises(NotPermitted, match="kendi yetkisini"):
        reviewing.decide(part, by=team.head, items=all_of(part), decision=Decision.KEEP)
    client = signed_in_client(team.head)
    page = client.get(f"/reviews/parts/{part.pk}/").content.decode()
    assert "1 yetki sizin kendi yetkiniz" in page
    refused = client.post(
        f"/reviews/parts/{part.pk}/", {"chosen": [mine.pk], "decision": "keep"}, follow=True
    )
    assert "kendi yetkisini" in refused.content.decode()
    client.post(f"/reviews/parts/{part.pk}/", {"all": "keep"})

    assert part.items.get(authority__employee=other).decision == Decision.KEEP
    mine.refresh_from_db()
    assert mine.decision == Decision.OPEN
    reviewing.decide(part, by=team.officer, items=[mine.pk], decision=Decision.KEEP)
    mine.refresh_from_db()
    assert (mine.decision, mine.decided_by) == (Decision.KEEP, team.officer)


def test_a_head_who_alone_holds_something_is_reviewed_by_the_named_person(team: Team) -> None:
    team.grant(employee(team.hospital, user=team.head))

    assert part_of(begun(team), team.hospital).reviewer == team.lead


def test_where_nobody_else_is_named_the_review_is_refused(team: Team) -> None:
    team.grant(employee(institution(), user=team.lead))

    with pytest.raises(RuleBroken) as refused:
        begun(team)

    assert set(refused.value.fields) == {"reviewer"}
    assert team.lead.full_name in str(refused.value)
    assert not Campaign.objects.exists()


def test_a_part_is_not_handed_to_the_only_one_it_is_about(team: Team) -> None:
    team.grant(employee(team.hospital, user=team.lead))
    part = part_of(begun(team), team.hospital)

    with pytest.raises(RuleBroken):
        reviewing.hand_to(part, by=team.officer, reviewer=team.lead)
    signed_in_client(team.officer).post(f"/reviews/parts/{part.pk}/reviewer/", {"reviewer": team.lead.pk})

    assert ReviewPart.objects.get(pk=part.pk).reviewer == team.head
