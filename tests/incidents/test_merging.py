"""Two reports of one breach: nothing is lost by merging them, and who reported the merged one is not told too early."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from incidents import reporting, workflow
from incidents.models import Breach, ChecklistItem, FollowUp, LogHold, State, Task
from incidents.services import checklists, notices
from processes.errors import RuleBroken, WrongState
from processes.models import CaseLink, InboxItem, Note
from tests.accounts.people import signed_in_client
from tests.incidents.test_api import program_of
from tests.incidents.walking import Team, category, closed, decide, report, silenced, walked


def hours_ago(hours: int) -> datetime:
    return timezone.now() - timedelta(hours=hours)


def merged(breach: Breach, into: Breach, team: Team) -> Breach:
    """The one that goes on, as it is now."""
    workflow.merge(breach, by=team.officer, into=into, reason="Aynı olay.")
    return Breach.objects.light().get(pk=into.pk)


def fresh(team: Team, **values: Any) -> Breach:
    """A slight report without personal data, learned of just now."""
    return report(team, title="Aynı olay", **({"personal_data": "no", "level": "C"} | values))


def told_of(breach: Breach) -> str:
    """What the timeline of the breach that goes on says was taken over."""
    return Note.objects.get(case_id=breach.pk).text


def test_the_earlier_clock_and_the_graver_facts_go_on(team: Team) -> None:
    moment = hours_ago(60)
    grave = report(
        team, level="A", learned_at=moment, reported_at=moment, detected_at=moment, occurred_at=hours_ago(70)
    )

    kept = merged(grave, fresh(team), team)

    assert (kept.learned_at, kept.detected_at, kept.level, kept.personal_data) == (moment, moment, "A", "yes")
    assert kept.occurred_at == grave.occurred_at
    assert list(Breach.objects.clock_running()) == [kept]
    assert grave.occurred_at is not None
    assert LogHold.objects.get(breach=kept).hold.since == grave.occurred_at


def test_a_later_and_slighter_report_changes_nothing(team: Team) -> None:
    moment = hours_ago(60)
    kept = report(team, level="A", learned_at=moment, reported_at=moment)

    again = merged(fresh(team), kept, team)

    assert (again.learned_at, again.level, again.personal_data) == (moment, "A", "yes")
    assert not InboxItem.objects.filter(case=kept.pk, text__contains="took over").exists()


def test_a_moment_that_no_longer_fits_is_left_out(team: Team) -> None:
    early = report(team, learned_at=hours_ago(60), reported_at=hours_ago(60))
    late = fresh(team, detected_at=hours_ago(2), occurred_at=hours_ago(3))

    kept = merged(early, late, team)

    assert (kept.learned_at, kept.detected_at, kept.occurred_at) == (early.learned_at, None, None)


def test_the_timeline_says_what_came_from_which_number(team: Team) -> None:
    grave = report(team, level="A", learned_at=hours_ago(60), reported_at=hours_ago(60))

    kept = merged(grave, fresh(team), team)

    text = told_of(kept)
    assert grave.number in text
    assert "seviye: A – bilgi kaybı (önceki: C – şüpheli durum)" in text
    assert f"{timezone.localtime(grave.learned_at):%d.%m.%Y %H:%M}" in text
    page = signed_in_client(team.officer).get(kept.get_absolute_url()).content.decode()
    assert f"{grave.number} bu ihlalle birleştirildi." in page
    told = InboxItem.objects.filter(case=kept.pk, text__contains="took over").values_list("user", flat=True)
    assert set(told) == {team.lead.pk, team.head.pk}


def test_open_mandatory_tasks_and_awaited_results_go_on(team: Team) -> None:
    ChecklistItem.objects.create(category=category(), phase="contain", text="Hesabı kapat")
    ChecklistItem.objects.create(category=category(), phase="contain", text="Tutanak", is_mandatory=False)
    decided = walked(report(team), team, until="decide", decision="both")

    kept = merged(decided, fresh(team), team)

    court = checklists.court_task(kept)
    assert court is not None
    left = kept.tasks.in_the_way().exclude(pk=court.pk)
    assert list(left.filter(awaits="").values_list("text", flat=True)) == ["Hesabı kapat"]
    assert sorted(left.exclude(awaits="").values_list("awaits", flat=True)) == ["court", "discipline"]
    assert not Task.objects.in_the_way().filter(breach=decided).exists()
    ended = Task.objects.filter(breach=decided, outcome="not_needed")
    assert set(ended.values_list("note", flat=True)) == {f"{kept.number} ile birleştirildi."}
    prevented = walked(kept, team, until="decide", decision="neither")
    with pytest.raises(RuleBroken, match="Hesabı kapat"):
        workflow.contain(prevented, by=team.officer, note="Durduruldu.")


def test_a_task_the_other_one_has_itself_is_not_doubled(team: Team) -> None:
    ChecklistItem.objects.create(phase="contain", text="Kayıtları sakla")
    first, second = report(team), fresh(team)
    for one in (first, second):
        checklists.add(one, by=team.officer, phase="close", text="Arşivle")

    kept = merged(first, second, team)

    assert sorted(kept.tasks.values_list("text", flat=True)) == ["Arşivle", "Kayıtları sakla"]


def test_a_notice_under_the_other_number_counts(team: Team) -> None:
    first = report(team)
    day = timezone.localdate() + timedelta(days=10)
    told = notices.record(
        first, by=team.officer, summary="İlk.", way="Form", missing="Etkilenen kişi sayısı", next_by=day
    )

    kept = merged(first, fresh(team, personal_data="unknown"), team)

    assert (kept.kvkk_settled_at, kept.personal_data, kept.clock_runs) == (told.sent_at, "yes", False)
    assert FollowUp.objects.get(kind="phase").breach_id == kept.pk
    page = signed_in_client(team.officer).get(kept.get_dossier_url()).content.decode()
    assert f"birleştirilen {first.number} kaydında" in page
    with pytest.raises(WrongState):
        notices.propose_silence(kept, by=team.officer, reason="Şifreliydi.")
    prevented = walked(kept, team, until="prevent", decision="neither", personal_data="yes")
    with pytest.raises(RuleBroken, match="Eksik bir bildirim"):
        closed(prevented, team)
    second = notices.record(prevented, by=team.officer, summary="Sayı.", way="Form")
    told.phase.refresh_from_db()
    assert told.phase.next_notice == second
    assert closed(prevented, team).state == State.CLOSED


def test_the_board_that_was_told_there_is_not_denied_here(team: Team) -> None:
    first = report(team)
    notices.record(first, by=team.officer, summary="İlk.", way="Form")

    kept = merged(first, fresh(team), team)

    with pytest.raises(RuleBroken) as refused:
        decide(kept, team, personal_data="no")
    assert set(refused.value.fields) == {"personal_data"}


def test_a_signed_silence_does_not_outlive_what_another_report_brings(team: Team) -> None:
    kept = report(team)
    signed = silenced(kept)

    kept = merged(report(team), kept, team)

    signed.refresh_from_db()
    assert (kept.clock_runs, signed.lapsed_by) == (True, team.officer)
    assert "72 saat yeniden işliyor" in told_of(kept)


def test_a_silence_signed_for_the_merged_one_is_not_taken_over(team: Team) -> None:
    first = report(team)
    silenced(first)

    kept = merged(Breach.objects.get(pk=first.pk), fresh(team), team)

    assert kept.clock_runs
    assert "devralınmadı" in told_of(kept)


def refused_to_merge(breach: Breach, into: Breach, by: User) -> str:
    with pytest.raises(RuleBroken) as refused:
        workflow.merge(breach, by=by, into=into)
    assert set(refused.value.fields) == {"into"}
    breach.refresh_from_db(fields=("state",))
    assert breach.state != State.MERGED
    assert not CaseLink.objects.exists()
    return str(refused.value)


def test_a_decision_for_more_is_merged_the_other_way_round(team: Team) -> None:
    more = decide(report(team), team, "both")
    less = decide(fresh(team), team, "neither")

    sentence = refused_to_merge(more, less, team.officer)

    assert f"{less.number} kaydını {more.number} kaydıyla" in sentence
    assert merged(less, more, team).decision == "both"


def test_contrary_decisions_are_not_merged(team: Team) -> None:
    first = decide(report(team), team, "disciplinary")
    second = decide(fresh(team), team, "judicial")

    assert "farklı kararlar" in refused_to_merge(first, second, team.officer)


def test_what_waits_for_a_signature_is_answered_first(team: Team) -> None:
    first = report(team)
    notices.propose_silence(first, by=team.officer, reason="Şifreliydi.")

    assert "imza bekliyor" in refused_to_merge(first, fresh(team), team.officer)


def test_a_breach_closed_meanwhile_takes_nothing_over(team: Team) -> None:
    seen = fresh(team)
    workflow.dismiss(Breach.objects.get(pk=seen.pk), by=team.lead, reason="Tatbikat.")

    with pytest.raises(WrongState):
        workflow.merge(report(team), by=team.officer, into=seen)
    assert not CaseLink.objects.exists()


def test_programs_are_refused_with_the_same_sentence(team: Team) -> None:
    first = decide(report(team), team, "disciplinary")
    second = decide(fresh(team), team, "judicial")

    answer = program_of(team.officer).post(
        f"cases/{first.number}/steps/merge/", {"into": second.number}, If_Match=f'"{first.version}"'
    )

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["into"])


def test_a_merged_report_has_the_status_of_the_breach_that_goes_on(team: Team) -> None:
    first, code = reporting.receive(title="a", description="b")
    second, last = fresh(team), fresh(team)
    merged(first, second, team)
    merged(second, last, team)

    def status() -> reporting.Status:
        found = reporting.found_by(code)
        assert found is not None
        return reporting.status_of(found)

    assert status() == reporting.Status.RECEIVED
    done = walked(last, team, until="prevent", decision="neither")
    assert status() == reporting.Status.EXAMINED
    closed(done, team)
    assert status() == reporting.Status.CONCLUDED


def test_ones_own_reports_are_listed_in_the_same_number_of_queries(
    team: Team, counted: Callable[[Client, str], int]
) -> None:
    kept = fresh(team, applicant=team.outsider)
    client = signed_in_client(team.reporter)
    merged(report(team), kept, team)
    few = counted(client, "/breaches/mine/")

    for _place in range(5):
        merged(report(team), kept, team)

    assert counted(client, "/breaches/mine/") == few


def test_who_reported_by_an_account_hears_of_the_end_and_not_of_the_merging(team: Team) -> None:
    kept = merged(report(team), fresh(team, applicant=team.outsider), team)
    assert not InboxItem.objects.filter(user=team.reporter).exists()

    walked(kept, team, until="inform", decision="neither", personal_data="no")

    concluded = InboxItem.objects.filter(text__contains="concluded", case__isnull=True)
    assert sorted(concluded.values_list("user", flat=True)) == sorted([team.reporter.pk, team.outsider.pk])


def test_who_reported_by_name_is_told_by_hand_before_it_closes(team: Team) -> None:
    named = report(team, applicant=None, applicant_name="Deniz Yılmaz", applicant_contact="0000")
    kept = merged(named, fresh(team), team)

    task = kept.tasks.in_the_way().get()

    assert named.number in task.text
    assert "Deniz" not in task.text
    prevented = walked(kept, team, until="prevent", decision="neither", personal_data="no")
    with pytest.raises(RuleBroken, match=named.number):
        closed(prevented, team)
    checklists.settle(task, by=team.officer, note="Arandı.")
    assert closed(prevented, team).state == State.CLOSED
