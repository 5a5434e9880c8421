"""Many windows by one pattern, gaps shown and warned of, windows taken off; all of it in whose name it was done."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from audit.models import Entry
from incidents import gaps
from incidents.models import Shift
from incidents.services import rota
from incidents.services.rota import Pattern
from processes.calendar import OFFICE
from processes.errors import NotPermitted, RuleBroken, WrongState
from processes.models import InboxItem
from tests.accounts.people import person, signed_in_client
from tests.incidents.test_api import program_of
from tests.incidents.walking import Team, stand_in_for

MONDAY = date(2031, 3, 3)
NIGHTS: dict[str, Any] = {
    "since": MONDAY,
    "until": MONDAY + timedelta(days=13),
    "weekdays": [0, 1, 2, 3, 4],
    "starts": time(17),
    "ends": time(8),
}
WEEKENDS = NIGHTS | {"weekdays": [4], "starts": time(17), "ends": time(8), "length": 3}
LONG_AGO = datetime(2031, 1, 1, tzinfo=OFFICE)


def at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), OFFICE)


@pytest.fixture
def deputy(db: None) -> User:
    return person(Role.HIS_OFFICER)


def planned(team: Team, deputy: User, pattern: dict[str, Any] | None = None, **values: Any) -> list[Shift]:
    given: dict[str, Any] = {"by": team.lead, "officer": team.officer, "deputy": deputy, "now": LONG_AGO}
    return rota.plan_pattern(Pattern(**(pattern or NIGHTS)), **given | values)


def test_nights_of_working_days() -> None:
    windows = Pattern(**NIGHTS).windows(LONG_AGO)

    assert len(windows) == 10
    assert windows[0] == (at(MONDAY, 17), at(MONDAY + timedelta(days=1), 8))
    assert windows[4][1] == at(MONDAY + timedelta(days=5), 8)


def test_a_window_over_the_weekend_and_one_of_a_week() -> None:
    friday = MONDAY + timedelta(days=4)
    week = NIGHTS | {"weekdays": [0], "starts": time(8), "length": 7}

    assert Pattern(**WEEKENDS).windows(LONG_AGO)[0] == (at(friday, 17), at(friday + timedelta(days=3), 8))
    assert Pattern(**week).windows(LONG_AGO) == [
        (at(MONDAY, 8), at(MONDAY + timedelta(days=7), 8)),
        (at(MONDAY + timedelta(days=7), 8), at(MONDAY + timedelta(days=14), 8)),
    ]


def test_who_takes_turns_has_every_second_week() -> None:
    windows = Pattern(**NIGHTS | {"every": 2, "until": MONDAY + timedelta(days=27)}).windows(LONG_AGO)

    assert {window[0].date().isocalendar().week for window in windows} == {10, 12}


def test_what_is_over_is_not_planned() -> None:
    assert len(Pattern(**NIGHTS).windows(at(MONDAY + timedelta(days=1), 9))) == 9


def test_a_pattern_is_planned_in_one_go_and_told_once(team: Team, deputy: User) -> None:
    shifts = planned(team, deputy)

    assert Shift.objects.count() == len(shifts) == 10
    assert InboxItem.objects.filter(user=team.officer, path=rota.ROTA).count() == 1
    assert Entry.objects.filter(step="plan_shifts", event="created", actor=team.lead).count() == 10


def test_windows_that_are_taken_are_named_or_left_out(team: Team, deputy: User) -> None:
    planned(team, deputy, WEEKENDS)
    with pytest.raises(RuleBroken, match=r"07\.03\.2031 17:00") as refused:
        planned(team, deputy)
    assert set(refused.value.fields) == {"leave_out_taken"}
    assert Shift.objects.count() == 2

    assert len(planned(team, deputy, leave_out_taken=True)) == 8
    with pytest.raises(RuleBroken):
        planned(team, deputy, leave_out_taken=True)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"until": MONDAY - timedelta(days=1)}, "until"),
        ({"until": MONDAY + timedelta(days=400)}, "until"),
        ({"weekdays": []}, "weekdays"),
        ({"length": 3}, "length"),
        ({"length": 40}, "length"),
        ({"every": 0}, "every"),
    ],
)
def test_a_pattern_that_cannot_be_meant_is_refused(team: Team, deputy: User, change: Any, field: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        planned(team, deputy, NIGHTS | change)

    assert set(refused.value.fields) == {field}


def test_a_pattern_of_yesterday_holds_nothing(team: Team, deputy: User) -> None:
    with pytest.raises(RuleBroken, match="nöbet yok"):
        planned(team, deputy, now=at(MONDAY + timedelta(days=60), 8))


def test_the_deputy_of_a_pattern_is_another_who_knows(team: Team, deputy: User) -> None:
    for wrong in (team.officer, team.it_officer):
        with pytest.raises(RuleBroken) as refused:
            planned(team, wrong)
        assert set(refused.value.fields) == {"deputy"}
    with pytest.raises(NotPermitted):
        planned(team, deputy, by=team.officer)


def test_gaps_are_the_hours_nobody_covers_while_the_office_is_closed(team: Team, deputy: User) -> None:
    planned(team, deputy, NIGHTS | {"weekdays": [0, 1, 3]})
    begin, end = at(MONDAY, 12), at(MONDAY + timedelta(days=4), 12)

    (gap,) = gaps.gaps(begin, end)

    wednesday = MONDAY + timedelta(days=2)
    assert (gap.starts_at, gap.ends_at) == (at(wednesday, 17), at(wednesday + timedelta(days=1), 8))


def test_a_weekend_without_anybody_is_one_gap(team: Team) -> None:
    friday = MONDAY + timedelta(days=4)

    (gap,) = gaps.gaps(at(friday, 12), at(friday + timedelta(days=3), 12))

    assert (gap.starts_at, gap.ends_at) == (at(friday, 17), at(friday + timedelta(days=3), 8))


def test_the_leads_are_warned_of_a_gap_of_the_days_ahead(team: Team, deputy: User) -> None:
    now = at(MONDAY, 12)

    assert gaps.warn(now) == 1
    told = InboxItem.objects.get(user=team.lead)
    assert told.values["since"] == "03.03.2031 17:00"

    planned(team, deputy)
    assert gaps.warn(now) == 0


def test_a_deputy_of_the_lead_plans_in_the_name_of_both(team: Team, deputy: User) -> None:
    stand_in = stand_in_for(team.lead)
    (first, *_rest) = planned(team, deputy, by=stand_in)

    assert (first.made_by, first.made_for) == (stand_in, team.lead)
    assert set(Entry.objects.filter(step="plan_shifts").values_list("actor", "on_behalf_of")) == {
        (stand_in.pk, team.lead.pk)
    }


def sent(team: Team, deputy: User, **values: Any) -> dict[str, Any]:
    begin = timezone.localdate() + timedelta(days=1)
    return {
        "officer": team.officer.pk,
        "deputy": deputy.pk,
        "since": begin.isoformat(),
        "until": (begin + timedelta(days=6)).isoformat(),
        "weekdays": [0, 1, 2, 3, 4, 5, 6],
        "starts": "17:00",
        "ends": "08:00",
        "length": 1,
        "every": 1,
    } | values


def test_the_pattern_is_looked_at_before_it_is_planned_on_the_page(team: Team, deputy: User) -> None:
    browser = signed_in_client(team.lead)
    address = "/breaches/rota/pattern/"

    looked = browser.post(address, sent(team, deputy, look="1"))
    assert (looked.status_code, Shift.objects.count()) == (200, 0)
    assert "7 nöbet eklenecek" in looked.content.decode()

    assert browser.post(address, sent(team, deputy)).status_code == 302
    again = browser.post(address, sent(team, deputy))

    assert (again.status_code, Shift.objects.count()) == (422, 7)
    assert "zaten nöbet var" in again.content.decode()


def test_bad_input_of_a_pattern_is_told_at_its_field(team: Team, deputy: User) -> None:
    answer = signed_in_client(team.lead).post(
        "/breaches/rota/pattern/", sent(team, deputy, starts="25:99", weekdays=[], length=0, until="yarın")
    )

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"starts", "weekdays", "length", "until"}


def test_only_planners_open_the_pattern(team: Team) -> None:
    assert signed_in_client(team.officer).get("/breaches/rota/pattern/").status_code == 403
    assert signed_in_client(team.officer).get("/breaches/rota/").status_code == 200


def test_the_ticked_windows_are_taken_off_together_or_not_at_all(team: Team, deputy: User) -> None:
    shifts = planned(team, deputy)
    browser = signed_in_client(team.lead)

    gone = browser.post("/breaches/rota/cancel/", {"window": [one.pk for one in shifts[:3]]})
    assert (gone.status_code, Shift.objects.filter(cancelled_by=team.lead).count()) == (302, 3)

    with pytest.raises(WrongState):
        rota.cancel_all([shifts[3].pk, shifts[0].pk], by=team.lead)
    assert browser.post("/breaches/rota/cancel/", {"window": ["x", "²"]}).status_code == 302
    assert Shift.objects.filter(cancelled_by=team.lead).count() == 3


def test_the_page_shows_gaps(team: Team) -> None:
    assert "saatlerde nöbetçi yok" in signed_in_client(team.officer).get("/breaches/rota/").content.decode()


def test_programs_plan_a_pattern_and_ask_for_gaps(team: Team, deputy: User) -> None:
    program = program_of(team.lead)
    before = program.get("breach-rota/gaps/").json()["results"]

    made = program.post("breach-rota/pattern/", sent(team, deputy))
    refused = program_of(team.officer).post("breach-rota/pattern/", sent(team, deputy))

    assert (made.status_code, len(made.json()["results"]), refused.status_code) == (201, 7, 403)
    assert before != program.get("breach-rota/gaps/").json()["results"]
    assert program_of(team.it_officer).get("breach-rota/gaps/").status_code == 403
    assert len(program.get("breach-rota/gaps/?weeks=8").json()["results"]) > len(before)
    assert program.get("breach-rota/gaps/?weeks=9").status_code == 400
