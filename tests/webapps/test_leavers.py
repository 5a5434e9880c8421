"""Nobody who left keeps or gets access: the request that ends it is not lost, and nothing is granted afterwards."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Employee
from accounts.services import staff
from processes.errors import NotPermitted
from tests.accounts.people import signed_in_client
from tests.webapps.conftest import Team, keys
from webapps import clauses, queries, reviewing, workflow
from webapps.models import AccessRequest, Authority, Operation, Origin, RequestLine, Standing, State

GONE = "görevden ayrıldı; yetki verilemez"


def left_with_access(team: Team) -> tuple[Employee, AccessRequest]:
    """Somebody who left, and the request that was raised."""
    who = team.staff()
    team.grant(who)
    who = staff.leave(who, by=team.officer)
    return who, AccessRequest.objects.get(origin=Origin.LEAVER)


def test_the_institution_neither_withdraws_nor_rewrites_what_was_raised(team: Team) -> None:
    _who, asked = left_with_access(team)

    for step in ("withdraw", "enter"):
        refusal = workflow.FLOW.refusal(step, asked, team.head)
        assert refusal is not None
        assert "yalnızca bilgi işlem personeli" in str(refusal)
        assert workflow.FLOW.refusal(step, asked, team.officer) is None
    with pytest.raises(NotPermitted):
        workflow.withdraw(asked, by=team.head, reason="Gerek yok")
    with pytest.raises(NotPermitted):
        workflow.enter(asked, by=team.head, lines=[team.entry(team.staff())])
    page = signed_in_client(team.head).get(asked.get_absolute_url()).content.decode()

    assert f"{asked.get_absolute_url()}steps/withdraw/" not in page
    assert asked.lines.get().operation == Operation.DEACTIVATE
    assert clauses.current() == []


def test_what_an_institution_asked_for_itself_it_still_withdraws(team: Team) -> None:
    asked = team.ask(team.entry(team.staff()))

    assert workflow.withdraw(asked, by=team.head, reason="Gerek kalmadı.").state == State.WITHDRAWN


def test_a_review_s_request_is_not_the_institution_s_to_withdraw(team: Team) -> None:
    team.grant(team.staff())
    review = reviewing.begin(
        by=team.officer,
        title="Gözden geçirme",
        applications=[team.application],
        deadline=timezone.localdate(),
        reviewer=team.lead,
    )
    part = review.parts.get()
    reviewing.decide(
        part, by=team.head, items=list(part.items.values_list("pk", flat=True)), decision="remove", reason="x"
    )
    reviewing.finish(review, by=team.officer)

    asked = AccessRequest.objects.get(origin=Origin.REVIEW)
    assert workflow.FLOW.refusal("withdraw", asked, team.head) is not None


def test_leaving_again_after_a_mistake_raises_a_request_again(team: Team) -> None:
    who, asked = left_with_access(team)
    who = staff.return_to(who, by=team.officer, institution=team.hospital)
    workflow.withdraw(asked, by=team.lead, reason="Ayrılış yanlış girilmiş.")

    staff.leave(who, by=team.officer)

    assert AccessRequest.objects.filter(origin=Origin.LEAVER).count() == 2
    assert clauses.current() == []


def test_leaving_again_after_a_rejection_raises_a_request_again(team: Team) -> None:
    who, asked = left_with_access(team)
    who = staff.return_to(who, by=team.officer, institution=team.hospital)
    asked = workflow.evaluate(asked, by=team.lead, refused=keys(asked), refusal="Geri döndü.")
    asked = workflow.reject(asked, by=team.lead)
    workflow.inform(asked, by=team.lead, answer_channel="portal", answer_note="Bildirildi.")

    staff.leave(who, by=team.officer)

    assert AccessRequest.objects.filter(origin=Origin.LEAVER, closed_at__isnull=True).count() == 1


def test_moving_again_after_a_withdrawal_raises_a_request_again(team: Team) -> None:
    who = team.staff()
    team.grant(who)
    who = staff.move(who, by=team.officer, institution=team.other)
    workflow.withdraw(AccessRequest.objects.get(origin=Origin.MOVER), by=team.lead, reason="Yanlış taşıma.")
    who = staff.move(who, by=team.officer, institution=team.hospital)

    staff.move(who, by=team.officer, institution=team.other)

    assert AccessRequest.objects.filter(origin=Origin.MOVER).count() == 2


def test_the_same_is_not_raised_twice_while_the_first_is_on_its_way(team: Team) -> None:
    _who, asked = left_with_access(team)

    other = team.ask(team.entry(team.staff()))

    with pytest.raises(IntegrityError), transaction.atomic():
        AccessRequest.objects.filter(pk=other.pk).update(raised_for=asked.raised_for)


def test_closed_requests_of_before_give_their_key_back(team: Team) -> None:
    closed = team.grant(team.staff())
    AccessRequest.objects.filter(pk=closed.pk).update(raised_for="left:1:1")
    _who, running = left_with_access(team)

    import_module("webapps.migrations.0005_raised_while_on_its_way").free(apps, None)

    assert AccessRequest.objects.get(pk=closed.pk).raised_for == ""
    assert AccessRequest.objects.get(pk=running.pk).raised_for == running.raised_for != ""


def test_nothing_is_granted_to_one_who_left_since_the_evaluation(team: Team) -> None:
    gone, here = team.staff(), team.staff()
    asked = workflow.evaluate(team.ask(team.entry(gone), team.entry(here)), by=team.lead, all_met=True)
    staff.leave(gone, by=team.officer)
    page = signed_in_client(team.lead).get(f"{asked.get_absolute_url()}steps/perform/").content.decode()

    asked = workflow.perform(asked, by=team.lead, done=keys(asked), evidence="Kayıt 12")

    assert "görevden ayrıldı, reddedilecek" in page
    assert (asked.state, asked.lines_refused, asked.lines_left) == (State.SETTLED, 1, 0)
    refused, done = RequestLine.objects.filter(request=asked.pk).order_by("position")
    assert (refused.standing, done.standing) == (Standing.REFUSED, Standing.DONE)
    assert GONE in refused.reason
    assert GONE in queries.answer_lines(queries.lines_of(asked))
    assert list(Authority.objects.open().values_list("employee", flat=True)) == [here.pk]


def test_a_request_for_leavers_alone_is_settled_without_evidence(team: Team) -> None:
    who = team.staff()
    asked = workflow.evaluate(team.ask(team.entry(who)), by=team.lead, all_met=True)
    staff.leave(who, by=team.officer)

    asked = workflow.perform(asked, by=team.lead)

    assert (asked.state, asked.lines_refused) == (State.SETTLED, 1)


def test_the_support_s_answer_grants_nothing_to_one_who_left_meanwhile(team: Team) -> None:
    gone, here = team.staff(), team.staff()
    asked = workflow.evaluate(team.ask(team.entry(gone), team.entry(here)), by=team.lead, all_met=True)
    asked = workflow.perform(asked, by=team.lead, ticket="YD-1")
    staff.leave(gone, by=team.officer)

    asked = workflow.escalate(asked, by=team.lead, solved=keys(asked), answer="Tanımlandı.")

    assert (asked.lines_refused, asked.lines_left) == (1, 0)
    assert GONE in RequestLine.objects.get(request=asked.pk, employee=gone).reason
    assert list(Authority.objects.open().values_list("employee", flat=True)) == [here.pk]


def test_the_evaluation_rejects_who_left_since_the_letter(team: Team) -> None:
    who = team.staff()
    asked = team.ask(team.entry(who))
    staff.leave(who, by=team.officer)

    asked = workflow.evaluate(asked, by=team.lead, all_met=True)

    assert (asked.state, asked.lines_refused) == (State.EVALUATED, 1)
    assert GONE in asked.lines.get().reason


def test_taking_away_from_one_who_left_is_carried_out(team: Team) -> None:
    _who, asked = left_with_access(team)

    team.carried_out(asked)

    assert not Authority.objects.open().exists()
