"""What a decision begins is asked for until its sanction, or that there is none, is recorded; closing waits for it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from incidents import awaiting, following, queries, workflow
from incidents.models import Breach, FollowUp, State, Task
from incidents.services import checklists, sanctions
from processes.errors import NotPermitted, RuleBroken, WrongState
from processes.models import InboxItem
from tests.accounts.people import signed_in_client
from tests.incidents.walking import Team, concluded, decide, report, walked


def awaited(breach: Breach) -> list[str]:
    return list(breach.tasks.awaiting().order_by("awaits").values_list("awaits", flat=True))


def recorded(breach: Breach, team: Team, **values: Any) -> None:
    given: dict[str, Any] = {"kind": "warning", "decided_by": "Disiplin Kurulu"} | values
    sanctions.record(breach, by=team.officer, decided_on=timezone.localdate(), **given)


def close(breach: Breach, team: Team) -> Breach:
    return workflow.inform(breach, by=team.officer, answer_channel="telephone", answer_note="Arandı.")


@pytest.mark.parametrize(
    ("decision", "expected"),
    [("disciplinary", ["discipline"]), ("judicial", ["court"]), ("both", ["court", "discipline"]), ("neither", [])],
)  # fmt: skip
def test_each_decision_is_asked_about(team: Team, breach: Breach, decision: str, expected: list[str]) -> None:
    assert awaited(decide(breach, team, decision)) == expected


def test_it_is_due_on_the_desk_and_stands_in_the_way_of_closing(team: Team, breach: Breach) -> None:
    prevented = walked(breach, team, until="prevent")

    with pytest.raises(RuleBroken, match="Disiplin soruşturmasının sonucunu kaydet"):
        close(prevented, team)

    (due,) = FollowUp.objects.filter(breach=breach, kind="sanction").told()
    assert due.due_on == timezone.localdate() + timedelta(days=60)
    assert due.get_absolute_url() == f"{breach.get_dossier_url()}#sanctions"
    assert (
        "Disiplin soruşturmasının"
        in signed_in_client(team.lead).get("/breaches/follow-ups/").content.decode()
    )


def test_a_sanction_that_ends_the_proceedings_lets_it_close(team: Team, breach: Breach) -> None:
    prevented = walked(breach, team, until="prevent")
    recorded(prevented, team, kind="training")
    assert awaited(prevented) == ["discipline"]

    recorded(prevented, team, concludes="discipline", reference="2026/7")

    assert close(prevented, team).state == State.CLOSED
    assert Task.objects.get(awaits="discipline").note == "Uyarma · Disiplin Kurulu · 2026/7"
    assert not FollowUp.objects.filter(kind="sanction").exists()


def test_that_there_is_no_sanction_is_an_answer_too(team: Team, breach: Breach) -> None:
    prevented = walked(breach, team, until="prevent")
    recorded(prevented, team, kind="none", concludes="discipline")

    assert close(prevented, team).state == State.CLOSED


def test_ticking_the_task_off_is_no_answer(team: Team, breach: Breach) -> None:
    walked(breach, team, until="decide")

    for outcome in ("done", "not_needed"):
        with pytest.raises(RuleBroken):
            checklists.settle(Task.objects.get(awaits="discipline"), by=team.lead, outcome=outcome, note="x")


def test_what_is_not_awaited_is_not_concluded(team: Team, breach: Breach) -> None:
    walked(breach, team, until="decide")

    with pytest.raises(RuleBroken) as refused:
        recorded(breach, team, concludes="court")

    assert set(refused.value.fields) == {"concludes"}
    assert not breach.sanctions.exists()


def test_the_lead_lets_it_close_without_waiting_and_it_stays_due(team: Team, breach: Breach) -> None:
    prevented = walked(breach, team, until="prevent", decision="judicial")
    court = checklists.court_task(prevented)
    assert court is not None
    checklists.settle(court, by=team.officer, note="Yazı E-1.")
    task = Task.objects.get(awaits="court")
    day = timezone.localdate() + timedelta(days=200)
    with pytest.raises(NotPermitted):
        sanctions.do_not_wait(task, by=team.officer, due_on=day, reason="Dava sürüyor.")

    sanctions.do_not_wait(task, by=team.lead, due_on=day, reason="Dava sürüyor.")

    assert close(prevented, team).state == State.CLOSED
    assert FollowUp.objects.get(kind="sanction").due_on == day
    recorded(prevented, team, kind="court", concludes="court")
    with pytest.raises(WrongState):
        sanctions.do_not_wait(task, by=team.lead, due_on=day, reason="Dava sürüyor.")


@pytest.mark.parametrize("days", [-1, 0, 800])
def test_the_day_to_ask_again_lies_ahead(team: Team, breach: Breach, days: int) -> None:
    walked(breach, team, until="decide")

    with pytest.raises(RuleBroken) as refused:
        sanctions.do_not_wait(
            Task.objects.get(awaits="discipline"),
            by=team.lead,
            due_on=timezone.localdate() + timedelta(days=days),
            reason="Soruşturma sürüyor.",
        )

    assert set(refused.value.fields) == {"due_on"}


def test_the_leads_are_reminded_on_the_day_and_every_week(team: Team, breach: Breach) -> None:
    walked(breach, team, until="decide")
    InboxItem.objects.all().delete()
    due = timezone.now() + timedelta(days=60)

    counts = [following.tell_due(due + timedelta(days=days)) for days in (-1, 0, 1, 7, 14)]

    assert counts == [0, 1, 0, 1, 1]
    assert InboxItem.objects.filter(user=team.lead, text=following.SANCTION).count() == 3


def test_a_working_day_begins_with_what_is_due(team: Team, breach: Breach) -> None:
    walked(breach, team, until="decide")
    Task.objects.filter(awaits="discipline").update(due_on=timezone.localdate())

    assert [str(one.text) for one in queries.urgent(team.lead)] == [
        "İhlaller: 1 izleme işinin günü geldi – yaptırım, bildirim, engel, değerlendirme, eylem."
    ]
    assert queries.urgent(team.it_officer) == []


def test_decided_anew_only_what_is_called_for_is_awaited(team: Team, breach: Breach) -> None:
    closed = walked(breach, team, until="inform", decision="disciplinary")
    opened = workflow.reopen(closed, by=team.lead, reason="Yeni bilgi.")
    decided = decide(opened, team, "disciplinary")
    assert awaited(decided) == ["discipline"]
    workflow.refer(decided, by=team.lead, referral_number="E-2", referral_date=timezone.localdate())
    concluded(breach, team.lead)

    again = workflow.report(by=team.officer, title="Başka", channel="telephone", personal_data="no")
    decide(again, team, "both")
    Breach.objects.filter(pk=again.pk).update(state="reported")
    again.refresh_from_db()
    sanctions_left = awaited(again)

    assert (awaited(breach), sanctions_left) == ([], ["court", "discipline"])


def test_a_breach_merged_into_another_awaits_nothing(team: Team, breach: Breach) -> None:
    decided = walked(breach, team, until="decide")

    workflow.merge(decided, by=team.officer, into=report(team), reason="Aynı olay.")

    assert awaited(decided) == []


def test_breaches_decided_before_are_asked_about_once(team: Team) -> None:
    old, closed = walked(report(team), team, until="decide"), walked(report(team), team, until="inform")
    Task.objects.exclude(awaits="").delete()
    closed.sanctions.all().delete()

    counts = [awaiting.ask_where_missing(timezone.now()) for _time in range(2)]

    assert counts == [2, 0]
    assert Task.objects.get(breach=old, awaits="discipline").is_mandatory
    assert not Task.objects.get(breach=closed, awaits="discipline").is_mandatory
