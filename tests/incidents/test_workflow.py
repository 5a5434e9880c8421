"""The rules of 5.3.2 beyond what holds for every flow."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.queries import people_with_role
from accounts.roles import Role
from audit.models import Hold
from incidents import following, holding, workflow
from incidents.models import (
    Barrier,
    Breach,
    ChecklistItem,
    Evidence,
    FollowUp,
    LogHold,
    Review,
    State,
    Task,
)
from incidents.services import assessment, checklists, evidence, notices, reviews, sanctions
from processes.confidential import is_hidden_from
from processes.errors import NotFound, RuleBroken, WrongState
from processes.models import CaseLink, InboxItem
from tests.incidents.walking import Team, category, closed, decide, report, walked


def taken(breach: Breach) -> list[tuple[str, str]]:
    return list(breach.runs.order_by("entered_at", "id").values_list("step__number", "outcome"))


def test_a_breach_for_discipline_goes_through_all_six_steps(team: Team, breach: Breach) -> None:
    done = walked(breach, team, until="inform")

    assert done.state == State.CLOSED
    assert taken(done) == [(f"5.3.2.{place}", "done") for place in range(1, 7)]


@pytest.mark.parametrize("decision", ["judicial", "neither"])
def test_without_discipline_the_referral_is_recorded_as_not_needed(
    team: Team, breach: Breach, decision: str
) -> None:
    decided = walked(breach, team, until="decide", decision=decision)

    assert decided.state == State.SETTLED
    assert taken(decided)[:3] == [("5.3.2.1", "done"), ("5.3.2.2", "done"), ("5.3.2.3", "skipped")]
    assert decided.step is not None
    assert decided.step.number == "5.3.2.4"


def test_discipline_waits_for_the_letter(team: Team, breach: Breach) -> None:
    decided = walked(breach, team, until="decide", decision="both")

    assert decided.state == State.DECIDED
    with pytest.raises(WrongState):
        workflow.contain(decided, by=team.officer, note="Durduruldu.")


def test_a_breach_is_confidential_from_the_start(team: Team, breach: Breach) -> None:
    assert breach.is_confidential
    assert [is_hidden_from(breach, one) for one in (team.lead, team.officer, team.head)] == [False] * 3
    assert [is_hidden_from(breach, one) for one in (team.it_officer, team.reporter)] == [True, True]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("occurred_at", "detected_at"),
        ("occurred_at", "learned_at"),
        ("detected_at", "learned_at"),
        ("detected_at", "reported_at"),
    ],
)
def test_the_four_moments_are_in_order(team: Team, earlier: str, later: str) -> None:
    now = timezone.now()
    moments = {"reported_at": now, earlier: now - timedelta(hours=1), later: now - timedelta(hours=2)}

    with pytest.raises(RuleBroken):
        report(team, **moments)


def test_nothing_is_reported_that_has_not_come(team: Team) -> None:
    with pytest.raises(RuleBroken) as refused:
        report(team, learned_at=timezone.now() + timedelta(minutes=5))

    assert set(refused.value.fields) == {"learned_at"}


def test_a_breach_may_be_learned_of_after_it_was_reported(team: Team) -> None:
    now = timezone.now()

    breach = report(team, reported_at=now - timedelta(hours=5), learned_at=now - timedelta(hours=1))

    assert breach.learned_at > breach.reported_at


@pytest.fixture
def lists(team: Team) -> None:
    for phase, text in (("contain", "Hesabı kapat"), ("prevent", "Kök nedeni yaz")):
        ChecklistItem.objects.create(category=category(), phase=phase, text=text)
    ChecklistItem.objects.create(phase="contain", text="Kayıtları sakla", is_mandatory=False)
    ChecklistItem.objects.create(category=category("Başka"), phase="contain", text="Ağdan ayır")


def test_check_lists_are_taken_over_by_category_once(team: Team, breach: Breach, lists: None) -> None:
    decided = walked(breach, team, until="decide", decision="neither")
    checklists.take_over(decided)

    assert sorted(decided.tasks.values_list("text", flat=True)) == [
        "Hesabı kapat",
        "Kayıtları sakla",
        "Kök nedeni yaz",
    ]


def test_the_breach_is_not_stopped_while_a_mandatory_task_is_open(
    team: Team, breach: Breach, lists: None
) -> None:
    referred = walked(breach, team, until="refer")
    with pytest.raises(RuleBroken, match="Hesabı kapat") as refused:
        workflow.contain(referred, by=team.officer, note="Durduruldu.")
    assert "Kayıtları sakla" not in str(refused.value)

    checklists.settle(Task.objects.get(text="Hesabı kapat"), by=team.officer)

    assert workflow.contain(referred, by=team.officer, note="Durduruldu.").state == State.CONTAINED


def test_leaving_a_task_out_needs_a_reason(team: Team, breach: Breach, lists: None) -> None:
    walked(breach, team, until="decide")
    task = Task.objects.get(text="Hesabı kapat")

    with pytest.raises(RuleBroken):
        checklists.settle(task, by=team.officer, outcome="not_needed")
    assert checklists.settle(task, by=team.officer, outcome="not_needed", note="Hesap yok.").outcome


def test_a_task_opened_again_stands_in_the_way_again(team: Team, breach: Breach, lists: None) -> None:
    referred = walked(breach, team, until="refer")
    task = checklists.settle(Task.objects.get(text="Hesabı kapat"), by=team.officer)

    checklists.take_up_again(task, by=team.officer, reason="Hesap yeniden açılmış.")

    with pytest.raises(RuleBroken):
        workflow.contain(referred, by=team.officer, note="Durduruldu.")


def test_judicial_action_is_mandatory_before_closing(team: Team, breach: Breach) -> None:
    prevented = walked(breach, team, until="prevent", decision="both")
    with pytest.raises(RuleBroken, match="adli makama"):
        workflow.inform(prevented, by=team.officer, answer_channel="telephone", answer_note="Arandı.")

    task = checklists.court_task(prevented)
    assert task is not None
    checklists.settle(task, by=team.officer, note="Yazı E-1.")

    assert walked_to_end(prevented, team).state == State.CLOSED


def walked_to_end(breach: Breach, team: Team) -> Breach:
    return closed(breach, team)


@pytest.mark.parametrize("personal_data", ["unknown", "yes"])
def test_a_breach_does_not_close_with_the_board_unsettled(
    team: Team, breach: Breach, personal_data: str
) -> None:
    prevented = walked(breach, team, until="prevent", personal_data=personal_data)

    with pytest.raises(RuleBroken):
        walked_to_end(prevented, team)


def test_a_notice_to_the_board_lets_it_close(team: Team, breach: Breach) -> None:
    prevented = walked(breach, team, until="prevent", personal_data="yes")
    notices.record(prevented, by=team.officer, summary="İlk bildirim.", way="Form")

    assert walked_to_end(prevented, team).state == State.CLOSED


@pytest.mark.parametrize("channel", ["letter", "status_page"])
def test_the_word_to_the_reporter_needs_its_way(team: Team, breach: Breach, channel: str) -> None:
    prevented = walked(breach, team, until="prevent", decision="neither")

    with pytest.raises(RuleBroken) as refused:
        workflow.inform(prevented, by=team.officer, answer_channel=channel, answer_note="Bildirildi.")

    assert set(refused.value.fields) == {"answer_channel"}


def test_the_reporter_is_told_without_a_word_of_the_matter(team: Team, breach: Breach) -> None:
    walked(breach, team, until="inform")

    item = InboxItem.objects.get(user=team.reporter)
    assert (item.case, breach.number in str(item.values)) == (None, False)


def test_a_closed_emergency_is_looked_back_at_and_a_suspicion_is_not(team: Team) -> None:
    grave = walked(report(team, level="A"), team, until="inform")
    slight = walked(report(team), team, until="inform")

    assert list(Review.objects.values_list("breach", flat=True)) == [grave.pk]
    assert not slight.is_emergency


def test_a_review_and_its_actions_are_followed_until_done(team: Team) -> None:
    breach = walked(report(team, level="B"), team, until="inform")
    today = timezone.localdate()
    review = reviews.hold(
        breach.review, by=team.lead, held_on=today, participants="Birim", course="…", lessons="Eğitim."
    )
    action = reviews.add_action(review, by=team.lead, text="Eğitim ver", owner=team.officer, due_on=today)

    due = [one.text for one in FollowUp.objects.all()]
    told = following.tell_due(timezone.now())
    reviews.finish_action(action, by=team.officer, result="Verildi.")

    assert due == ["Eğitim ver", "Taşınabilir bellekler şifrelendi."]
    assert told == 1
    assert [one.text for one in FollowUp.objects.all()] == due[1:]
    with pytest.raises(WrongState):
        reviews.finish_action(action, by=team.officer, result="Yine.")


def test_what_came_due_while_nobody_looked_is_told_the_next_time(team: Team) -> None:
    walked(report(team), team, until="prevent", decision="neither")
    due = timezone.now() + timedelta(days=30)

    counts = [following.tell_due(due + timedelta(days=days)) for days in (-1, 2, 3, 8, 9, 20, 21)]

    assert counts == [0, 1, 0, 0, 1, 1, 0]


def test_a_day_moved_on_after_somebody_was_told_is_told_of_anew(team: Team) -> None:
    walked(report(team), team, until="prevent", decision="neither")
    due = timezone.now() + timedelta(days=30)
    first = following.tell_due(due)
    Barrier.objects.update(verify_on=timezone.localdate(due) + timedelta(days=3))

    counts = [following.tell_due(due + timedelta(days=days)) for days in (1, 2, 3, 4)]

    assert (first, counts) == (1, [0, 0, 1, 0])


def test_the_leads_hear_of_what_a_leaver_was_to_do(team: Team) -> None:
    walked(report(team), team, until="prevent", decision="neither")
    owner = Barrier.objects.get().owner
    User.objects.filter(pk=owner.pk).update(is_active=False)
    InboxItem.objects.all().delete()

    following.tell_due(timezone.now() + timedelta(days=30))

    told = set(InboxItem.objects.values_list("user", flat=True))
    assert told
    assert owner.pk not in told
    assert told <= {person.pk for person in people_with_role(Role.HIS_LEAD)}


def test_who_answers_for_a_barrier_is_let_into_the_case(team: Team, breach: Breach) -> None:
    contained = walked(breach, team, until="contain")

    workflow.prevent(
        contained,
        by=team.officer,
        barrier="Kural eklendi.",
        owner=team.it_officer,
        verify_on=timezone.localdate(),
    )

    fresh = Breach.objects.get(pk=breach.pk)
    assert not is_hidden_from(fresh, team.it_officer)
    assert InboxItem.objects.filter(user=team.it_officer, case=breach.pk).exists()


def test_a_barrier_is_verified_once_with_a_finding(team: Team, breach: Breach) -> None:
    barrier = walked(breach, team, until="prevent").barriers.get()

    verified = reviews.verify_barrier(barrier, by=team.officer, holds=False, finding="Atlatılabiliyor.")
    assert InboxItem.objects.filter(user=team.lead, text__contains="does not hold").count() == 1

    assert (verified.holds, verified.verified_by) == (False, team.officer)
    with pytest.raises(WrongState):
        reviews.verify_barrier(barrier, by=team.lead, holds=True, finding="Tamam.")


def test_an_emergency_holds_the_logs_until_a_year_after_its_closing(team: Team) -> None:
    breach = report(team, level="A")
    held = LogHold.objects.get(breach=breach).hold
    closed = walked(breach, team, until="inform")
    assert closed.closed_at is not None

    released = [holding.release_due(closed.closed_at + timedelta(days=days)) for days in (364, 366, 367)]

    assert held.since < breach.learned_at
    assert released == [0, 1, 0]
    assert not Hold.objects.in_force().exists()


def test_a_suspicion_holds_logs_once_it_turns_out_to_be_more(team: Team, breach: Breach) -> None:
    assert not LogHold.objects.exists()

    for level in ("A", "B"):
        assessment.change(
            breach,
            by=team.officer,
            level=level,
            category=None,
            personal_data="yes",
            learned_at=breach.learned_at,
            reported_at=breach.reported_at,
        )

    assert LogHold.objects.filter(breach=breach).count() == 1


def test_evidence_goes_from_hand_to_hand_without_a_gap(team: Team, breach: Breach) -> None:
    piece = evidence.secure(breach, by=team.officer, title="Disk", place="Kasa", sha256="a" * 64)
    evidence.hand_over(piece, by=team.officer, giver="Görevli", receiver="Uzman", reason="İnceleme")

    with pytest.raises(RuleBroken) as refused:
        evidence.hand_over(piece, by=team.officer, giver="Görevli", receiver="Savcılık", reason="Adli")

    assert set(refused.value.fields) == {"giver"}
    last = evidence.hand_over(piece, by=team.officer, giver="Uzman", receiver="Savcılık", reason="Adli")
    assert last.position == 2


def test_a_hand_over_before_the_last_one_breaks_the_chain(team: Team, breach: Breach) -> None:
    piece = evidence.secure(breach, by=team.officer, title="Disk", place="Kasa")

    with pytest.raises(RuleBroken) as refused:
        evidence.hand_over(
            piece,
            by=team.officer,
            giver="Görevli",
            receiver="Uzman",
            reason="İnceleme",
            handed_at=piece.collected_at - timedelta(minutes=1),
        )

    assert set(refused.value.fields) == {"handed_at"}


def test_evidence_and_its_chain_are_never_changed(team: Team, breach: Breach) -> None:
    piece = evidence.secure(breach, by=team.officer, title="Disk", place="Kasa")
    handover = evidence.hand_over(piece, by=team.officer, giver="A", receiver="B", reason="C")

    for change in (
        lambda: Evidence.objects.filter(pk=piece.pk).update(title="Başka"),
        lambda: type(handover).objects.filter(pk=handover.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_sanction_is_recorded_long_after_the_closing(team: Team, breach: Breach) -> None:
    closed = walked(breach, team, until="inform")

    sanctions.record(
        closed, by=team.lead, kind="warning", decided_by="Disiplin Kurulu", decided_on=timezone.localdate()
    )

    assert closed.sanctions.get(kind="warning").recorded_by == team.lead


def strangers(team: Team) -> list[User]:
    return [team.it_officer, team.reporter, team.outsider]


def test_who_does_not_know_of_the_breach_writes_nothing(team: Team, breach: Breach) -> None:
    for stranger in strangers(team):
        with pytest.raises(NotFound):
            checklists.add(breach, by=stranger, phase="contain", text="x")


def test_a_false_alarm_ends_with_a_reason_and_can_be_taken_up_again(team: Team, breach: Breach) -> None:
    dismissed = workflow.dismiss(breach, by=team.lead, reason="Bakım çalışması.")
    assert (dismissed.state, dismissed.outcome) == (State.DISMISSED, "Bakım çalışması.")

    again = workflow.reopen(dismissed, by=team.lead, reason="Yeni kayıt bulundu.")

    assert again.state == State.REPORTED
    assert decide(again, team).state == State.SETTLED


def test_two_reports_of_one_breach_become_one(team: Team, breach: Breach) -> None:
    other = report(team)

    merged = workflow.merge(other, by=team.officer, into=breach)

    assert merged.state == State.MERGED
    assert CaseLink.objects.filter(source=other, target=breach, kind="duplicate").exists()
    with pytest.raises(RuleBroken):
        workflow.merge(breach, by=team.officer, into=merged)
