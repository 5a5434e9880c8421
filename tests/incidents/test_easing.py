"""What ends or lengthens the 72 hours: a written reason, the lead once data were involved; and what reopening takes back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from audit.models import Entry
from incidents import holding, workflow
from incidents.acts import assessed
from incidents.models import Breach, LogHold, Silence
from incidents.services import assessment, notices
from processes.errors import NotPermitted, RuleBroken, WrongState
from processes.models import InboxItem
from tests.accounts.people import signed_in_client
from tests.incidents.test_api import program_of
from tests.incidents.walking import Team, closed, decide, report, silenced, stand_in_for, walked

WHY = "Listede yalnız cihaz adları vardı."


def changed(breach: Breach, by: User, **values: Any) -> Breach:
    """What is known stays as it is but for `values`."""
    known = {
        name: getattr(breach, name)
        for name in (
            *("level", "category", "personal_data", "learned_at", "reported_at", "occurred_at"),
            "detected_at",
        )
    }
    return assessment.change(breach, by=by, **known | values)


def hours_ago(hours: int) -> datetime:
    return timezone.now() - timedelta(hours=hours)


@pytest.fixture
def suspicion(team: Team) -> Breach:
    """Learned of seventy hours ago; whether personal data are involved is not clear yet."""
    return report(team, personal_data="unknown", learned_at=hours_ago(70), reported_at=hours_ago(70))


def test_ending_the_72_hours_needs_a_reason(team: Team, suspicion: Breach) -> None:
    with pytest.raises(RuleBroken) as refused:
        changed(suspicion, team.officer, personal_data="no")

    assert set(refused.value.fields) == {"reason"}
    assert Breach.objects.clock_running().count() == 1


def test_a_later_moment_of_learning_needs_a_reason(team: Team, suspicion: Breach) -> None:
    with pytest.raises(RuleBroken) as refused:
        changed(suspicion, team.officer, learned_at=hours_ago(1), personal_data="yes", reason="  ")

    assert set(refused.value.fields) == {"reason"}


def test_an_earlier_moment_and_graver_facts_need_none(team: Team, suspicion: Breach) -> None:
    known = changed(suspicion, team.officer, learned_at=hours_ago(71), personal_data="yes", level="A")

    assert (known.personal_data, known.level) == ("yes", "A")


def test_the_reason_stands_in_the_trail_with_old_and_new_and_the_lead_hears_of_it(
    team: Team, suspicion: Breach
) -> None:
    changed(suspicion, team.officer, personal_data="no", reason=WHY)

    entry = Entry.objects.filter(step="assess_breach", changes__has_key="personal_data").get()
    assert (entry.reason, entry.changes and entry.changes["personal_data"]) == (WHY, ["unknown", "no"])
    told_people = InboxItem.objects.filter(case=suspicion.pk, text__contains="ended or lengthened")
    assert set(told_people.values_list("user", flat=True)) == {team.lead.pk, team.head.pk}


@pytest.mark.parametrize(
    "values",
    [{"personal_data": "no"}, {"personal_data": "unknown"}, {"learned_at": "later"}],
    ids=lambda values: "-".join(values.values()),
)
def test_once_personal_data_were_involved_only_the_lead_eases_it(team: Team, values: dict[str, Any]) -> None:
    breach = report(team, learned_at=hours_ago(70), reported_at=hours_ago(70))
    given = values | ({"learned_at": hours_ago(1)} if "learned_at" in values else {})

    with pytest.raises(NotPermitted) as refused:
        changed(breach, team.officer, reason=WHY, **given)
    with pytest.raises(RuleBroken):
        changed(breach, team.lead, **given)

    assert set(refused.value.fields) == set(values)
    eased = changed(breach, team.lead, reason=WHY, **given)
    assert {name: getattr(eased, name) for name in given} == given


def test_who_stands_in_for_the_lead_eases_it_in_the_leads_name(team: Team, breach: Breach) -> None:
    deputy = stand_in_for(team.lead, Role.HIS_OFFICER)

    changed(breach, deputy, personal_data="no", reason=WHY)

    entry = Entry.objects.filter(step="assess_breach", changes__has_key="personal_data").get()
    assert (entry.actor, entry.on_behalf_of) == (deputy, team.lead)


def test_nobody_learned_of_it_after_somebody_was_told(team: Team, breach: Breach) -> None:
    breach = changed(breach, team.officer, learned_at=hours_ago(5))
    notices.record(breach, by=team.officer, summary="İlk.", way="Form", sent_at=hours_ago(3))

    with pytest.raises(RuleBroken) as refused:
        changed(breach, team.lead, learned_at=hours_ago(1), personal_data="yes", reason=WHY)

    assert set(refused.value.fields) == {"learned_at"}


def test_the_decision_does_not_deny_what_the_board_was_told(team: Team, breach: Breach) -> None:
    notices.record(breach, by=team.officer, summary="İlk.", way="Form")

    with pytest.raises(RuleBroken) as refused:
        decide(breach, team, personal_data="no")

    assert set(refused.value.fields) == {"personal_data"}


def form_of(breach: Breach, **values: Any) -> dict[str, Any]:
    """The form of the dossier as it is shown, but for `values`."""
    shown = {name: value for name, value in assessed(breach).items() if value not in (None, "", False)}
    moments = {
        name: f"{timezone.localtime(value):%Y-%m-%dT%H:%M}"
        for name, value in shown.items()
        if isinstance(value, datetime)
    }
    return shown | moments | values


def test_the_page_explains_it_and_refuses_the_officer_with_the_sentence(team: Team, breach: Breach) -> None:
    visitor = signed_in_client(team.officer)
    shown = visitor.get(breach.get_dossier_url()).content.decode()
    answer = visitor.post(
        f"{breach.get_dossier_url()}assess/", form_of(breach, personal_data="no", reason=WHY)
    )

    assert "imzaya sunulabilir" in shown
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "yalnızca ihlale ilişkin karar" in page
    assert WHY in page


def test_an_untouched_form_asks_for_no_reason(team: Team, breach: Breach) -> None:
    answer = signed_in_client(team.officer).post(
        f"{breach.get_dossier_url()}assess/", form_of(breach, system="HBYS")
    )

    assert answer.status_code == 302
    breach.refresh_from_db()
    assert breach.system == "HBYS"


def test_programs_meet_the_same_rule(team: Team, breach: Breach) -> None:
    address = f"breaches/{breach.number}/acts/assess/"
    body = form_of(breach, personal_data="no")

    answers = [
        program_of(team.officer).post(address, body | {"reason": WHY}),
        program_of(team.lead).post(address, body),
        program_of(team.lead).post(address, body | {"reason": WHY}),
    ]

    assert [answer.status_code for answer in answers] == [403, 422, 200]
    assert list(answers[1].json()["errors"]) == ["reason"]


def test_the_decision_says_that_no_ends_the_72_hours(team: Team, breach: Breach) -> None:
    page = signed_in_client(team.lead).get(f"{breach.get_absolute_url()}steps/decide/").content.decode()

    assert "72 saati Kurula haber verilmeden sona erdirir" in page


def reopened(breach: Breach, team: Team) -> Breach:
    return workflow.reopen(breach, by=team.lead, reason="Şifre kırılmış.")


def test_reopening_takes_a_signed_silence_back_and_counts_again(team: Team, breach: Breach) -> None:
    signed = silenced(breach)
    done = walked(breach, team, until="inform", personal_data="yes", decision="neither")
    assert not Breach.objects.clock_running().exists()

    again = reopened(done, team)

    signed.refresh_from_db()
    assert (again.kvkk_settled_at, again.clock_runs) == (None, True)
    assert (signed.lapsed_by, signed.is_approved) == (team.lead, True)
    item = InboxItem.objects.get(user=team.officer, case=breach.pk, text__contains="run again")
    assert breach.number in str(item.values)
    page = signed_in_client(team.officer).get(again.get_dossier_url()).content.decode()
    assert "artık geçerli değil" in page
    prevented = walked(again, team, until="prevent", personal_data="yes", decision="neither")
    with pytest.raises(RuleBroken):
        closed(prevented, team)


def test_after_reopening_it_is_proposed_and_signed_anew(team: Team, breach: Breach) -> None:
    silenced(breach)
    again = reopened(walked(breach, team, until="inform", personal_data="yes", decision="neither"), team)

    second = silenced(again)

    again.refresh_from_db()
    assert again.kvkk_settled_at == second.answered_at
    assert [one.lapsed_at is None for one in Silence.objects.order_by("pk")] == [False, True]


def test_reopening_leaves_a_board_that_was_told_told(team: Team, breach: Breach) -> None:
    notice = notices.record(breach, by=team.officer, summary="İlk.", way="Form")
    done = walked(breach, team, until="inform", personal_data="yes", decision="neither")

    again = reopened(done, team)

    assert (again.kvkk_settled_at, again.clock_runs) == (notice.sent_at, False)
    with pytest.raises(WrongState):
        notices.propose_silence(again, by=team.officer, reason=WHY)


def spans(breach: Breach) -> list[tuple[datetime, datetime | None]]:
    """What is held of its logs, the earliest first."""
    held = LogHold.objects.filter(breach=breach, hold__release__isnull=True).order_by("hold__since")
    return list(held.values_list("hold__since", "hold__until"))


def test_the_hold_begins_earlier_when_it_happened_earlier(team: Team) -> None:
    breach = report(team, level="A")
    ((since, _until),) = spans(breach)
    long_ago = timezone.now() - timedelta(days=200)

    changed(breach, team.officer, occurred_at=long_ago)
    changed(breach, team.officer, occurred_at=long_ago + timedelta(days=1))

    assert spans(breach) == [(long_ago, since), (since, None)]


def test_logs_given_free_are_held_again_when_it_is_reopened(team: Team) -> None:
    done = walked(report(team, level="A"), team, until="inform", decision="neither", level="A")
    assert done.closed_at is not None
    holding.release_due(done.closed_at + timedelta(days=366))
    assert spans(done) == []

    reopened(done, team)

    assert [until for _since, until in spans(done)] == [None]


def test_all_that_was_held_is_released_together(team: Team) -> None:
    breach = report(team, level="A")
    changed(breach, team.officer, occurred_at=timezone.now() - timedelta(days=200))
    done = walked(breach, team, until="inform", decision="neither", level="A")
    assert done.closed_at is not None

    assert holding.release_due(done.closed_at + timedelta(days=366)) == 2
    assert spans(done) == []
