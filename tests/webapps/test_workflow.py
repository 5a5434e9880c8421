"""A letter's way through 5.3.7: each user decided apart, steps without a line passed by."""

from __future__ import annotations

import pytest

from audit.queries import entries_of
from processes.errors import RuleBroken
from processes.models import InboxItem
from tests.accounts.people import signed_in_client
from tests.webapps.conftest import Team, keys
from webapps import workflow
from webapps.lines import Entry
from webapps.models import (
    AccessRequest,
    Application,
    AppRole,
    Authority,
    Operation,
    RequestLine,
    Standing,
    State,
)


def taken(asked: AccessRequest) -> list[tuple[str, str]]:
    """The official steps a request went through."""
    runs = asked.runs.order_by("entered_at", "id").values_list("step__number", "outcome")
    return [(number, outcome) for number, outcome in runs if outcome]


def test_a_letter_with_three_users_is_decided_user_by_user(team: Team) -> None:
    asked = team.ask(
        team.entry(team.staff(), role=team.checked), team.entry(team.staff()), team.entry(team.staff())
    )
    _first, second, third = keys(asked)

    asked = workflow.evaluate(asked, by=team.lead)
    assert (asked.state, asked.lines_refused, asked.lines_left) == (State.EVALUATED, 1, 2)
    asked = workflow.reject(asked, by=team.lead)
    assert asked.state == State.ACCEPTED
    asked = workflow.perform(asked, by=team.lead, done=[second], evidence="Kayıt 12", ticket="YD-7")
    assert asked.state == State.SUPPORT
    asked = workflow.escalate(asked, by=team.lead, solved=[third], answer="Tanımlandı.")
    asked = workflow.inform(asked, by=team.lead, answer_channel="portal", answer_note="Bildirildi.")

    assert asked.state == State.CLOSED
    assert taken(asked) == [(f"5.3.7.{step}", "done") for step in range(1, 7)]
    lines = RequestLine.objects.filter(request=asked.pk).order_by("position")
    assert [(line.standing, line.reason, line.support_number) for line in lines] == [
        (Standing.REFUSED, "Eğitim belgesi sunulmamıştır.", ""),
        (Standing.DONE, "", ""),
        (Standing.DONE, "", "YD-7"),
    ]
    assert "2" in asked.outcome


def test_steps_without_a_line_are_passed_by(team: Team) -> None:
    asked = team.grant(team.staff())

    assert taken(asked) == [
        ("5.3.7.1", "done"),
        ("5.3.7.2", "done"),
        ("5.3.7.4", "done"),
        ("5.3.7.6", "done"),
    ]


def test_a_letter_in_which_everybody_is_rejected_goes_on_to_the_answer(team: Team) -> None:
    asked = team.ask(team.entry(team.staff(), role=team.checked))

    asked = workflow.reject(workflow.evaluate(asked, by=team.lead), by=team.lead)

    assert asked.state == State.SETTLED
    assert asked.step is not None
    assert asked.step.number == "5.3.7.6"
    assert not Authority.objects.exists()
    assert InboxItem.objects.filter(user=team.head, case=asked.pk).exists()


def test_a_ticked_condition_accepts_and_its_answer_is_kept(team: Team) -> None:
    asked = team.ask(team.entry(team.staff(), role=team.checked))
    line = RequestLine.objects.get(request=asked.pk)
    condition = team.checked.conditions.get()

    asked = workflow.evaluate(asked, by=team.lead, met=[f"{line.pk}-{condition.pk}"])

    assert asked.state == State.ACCEPTED
    assert list(line.checks.values_list("condition", "is_met")) == [(condition.pk, True)]


def test_removing_asks_no_condition(team: Team) -> None:
    who = team.staff()
    team.grant(who, role=team.checked)

    asked = workflow.evaluate(team.ask(team.entry(who, Operation.REMOVE, team.checked)), by=team.lead)

    assert asked.state == State.ACCEPTED


def test_rejecting_for_another_reason_needs_that_reason(team: Team) -> None:
    asked = team.ask(team.entry(team.staff()))

    with pytest.raises(RuleBroken) as refused:
        workflow.evaluate(asked, by=team.lead, refused=keys(asked))
    assert set(refused.value.fields) == {"refusal"}
    asked = workflow.evaluate(asked, by=team.lead, refused=keys(asked), refusal="Görev yeri uygun değil.")

    assert RequestLine.objects.get(request=asked.pk).reason == "Görev yeri uygun değil."


def test_what_the_unit_cannot_do_needs_the_number_of_the_support(team: Team) -> None:
    asked = workflow.evaluate(team.ask(team.entry(team.staff())), by=team.lead)

    with pytest.raises(RuleBroken) as refused:
        workflow.perform(asked, by=team.lead)
    assert set(refused.value.fields) == {"ticket"}
    asked = workflow.perform(asked, by=team.lead, ticket="YD-1")

    assert asked.runs.get(step__key="perform").outcome == "skipped"
    assert asked.step is not None
    assert (asked.step.key, asked.step.planned_days) == ("escalate", 3)


def of_two_applications(team: Team) -> AccessRequest:
    """A request about users of two applications, ready to be carried out."""
    other = Application.objects.create(
        code="EKIP", name="Ekip Takip", owner="Bakanlık", support_channel="YDS"
    )
    role = AppRole.objects.create(application=other, code="OKU", name="Okuyucu")
    there = Entry(other, team.staff(), Operation.AUTHORISE, role)
    return workflow.evaluate(team.ask(team.entry(team.staff()), there), by=team.lead)


def test_each_application_goes_to_the_support_under_its_own_number(team: Team) -> None:
    asked = of_two_applications(team)
    here = team.application.code

    for text in (
        "YD-1",
        f"{here}: YD-1",
        f"{here}: YD-1\nEKIP: E-2\nBASKA: 3",
        f"{here}: YD-1\nEKIP: {'9' * 41}",
    ):
        with pytest.raises(RuleBroken) as refused:
            workflow.perform(asked, by=team.lead, ticket=text)
        assert set(refused.value.fields) == {"ticket"}
    workflow.perform(asked, by=team.lead, ticket=f"{here}: YD-1\nEKIP: E-2")

    numbers = RequestLine.objects.filter(request=asked.pk).values_list("application__code", "support_number")
    assert dict(numbers) == {here: "YD-1", "EKIP": "E-2"}


def test_the_page_asks_for_a_number_for_each_application(team: Team) -> None:
    asked = of_two_applications(team)
    client = signed_in_client(team.lead)
    here = team.application.code
    page = client.get(asked.get_absolute_url()).content.decode()
    assert f'name="ticket-{here}"' in page
    assert 'name="ticket-EKIP"' in page

    url = f"{asked.get_absolute_url()}steps/perform/"
    half = client.post(url, {f"ticket-{here}": "YD-1", "ticket-EKIP": "", "version": asked.version})
    assert half.status_code == 422
    assert 'value="YD-1"' in half.content.decode()
    client.post(url, {f"ticket-{here}": "YD-1", "ticket-EKIP": "E-2", "version": asked.version})

    lines = RequestLine.objects.filter(request=asked.pk)
    assert {line.support_number for line in lines} == {"YD-1", "E-2"}


def test_a_role_of_the_support_is_not_done_by_the_unit(team: Team) -> None:
    type(team.plain).objects.filter(pk=team.plain.pk).update(by_support=True)
    asked = workflow.evaluate(team.ask(team.entry(team.staff())), by=team.lead)

    with pytest.raises(RuleBroken) as refused:
        workflow.perform(asked, by=team.lead, done=keys(asked), evidence="Kayıt")

    assert set(refused.value.fields) == {"done"}


def test_nothing_is_done_without_evidence(team: Team) -> None:
    asked = workflow.evaluate(team.ask(team.entry(team.staff())), by=team.lead)

    with pytest.raises(RuleBroken) as refused:
        workflow.perform(asked, by=team.lead, done=keys(asked))

    assert set(refused.value.fields) == {"evidence"}


def test_what_the_support_did_not_solve_is_rejected_with_its_answer(team: Team) -> None:
    asked = workflow.evaluate(team.ask(team.entry(team.staff())), by=team.lead)
    asked = workflow.perform(asked, by=team.lead, ticket="YD-1")

    asked = workflow.escalate(asked, by=team.lead, answer="Kullanıcı merkezde kayıtlı değil.")

    line = RequestLine.objects.get(request=asked.pk)
    assert (line.standing, line.reason) == (Standing.REFUSED, "Kullanıcı merkezde kayıtlı değil.")
    assert (asked.lines_refused, asked.lines_left) == (1, 0)


def test_a_letter_of_text_alone_waits_for_its_users(team: Team) -> None:
    asked = team.ask()
    with pytest.raises(RuleBroken, match="kullanıcıları"):
        workflow.evaluate(asked, by=team.lead)

    asked = workflow.enter(asked, by=team.officer, lines=[team.entry(team.staff())])

    assert workflow.evaluate(asked, by=team.lead).state == State.ACCEPTED


def test_fewer_users_entered_again_take_the_others_off(team: Team) -> None:
    first, second, third = team.staff(), team.staff(), team.staff()
    asked = team.ask(team.entry(first), team.entry(second), team.entry(third))

    asked = workflow.enter(asked, by=team.head, lines=[team.entry(second), team.entry(first)])

    lines = RequestLine.objects.filter(request=asked.pk).order_by("position")
    assert [line.employee for line in lines] == [second, first]
    assert asked.lines_total == 2


def test_a_line_of_another_request_is_refused(team: Team) -> None:
    other = team.ask(team.entry(team.staff()))
    asked = workflow.evaluate(team.ask(team.entry(team.staff())), by=team.lead)

    with pytest.raises(RuleBroken) as refused:
        workflow.perform(asked, by=team.lead, done=keys(other), evidence="Kayıt")

    assert set(refused.value.fields) == {"done"}


def test_an_answer_by_letter_waits_for_its_registration(team: Team) -> None:
    asked = workflow.evaluate(team.ask(team.entry(team.staff())), by=team.lead)
    asked = workflow.perform(asked, by=team.lead, done=keys(asked), evidence="Kayıt")

    with pytest.raises(RuleBroken) as refused:
        workflow.inform(asked, by=team.lead, answer_channel="letter", answer_note="Yazıldı.")

    assert set(refused.value.fields) == {"answer_channel"}


def test_each_line_and_each_authority_tells_its_own_change(team: Team) -> None:
    asked = team.grant(team.staff())

    line = RequestLine.objects.get(request=asked.pk)
    assert [(entry.event, entry.step) for entry in entries_of(line)] == [
        ("changed", "perform"),
        ("changed", "evaluate"),
        ("created", "request"),
    ]
    assert [entry.step for entry in entries_of(line.grants.get())] == ["perform"]
