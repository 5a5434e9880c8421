"""Those on call are told one after the other, on a moved clock, until somebody acknowledges."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from incidents import alerting, reminding, workflow
from incidents.models import Alert, Breach, Shift
from incidents.services import assessment, rota
from processes import outbox
from processes.errors import NotPermitted, RuleBroken, WrongState
from processes.models import InboxItem
from processes.services import cases
from tests.accounts.people import person
from tests.incidents.walking import Team, report


@pytest.fixture
def deputy(db: None) -> User:
    return person(Role.HIS_OFFICER, email="vekil@mudurluk.example")


@pytest.fixture
def shift(team: Team, deputy: User) -> Shift:
    now = timezone.now()
    return rota.plan(
        by=team.lead,
        officer=team.officer,
        deputy=deputy,
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(hours=11),
    )


def told(breach: Breach) -> list[User]:
    return [alert.person for alert in Alert.objects.filter(breach=breach).order_by("rank")]


def minutes(count: int, since: datetime) -> datetime:
    return since + timedelta(minutes=count)


def test_the_officer_on_call_is_told_when_the_breach_comes_in(team: Team, shift: Shift) -> None:
    breach = report(team, by=team.lead, level="A")

    alert = Alert.objects.get(breach=breach)

    assert (alert.person, alert.rank, alert.answer_by - alert.told_at) == (
        team.officer,
        0,
        timedelta(minutes=15),
    )
    assert InboxItem.objects.filter(user=team.officer, path=breach.get_absolute_url()).count() == 1


def test_without_an_answer_the_deputy_the_lead_and_the_head_follow(
    team: Team, shift: Shift, deputy: User
) -> None:
    breach = report(team, level="A")
    begin = Alert.objects.get(breach=breach).told_at

    counts = [alerting.pass_on_due(minutes(count, begin)) for count in (14, 15, 16, 30, 45, 60, 75)]

    assert counts == [0, 1, 0, 1, 1, 0, 0]
    assert told(breach) == [team.officer, deputy, team.lead, team.head]
    assert Alert.objects.unanswered().get().person == team.head


def test_passing_on_twice_at_one_moment_tells_one_person(team: Team, shift: Shift, deputy: User) -> None:
    breach = report(team, level="B")
    due = minutes(15, Alert.objects.get(breach=breach).told_at)

    assert [alerting.pass_on_due(due), alerting.pass_on_due(due)] == [1, 0]
    assert told(breach) == [team.officer, deputy]


def test_an_acknowledgement_ends_the_chain(team: Team, shift: Shift) -> None:
    breach = report(team, level="A")

    alert = alerting.acknowledge(breach, by=team.officer)

    assert (alert.acknowledged_by, alert.rank) == (team.officer, 0)
    assert alerting.pass_on_due(timezone.now() + timedelta(days=1)) == 0
    with pytest.raises(WrongState):
        alerting.acknowledge(breach, by=team.lead)


def test_who_takes_it_on_has_it_on_the_desk(team: Team, shift: Shift) -> None:
    breach = report(team, level="A")
    alerting.acknowledge(breach, by=team.officer)

    breach.refresh_from_db()
    assert breach.assignee == team.officer
    assert team.officer in reminding.people_to_remind(breach, timezone.now())


def test_a_breach_stays_on_the_desk_it_is_on(team: Team, shift: Shift) -> None:
    breach = report(team, level="A")
    cases.assign(breach, by=team.lead, to=team.head)

    alerting.acknowledge(breach, by=team.officer)

    breach.refresh_from_db()
    assert breach.assignee == team.head


def test_a_decision_ends_the_chain_as_well(team: Team, shift: Shift) -> None:
    breach = report(team, level="A")
    workflow.dismiss(breach, by=team.lead, reason="Tatbikat.")

    assert alerting.pass_on_due(timezone.now() + timedelta(days=1)) == 0


def test_a_stranger_does_not_acknowledge(team: Team, shift: Shift) -> None:
    with pytest.raises(NotPermitted):
        alerting.acknowledge(report(team), by=team.reporter)


def test_a_suspicion_waits_longer_until_it_turns_out_to_be_more(team: Team, shift: Shift) -> None:
    breach = report(team, level="C")
    alert = Alert.objects.get(breach=breach)
    assert alert.answer_by - alert.told_at == timedelta(minutes=60)

    assessment.change(
        breach,
        by=team.officer,
        level="A",
        category=None,
        personal_data="yes",
        learned_at=breach.learned_at,
        reported_at=breach.reported_at,
    )

    alert.refresh_from_db()
    assert alert.answer_by - alert.told_at == timedelta(minutes=15)


def test_what_is_still_going_on_does_not_wait_as_a_suspicion(team: Team, shift: Shift, deputy: User) -> None:
    breach = report(team, level="C", is_ongoing=True)
    first = Alert.objects.get(breach=breach)

    counts = [alerting.pass_on_due(minutes(count, first.told_at)) for count in (14, 15, 30)]

    assert counts == [0, 1, 1]
    assert told(breach) == [team.officer, deputy, team.lead]
    assert breach.description == "Bildiren, olayın hâlâ sürdüğünü söylüyor."


@pytest.mark.parametrize(("answer", "minutes_given"), [("yes", 15), ("no", 60), ("", 60)])
def test_the_public_is_asked_whether_it_is_still_going_on(
    team: Team, shift: Shift, answer: str, minutes_given: int
) -> None:
    told_at_once = {"title": "Ekran açık", "description": "Ekranda liste var.", "is_ongoing": answer}

    assert Client().post("/ihlal-bildirimi/", told_at_once).status_code == 200

    alert = Alert.objects.get()
    assert alert.answer_by - alert.told_at == timedelta(minutes=minutes_given)


def test_without_a_rota_the_lead_is_told(team: Team) -> None:
    assert told(report(team, level="A")) == [team.lead]


def test_the_mail_says_nothing_of_the_matter(team: Team, shift: Shift) -> None:
    breach = report(team, level="A", title="Gizli konu", description="Ayrıntı")

    outbox.send_due()

    (letter,) = [one for one in mail.outbox if "/breaches/alerts/" in one.body]
    text = f"{letter.subject}{letter.body}"
    assert letter.to == ["gorevli@mudurluk.example"]
    assert not any(word in text for word in ("Gizli konu", "Ayrıntı", breach.number, team.reporter.last_name))


def test_nothing_is_mailed_once_somebody_acknowledged(team: Team, shift: Shift) -> None:
    alerting.acknowledge(report(team, level="A"), by=team.officer)

    outbox.send_due()

    assert mail.outbox == []


def test_windows_do_not_overlap(team: Team, shift: Shift, deputy: User) -> None:
    with pytest.raises(RuleBroken):
        rota.plan(
            by=team.lead,
            officer=deputy,
            deputy=team.officer,
            starts_at=shift.ends_at - timedelta(minutes=1),
            ends_at=shift.ends_at + timedelta(hours=8),
        )


def test_the_next_window_begins_where_the_last_ends(team: Team, shift: Shift, deputy: User) -> None:
    following = rota.plan(
        by=team.head, officer=deputy, deputy=team.officer, starts_at=shift.ends_at, ends_at=shift.ends_at + timedelta(hours=8)
    )  # fmt: skip

    assert Shift.objects.at(shift.ends_at).get() == following


def test_a_window_taken_off_makes_room(team: Team, shift: Shift, deputy: User) -> None:
    rota.cancel(shift, by=team.lead)

    again = rota.plan(
        by=team.lead, officer=deputy, deputy=team.officer, starts_at=shift.starts_at, ends_at=shift.ends_at
    )

    assert Shift.objects.at(timezone.now()).get() == again


def test_only_people_who_know_of_breaches_are_on_call(team: Team, deputy: User) -> None:
    with pytest.raises(RuleBroken) as refused:
        rota.plan(
            by=team.lead,
            officer=team.it_officer,
            deputy=deputy,
            starts_at=timezone.now(),
            ends_at=timezone.now() + timedelta(hours=8),
        )

    assert set(refused.value.fields) == {"officer"}


def test_only_the_lead_and_the_head_plan(team: Team, deputy: User) -> None:
    now = timezone.now()
    with pytest.raises(NotPermitted):
        rota.plan(
            by=team.officer,
            officer=team.officer,
            deputy=deputy,
            starts_at=now,
            ends_at=now + timedelta(hours=1),
        )


def test_alerts_that_reached_the_end_of_the_chain_keep_no_new_one_waiting(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerting, "AT_ONCE", 2)
    now = timezone.now()
    old = [report(team, title=f"Eski {place}", level="A", now=now) for place in range(3)]
    for hours in (1, 2, 3):
        alerting.pass_on_due(now + timedelta(hours=hours))
    late = now + timedelta(hours=9)
    fresh = report(team, title="Yeni", level="A", now=late)

    passed_on = alerting.pass_on_due(late + timedelta(minutes=15))

    assert {len(told(one)) for one in old} == {2}  # the lead and the unit head: nobody is left
    assert (passed_on, told(fresh)) == (1, [team.lead, team.head])


def test_many_alerts_due_at_once_are_all_passed_on(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alerting, "AT_ONCE", 2)
    now = timezone.now()
    for place in range(5):
        report(team, title=f"İhlal {place}", level="A", now=now)

    assert alerting.pass_on_due(now + timedelta(minutes=15)) == 5


def test_where_the_chain_had_ended_it_goes_on_with_somebody_new(team: Team) -> None:
    now = timezone.now()
    breach = report(team, level="A", now=now)
    for hours in (1, 2):
        alerting.pass_on_due(now + timedelta(hours=hours))
    newcomer = person(Role.HIS_LEAD)

    counts = [alerting.pass_on_due(now + timedelta(hours=hours)) for hours in (3, 4)]

    assert (counts, told(breach)) == ([1, 0], [team.lead, team.head, newcomer])
