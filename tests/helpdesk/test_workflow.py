"""The rules of 5.3.6 beyond what holds for every flow."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from helpdesk import workflow
from helpdesk.models import State, SupplyState, Ticket
from helpdesk.services import supplies
from processes.errors import NotPermitted, RuleBroken, WrongState
from processes.models import CaseLink, InboxItem, StepRunOutcome
from tests.helpdesk.conftest import Team, walked


def test_a_request_goes_through_all_seven_steps(team: Team, ticket: Ticket) -> None:
    done = walked(ticket, team, until="inform")

    assert done.state == State.CLOSED
    assert done.closed_by == team.officer
    taken = list(done.runs.order_by("entered_at", "id").values_list("step__number", "outcome"))
    assert taken == [
        ("5.3.6.1", "done"),
        ("5.3.6.2", "done"),
        ("5.3.6.3", "done"),
        ("5.3.6.4", "skipped"),
        ("5.3.6.5", "done"),
        ("5.3.6.5", "done"),
        ("5.3.6.6", "done"),
    ]


def test_the_lead_and_the_applicant_are_told_when_it_closes(team: Team, ticket: Ticket) -> None:
    InboxItem.objects.all().delete()

    walked(ticket, team, until="inform")

    told = set(InboxItem.objects.filter(text__contains="informed").values_list("user", flat=True))
    assert told == {team.lead.pk}
    assert InboxItem.objects.filter(user=team.applicant, text__contains="concluded").count() == 1


def test_supply_waits_for_what_is_still_missing(team: Team, ticket: Ticket) -> None:
    ticket = walked(ticket, team, until="plan")
    item = supplies.add(ticket, by=team.officer, name="Ağ anahtarı")

    with pytest.raises(RuleBroken, match="Ağ anahtarı"):
        workflow.supply(ticket, by=team.officer, note="Depodan")
    supplies.mark(item, by=team.officer, state=SupplyState.RECEIVED)

    assert workflow.supply(ticket, by=team.officer, note="Depodan").state == State.SUPPLIED


def test_nothing_needed_contradicts_a_list(team: Team, ticket: Ticket) -> None:
    ticket = walked(ticket, team, until="plan")
    item = supplies.add(ticket, by=team.officer, name="Kablo")
    supplies.mark(item, by=team.officer, state=SupplyState.RECEIVED)

    with pytest.raises(RuleBroken) as refused:
        workflow.supply(ticket, by=team.officer, nothing_needed=True)

    assert set(refused.value.fields) == {"nothing_needed"}


def test_supply_says_what_was_procured_or_that_nothing_was(team: Team, ticket: Ticket) -> None:
    ticket = walked(ticket, team, until="plan")

    with pytest.raises(RuleBroken) as refused:
        workflow.supply(ticket, by=team.officer)

    assert set(refused.value.fields) == {"note"}


def test_the_supply_list_is_closed_before_the_assessment_and_after_the_supply(
    team: Team, ticket: Ticket
) -> None:
    with pytest.raises(WrongState):
        supplies.add(ticket, by=team.officer, name="Kablo")
    later = walked(ticket, team, until="supply")
    with pytest.raises(WrongState):
        supplies.add(later, by=team.officer, name="Kablo")


def test_only_an_officer_is_directed(team: Team, ticket: Ticket) -> None:
    ticket = walked(ticket, team, until="supply")

    with pytest.raises(RuleBroken) as refused:
        workflow.assign(ticket, by=team.lead, assignee=team.applicant)

    assert set(refused.value.fields) == {"assignee"}


def test_an_answer_by_letter_waits_for_its_registration(team: Team, ticket: Ticket) -> None:
    ticket = walked(ticket, team, until="solve")

    with pytest.raises(RuleBroken) as refused:
        workflow.inform(ticket, by=team.officer, answer_channel="letter", answer_note="Yazıyla bildirildi.")

    assert set(refused.value.fields) == {"answer_channel"}


def test_the_applicant_reopens_within_the_period(team: Team, ticket: Ticket) -> None:
    closed = walked(ticket, team, until="inform")

    again = workflow.reopen(closed, by=team.applicant, reason="Yine koptu.")

    assert (again.state, again.reopenings, again.closed_at) == (State.ASSIGNED, 1, None)
    assert again.step is not None
    assert again.step.key == "solve"


def test_nobody_reopens_after_the_period(team: Team, ticket: Ticket) -> None:
    closed = walked(ticket, team, until="inform")
    long_ago = timezone.now() - timedelta(days=40)
    Ticket.objects.filter(pk=closed.pk).update(opened_at=long_ago, closed_at=long_ago)

    with pytest.raises(RuleBroken, match="15"):
        workflow.reopen(Ticket.objects.get(pk=closed.pk), by=team.applicant, reason="Yine koptu.")


def test_a_stranger_neither_reopens_nor_rates(team: Team, ticket: Ticket) -> None:
    closed = walked(ticket, team, until="inform")

    with pytest.raises(NotPermitted):
        workflow.reopen(closed, by=team.outsider, reason="Yine koptu.")
    with pytest.raises(NotPermitted):
        workflow.rate(closed, by=team.officer, satisfaction=5)


def test_rating_does_not_move_the_day_it_closed(team: Team, ticket: Ticket) -> None:
    closed = walked(ticket, team, until="inform")

    rated = workflow.rate(closed, by=team.applicant, satisfaction=4)

    assert (rated.satisfaction, rated.closed_at, rated.closed_by) == (4, closed.closed_at, team.officer)


def test_a_duplicate_ends_and_stays_linked(team: Team, ticket: Ticket) -> None:
    other = workflow.report(by=team.officer, title="İnternet yok", applicant=team.applicant)

    merged = workflow.merge(other, by=team.officer, into=ticket)

    assert merged.state == State.MERGED
    assert ticket.number in merged.outcome
    assert CaseLink.objects.filter(source=other, target=ticket, kind="duplicate").exists()


def test_a_request_is_not_merged_into_itself_or_a_closed_one(team: Team, ticket: Ticket) -> None:
    closed = walked(
        workflow.report(by=team.officer, title="Eski", applicant=team.applicant), team, until="inform"
    )

    for target in (ticket, closed):
        with pytest.raises(RuleBroken):
            workflow.merge(ticket, by=team.officer, into=target)
    ticket.refresh_from_db()
    assert ticket.state == State.REPORTED


def test_handing_over_to_a_sub_process_kept_elsewhere_tells_its_people(team: Team, ticket: Ticket) -> None:
    from accounts.roles import Role
    from tests.accounts.people import person

    receiver = person(Role.HIS_OFFICER)

    handed = workflow.hand_over(ticket, by=team.officer, to="5.3.4", reason="Veri gönderimi isteği.")

    assert handed.state == State.HANDED_OVER
    assert "5.3.4" in handed.outcome
    assert InboxItem.objects.filter(user=receiver, case=handed.pk).exists() or not receiver_takes_first_step(
        receiver
    )


def receiver_takes_first_step(user: object) -> bool:
    """Whether the catalogue names this person's role for the first step of 5.3.4."""
    from processes import catalogue

    first = catalogue.sheet(catalogue.approved("5.3.4").pk).steps[0]
    return "his_officer" in first.roles


def test_the_runs_left_behind_by_another_way_are_marked(team: Team, ticket: Ticket) -> None:
    withdrawn = workflow.withdraw(ticket, by=team.applicant, reason="Düzeldi.")

    assert withdrawn.runs.get(step__key="assess").outcome == StepRunOutcome.LEFT
