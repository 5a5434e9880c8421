"""The Board is told in time, or says why not; not telling it needs two people; reminders come once each."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError, transaction
from django.utils import timezone

from incidents import reminding, statistics
from incidents.models import Breach, FollowUp, Notice, Reminder
from incidents.services import notices
from processes import outbox
from processes.errors import NotPermitted, RuleBroken, WrongState
from processes.models import InboxItem
from processes.services import cases
from tests.accounts.people import signed_in_client
from tests.incidents.test_api import program_of
from tests.incidents.walking import Team, closed, report, walked


def after(breach: Breach, hours: float) -> datetime:
    return breach.learned_at + timedelta(hours=hours)


def told(breach: Breach, team: Team, hours: float, **values: Any) -> Notice:
    at = after(breach, hours)
    return notices.record(
        breach, by=team.officer, summary="İlk bildirim.", way="Kurulun formu", sent_at=at, now=at, **values
    )


def test_a_notice_in_time_stops_the_clock(team: Team, breach: Breach) -> None:
    notice = told(breach, team, 71)

    breach.refresh_from_db()
    assert (notice.position, notice.is_first, breach.kvkk_settled_at) == (1, True, notice.sent_at)
    assert not breach.clock_runs


def test_a_late_notice_says_why(team: Team, breach: Breach) -> None:
    with pytest.raises(RuleBroken) as refused:
        told(breach, team, 72.5)
    assert set(refused.value.fields) == {"late_reason"}

    assert told(breach, team, 72.5, late_reason="Kayıtlar geç geldi.").late_reason == "Kayıtlar geç geldi."


def test_a_later_phase_needs_no_reason(team: Team, breach: Breach) -> None:
    first = told(breach, team, 10)
    second = told(breach, team, 200)

    breach.refresh_from_db()
    assert (first.position, second.position) == (1, 2)
    assert breach.kvkk_settled_at == first.sent_at


def test_nobody_is_told_before_it_was_learned_of(team: Team, breach: Breach) -> None:
    with pytest.raises(RuleBroken):
        told(breach, team, -1)


def test_telling_others_leaves_the_clock_running(team: Team, breach: Breach) -> None:
    told(breach, team, 5, addressee="ministry")

    breach.refresh_from_db()
    assert breach.clock_runs


def test_a_notice_is_never_changed(team: Team, breach: Breach) -> None:
    notice = told(breach, team, 5)

    for change in (lambda: Notice.objects.filter(pk=notice.pk).update(summary="x"), notice.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_not_telling_is_proposed_by_one_and_signed_by_another(team: Team, breach: Breach) -> None:
    proposal = notices.propose_silence(breach, by=team.lead, reason="Veri şifreliydi.")
    assert InboxItem.objects.filter(user=team.head, text__contains="signature").exists()

    signed = notices.answer_silence(proposal, by=team.head, is_approved=True)

    breach.refresh_from_db()
    assert (signed.answered_by, signed.is_approved) == (team.head, True)
    assert breach.kvkk_settled_at == signed.answered_at


def test_nobody_signs_their_own_proposal(team: Team, breach: Breach) -> None:
    proposal = notices.propose_silence(breach, by=team.head, reason="Veri şifreliydi.")

    with pytest.raises(RuleBroken):
        notices.answer_silence(proposal, by=team.head, is_approved=True)


def test_only_the_unit_head_signs(team: Team, breach: Breach) -> None:
    proposal = notices.propose_silence(breach, by=team.officer, reason="Veri şifreliydi.")

    with pytest.raises(NotPermitted):
        notices.answer_silence(proposal, by=team.lead, is_approved=True)


def test_a_proposal_sent_back_leaves_the_clock_running(team: Team, breach: Breach) -> None:
    proposal = notices.propose_silence(breach, by=team.lead, reason="Gerek yok.")
    notices.answer_silence(proposal, by=team.head, is_approved=False, answer="Gerekçe yetersiz.")

    breach.refresh_from_db()
    assert breach.clock_runs
    again = notices.propose_silence(breach, by=team.lead, reason="Veri şifreliydi, anahtar bizde.")
    assert again.pk != proposal.pk
    with pytest.raises(WrongState):
        notices.answer_silence(proposal, by=team.head, is_approved=True)


def test_once_told_there_is_nothing_to_keep_silent_about(team: Team, breach: Breach) -> None:
    told(breach, team, 5)

    with pytest.raises(WrongState):
        notices.propose_silence(breach, by=team.lead, reason="Geç kalındı.")


def test_reminders_come_at_their_marks_once_each(team: Team, breach: Breach) -> None:
    counts = [reminding.give_due(after(breach, hours)) for hours in (47.9, 48, 48.1, 60, 68, 72, 80)]

    assert counts == [0, 1, 0, 1, 1, 1, 0]
    assert list(Reminder.objects.order_by("pk").values_list("hours_left", flat=True)) == [24, 12, 4, 0]


def test_what_was_missed_is_gathered_into_one(team: Team, breach: Breach) -> None:
    InboxItem.objects.all().delete()

    reminding.give_due(after(breach, 73))

    assert set(Reminder.objects.values_list("hours_left", flat=True)) == {24, 12, 4, 0}
    assert InboxItem.objects.filter(user=team.lead, text=reminding.OVER).count() == 1
    assert InboxItem.objects.filter(text=reminding.LEFT).count() == 0


def test_a_moment_of_learning_put_right_is_counted_anew(team: Team, breach: Breach) -> None:
    reminding.give_due(after(breach, 48))
    Breach.objects.filter(pk=breach.pk).update(learned_at=breach.learned_at + timedelta(hours=1))

    assert [reminding.give_due(after(breach, hours)) for hours in (48.5, 49)] == [0, 1]


def test_breaches_long_over_keep_no_new_one_from_being_reminded_of(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminding, "AT_ONCE", 2)
    now = timezone.now()
    for hours in (100, 101, 102, 103, 104):
        report(team, learned_at=now - timedelta(hours=hours), reported_at=now - timedelta(hours=hours))
    first = reminding.give_due(now)
    learned = now - timedelta(hours=70)
    fresh = report(team, learned_at=learned, reported_at=learned)

    second = reminding.give_due(now)

    assert (first, second) == (5, 1)
    assert set(fresh.reminders.values_list("hours_left", flat=True)) == {24, 12, 4}


def test_nobody_is_reminded_once_it_is_settled_or_no_personal_data_are_involved(
    team: Team, breach: Breach
) -> None:
    told(breach, team, 5)
    other = walked(report(team), team, until="decide")

    assert other.personal_data == "no"
    assert reminding.give_due(after(breach, 73)) == 0


def test_the_reminder_by_mail_says_nothing_of_the_matter(team: Team, breach: Breach) -> None:
    outbox.send_due()
    mail.outbox.clear()
    reminding.give_due(after(breach, 48))

    outbox.send_due()

    assert {letter.to[0] for letter in mail.outbox} == {"birim@mudurluk.example", "sorumlu@mudurluk.example"}
    text = "".join(f"{letter.subject}{letter.body}" for letter in mail.outbox)
    assert not any(word in text for word in (breach.title, breach.number, team.reporter.last_name))


def in_phases(breach: Breach, team: Team, days: int = 10, **values: Any) -> Notice:
    """A first notice that leaves something to be told."""
    day = timezone.localdate() + timedelta(days=days)
    return told(breach, team, 0, missing="Etkilenen kişi sayısı", next_by=day, **values)


def test_an_incomplete_notice_stops_the_clock_and_leaves_a_phase(team: Team, breach: Breach) -> None:
    notice = in_phases(breach, team)

    breach.refresh_from_db()
    due = FollowUp.objects.get(kind="phase")
    assert not breach.clock_runs
    assert (due.row, due.due_on, due.about) == (
        notice.phase.pk,
        timezone.localdate() + timedelta(days=10),
        "Etkilenen kişi sayısı",
    )
    assert due.get_absolute_url().endswith("#clock")


def test_the_next_notice_gives_the_phase_and_may_leave_another(team: Team, breach: Breach) -> None:
    first = in_phases(breach, team)
    second = in_phases(breach, team, 20)
    told(breach, team, 0, addressee="ministry")

    first.phase.refresh_from_db()
    assert first.phase.next_notice == second
    assert FollowUp.objects.filter(kind="phase").get().row == second.phase.pk

    last = told(breach, team, 0)

    second.phase.refresh_from_db()
    assert second.phase.next_notice == last
    assert not FollowUp.objects.filter(kind="phase").exists()


def test_a_notice_is_marked_incomplete_afterwards_once_and_only_the_last_one(
    team: Team, breach: Breach
) -> None:
    first, last = told(breach, team, 0), told(breach, team, 0)
    day = timezone.localdate() + timedelta(days=5)
    with pytest.raises(WrongState):
        notices.leave_open(first, by=team.officer, missing="Sayı", next_by=day)

    notices.leave_open(last, by=team.officer, missing="Sayı", next_by=day)

    with pytest.raises(WrongState):
        notices.leave_open(last, by=team.officer, missing="Sayı", next_by=day)


def test_nothing_left_to_tell_needs_a_reason_and_ends_it(team: Team, breach: Breach) -> None:
    phase = in_phases(breach, team).phase
    with pytest.raises(RuleBroken):
        notices.end_phase(phase, by=team.officer, reason=" ")

    ended = notices.end_phase(phase, by=team.officer, reason="Kimse etkilenmemiş.")

    assert (ended.settled_by, ended.next_notice) == (team.officer, None)
    with pytest.raises(WrongState):
        notices.end_phase(phase, by=team.officer, reason="Yine.")


@pytest.mark.parametrize(
    ("values", "field"),
    [({"missing": "Sayı"}, "next_by"), ({"days": -1}, "next_by"), ({"days": 400}, "next_by"), ({"missing": ""}, "missing")],
)  # fmt: skip
def test_an_incomplete_notice_says_what_is_missing_and_by_when(
    team: Team, breach: Breach, values: dict[str, Any], field: str
) -> None:
    day = timezone.localdate() + timedelta(days=values.get("days", 5))
    given = {"missing": values.get("missing", "Sayı"), "next_by": None if "missing" in values else day}
    if field == "missing":
        given["next_by"] = day

    with pytest.raises(RuleBroken) as refused:
        told(breach, team, 0, **given)

    assert set(refused.value.fields) == {field}
    assert not breach.notices.exists()


def test_a_breach_with_an_incomplete_notice_does_not_close(team: Team, breach: Breach) -> None:
    prevented = walked(breach, team, until="prevent", decision="neither", personal_data="yes")
    phase = in_phases(prevented, team).phase
    with pytest.raises(RuleBroken, match="Eksik bir bildirim"):
        closed(prevented, team)

    notices.end_phase(phase, by=team.officer, reason="Kimse etkilenmemiş.")

    assert closed(prevented, team).state == "closed"


def test_phases_are_reminded_of_by_the_day_until_they_are_given(team: Team, breach: Breach) -> None:
    cases.assign(breach, by=team.lead, to=team.officer)
    phase = in_phases(breach, team).phase
    InboxItem.objects.all().delete()
    outbox.send_due()
    mail.outbox.clear()
    due = timezone.now() + timedelta(days=10)

    counts = [reminding.give_phases_due(due + timedelta(days=days)) for days in (-4, -3, -2, -1, 0, 1, 2)]

    assert counts == [0, 1, 0, 1, 1, 1, 1]
    told_people = set(InboxItem.objects.values_list("user", flat=True))
    assert told_people == {team.officer.pk, team.lead.pk, team.head.pk}
    assert InboxItem.objects.filter(user=team.lead, text=reminding.PHASE_OVER).count() == 2
    outbox.send_due()
    text = "".join(f"{letter.subject}{letter.body}" for letter in mail.outbox)
    assert len(mail.outbox) == 15
    assert not any(word in text for word in (breach.title, breach.number, "Etkilenen"))
    notices.end_phase(phase, by=team.officer, reason="Kimse etkilenmemiş.")
    assert reminding.give_phases_due(due) == 0


def test_a_day_on_which_nobody_looked_is_made_up_for(team: Team, breach: Breach) -> None:
    in_phases(breach, team)
    due = timezone.now() + timedelta(days=10)

    counts = [reminding.give_phases_due(due + timedelta(days=days)) for days in (-4, -2, -2, -1, 3, 3)]

    assert counts == [0, 1, 0, 1, 1, 0]


def test_a_reminder_that_waits_is_not_sent_once_the_phase_was_given(team: Team, breach: Breach) -> None:
    outbox.send_due()
    in_phases(breach, team, 3)
    reminding.give_phases_due(timezone.now())
    told(breach, team, 0)
    mail.outbox.clear()

    outbox.send_due()

    assert mail.outbox == []


def test_incomplete_notices_are_filtered_in_the_register_and_over_the_api(team: Team, breach: Breach) -> None:
    in_phases(breach, team)
    other = report(team, title="Tam bildirildi")
    told(other, team, 0)

    page = signed_in_client(team.lead).get("/breaches/?clock=phase").content.decode()
    rows = program_of(team.lead).get("breaches/?clock=phase").json()["results"]
    dossier = program_of(team.lead).get(f"breaches/{breach.number}/").json()

    assert (breach.number in page, other.number in page) == (True, False)
    day = (timezone.localdate() + timedelta(days=10)).isoformat()
    assert [(row["number"], row["next_phase_due_on"]) for row in rows] == [(breach.number, day)]
    assert dossier["breach"]["next_phase_due_on"] == day
    assert dossier["notices"][0]["phase"]["missing"] == "Etkilenen kişi sayısı"


def test_phases_are_counted_without_names(team: Team) -> None:
    for place in range(4):
        one = report(team)
        in_phases(one, team)
        if place:
            told(one, team, 0)
    today = timezone.localdate()

    figures = statistics.figures(statistics.Period(today - timedelta(days=7), today, team.lead))

    counted = {one.name: one.count for one in figures if "Kurul" in one.group}
    assert counted["Aşamalı yapılan"] == 4
    assert counted["Yapılan sonraki aşama bildirimleri"] == 3
    assert counted["Henüz yapılmamış aşama bildirimleri"] is None
