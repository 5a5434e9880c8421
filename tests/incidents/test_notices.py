"""The Board is told in time, or says why not; not telling it needs two people; reminders come once each."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, transaction

from incidents import reminding
from incidents.models import Breach, Notice, Reminder
from incidents.services import notices
from processes import outbox
from processes.errors import NotPermitted, RuleBroken, WrongState
from processes.models import InboxItem
from tests.incidents.walking import Team, walked


def after(breach: Breach, hours: float) -> datetime:
    return breach.learned_at + timedelta(hours=hours)


def told(breach: Breach, team: Team, hours: float, **values: str) -> Notice:
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


def test_nobody_is_reminded_once_it_is_settled_or_no_personal_data_are_involved(
    team: Team, breach: Breach
) -> None:
    told(breach, team, 5)
    other = walked(breach, team, until="decide")

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
