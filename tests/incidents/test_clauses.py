"""Each check of the room can fail: what it finds when its clause is broken, and nothing while it is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from incidents import clauses
from incidents.models import (
    Alert,
    Authority,
    Barrier,
    Breach,
    ChecklistItem,
    Cooperation,
    EmergencyOfficer,
    Level,
    LevelPlan,
    LogHold,
    NoticePhase,
    Review,
    Shift,
    Task,
)
from incidents.reference import load_checklists
from incidents.services import notices, rota
from processes.models import StepRun
from tests.incidents.walking import Team, report, walked

DAY = timedelta(days=1)


@pytest.fixture
def kept(team: Team) -> Team:
    """A house in which every clause is kept."""
    today = timezone.localdate()
    now = timezone.now()
    load_checklists()
    later = today + 100 * DAY
    EmergencyOfficer.objects.create(
        person=team.head, duty="Yönetici", authority="Yetki", appointed_on=today, review_by=later
    )
    Cooperation.objects.create(partner="Hukuk", need="Görüş", contact="2201", review_by=later)
    Authority.objects.create(
        event="Hırsızlık", institution="Emniyet", way="Telefon", contact="112", applicant="Müdür", review_by=later
    )  # fmt: skip
    for level in Level.values:
        LevelPlan.objects.create(level=level, risks="x", losses="x", before="x", after="x", review_by=later)
    rota.plan(
        by=team.lead, officer=team.officer, deputy=team.head, starts_at=now - DAY, ends_at=now + 8 * DAY
    )
    return team


def going(team: Team, until: str, level: str = "C", decision: str = "disciplinary") -> Breach:
    """A breach walked as far as asked while no check list stood in the way."""
    ChecklistItem.objects.update(is_active=False)
    breach = walked(report(team, level=level), team, until=until, decision=decision)
    ChecklistItem.objects.update(is_active=True)
    return breach


def test_a_house_in_order_has_no_findings(kept: Team) -> None:
    report(kept)
    report(kept, level="A")

    assert {number: list(check()) for number, (_how, check) in clauses.KEPT.items() if check()} == {}


def test_the_room_keeps_its_steps_and_all_of_the_emergency_clauses() -> None:
    assert set(clauses.KEPT) == {f"5.3.2.{place}" for place in range(1, 7)} | {
        f"5.1.{place}" for place in range(1, 12)
    }


def not_confidential(team: Team) -> None:
    Breach.objects.filter(pk=report(team).pk).update(is_confidential=False)


def undecided(team: Team) -> None:
    Breach.objects.filter(pk=report(team).pk).update(state="contained")


def sanction_forgotten(team: Team) -> None:
    going(team, "decide")
    Task.objects.exclude(awaits="").update(due_on=timezone.localdate() - 8 * DAY)


def sanction_never_asked_for(team: Team) -> None:
    going(team, "decide")
    Task.objects.exclude(awaits="").delete()


def closed_without_sanction(team: Team) -> None:
    done = going(team, "decide")
    Breach.objects.filter(pk=done.pk).update(state="closed")


def phase_forgotten(team: Team) -> None:
    notices.record(
        report(team), by=team.officer, summary="x", way="x", missing="x", next_by=timezone.localdate()
    )
    NoticePhase.objects.update(due_on=timezone.localdate() - DAY)


def unreferred(team: Team) -> None:
    done = going(team, "refer")
    Breach.objects.filter(pk=done.pk).update(referral_number="", referral_date=None)


def stopped_too_early(team: Team) -> None:
    Task.objects.create(breach=going(team, "refer"), phase="contain", text="x")
    Breach.objects.update(state="contained")


def barrier_forgotten(team: Team) -> None:
    going(team, "prevent")
    Barrier.objects.update(verify_on=timezone.localdate() - DAY)


def closed_in_silence(team: Team) -> None:
    Breach.objects.filter(pk=going(team, "inform").pk).update(answer_channel="", answer_note="")


def hours_over(team: Team) -> None:
    Breach.objects.filter(pk=report(team).pk).update(learned_at=timezone.now() - 4 * DAY)


def no_officer(team: Team) -> None:
    EmergencyOfficer.objects.update(is_active=False)


def stale_officer(team: Team) -> None:
    EmergencyOfficer.objects.update(review_by=timezone.localdate() - DAY)


def no_cooperation(team: Team) -> None:
    Cooperation.objects.update(is_active=False)


def logs_let_go(team: Team) -> None:
    report(team, level="A")
    LogHold.objects.all().delete()


def form_closed(team: Team) -> None:
    team.head.is_active = False
    team.head.save(update_fields=["is_active"])


def review_forgotten(team: Team) -> None:
    going(team, "inform", "A")
    Review.objects.update(due_on=timezone.localdate() - DAY)


def nobody_told(team: Team) -> None:
    report(team)
    Alert.objects.all().delete()


def rota_with_a_gap(team: Team) -> None:
    Shift.objects.update(ends_at=timezone.now() + DAY)


def level_unplanned(team: Team) -> None:
    LevelPlan.objects.filter(level="B").update(is_active=False)


def unheard(team: Team) -> None:
    report(team)
    Alert.objects.update(answer_by=timezone.now() - timedelta(hours=3))


def court_forgotten(team: Team) -> None:
    going(team, "decide", decision="judicial")
    long_ago = timezone.now() - 20 * DAY
    StepRun.objects.filter(step__key="decide").update(entered_at=long_ago, ended_at=long_ago)


def no_authority(team: Team) -> None:
    Authority.objects.update(is_active=False)


BROKEN: list[tuple[str, Callable[[Team], None]]] = [
    ("5.3.2.1", not_confidential),
    ("5.3.2.2", undecided),
    ("5.3.2.2", sanction_forgotten),
    ("5.3.2.2", sanction_never_asked_for),
    ("5.3.2.2", closed_without_sanction),
    ("5.3.2.3", unreferred),
    ("5.3.2.4", stopped_too_early),
    ("5.3.2.5", barrier_forgotten),
    ("5.3.2.6", closed_in_silence),
    ("5.3.2.6", hours_over),
    ("5.3.2.6", phase_forgotten),
    ("5.1.1", no_officer),
    ("5.1.1", stale_officer),
    ("5.1.2", no_cooperation),
    ("5.1.3", logs_let_go),
    ("5.1.4", form_closed),
    ("5.1.5", review_forgotten),
    ("5.1.6", nobody_told),
    ("5.1.6", rota_with_a_gap),
    ("5.1.8", level_unplanned),
    ("5.1.9", unheard),
    ("5.1.10", court_forgotten),
    ("5.1.11", no_authority),
]


@pytest.mark.parametrize(("number", "breaking"), BROKEN, ids=[f"{n}-{b.__name__}" for n, b in BROKEN])
def test_what_breaks_a_clause_is_found(kept: Team, number: str, breaking: Callable[[Team], None]) -> None:
    breaking(kept)

    assert list(clauses.KEPT[number][1]())


def test_a_level_the_directive_does_not_know_is_found(kept: Team) -> None:
    breach = report(kept)
    Breach.objects.filter(pk=breach.pk).update(level="")

    assert list(clauses.levels_known())


def test_more_than_an_hour_for_an_emergency_is_found(kept: Team, settings: Any) -> None:
    settings.INCIDENTS_ACKNOWLEDGE_MINUTES = 90

    assert list(clauses.managers_reached())
