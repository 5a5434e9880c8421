"""What a deputy does on a dossier stands there with both names: in the trail, on the page, in the timeline, over the API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from audit.models import Entry
from incidents import alerting
from incidents.models import Breach, Happening, Review, Shift
from incidents.services import (
    assessment,
    checklists,
    evidence,
    notices,
    reviews,
    rota,
    sanctions,
)
from processes.errors import RuleBroken
from processes.queries import case_for
from processes.services import insiders
from tests.accounts.people import person, signed_in_client
from tests.incidents.test_api import program_of
from tests.incidents.walking import Team, report, stand_in_for


@pytest.fixture
def deputy(team: Team) -> User:
    """Stands in for the lead."""
    return stand_in_for(team.lead)


def day() -> Any:
    return timezone.localdate()


def settled(breach: Breach, by: User) -> Any:
    return checklists.settle(checklists.add(breach, by=by, phase="contain", text="x"), by=by).settled_for


def handed(breach: Breach, by: User) -> Any:
    piece = evidence.secure(breach, by=by, title="x", place="x")
    evidence.verify(piece, by=by)
    given = evidence.hand_over(piece, by=by, giver="a", receiver="b", reason="c")
    return piece.collected_for if piece.collected_for == given.recorded_for else None


def noticed(breach: Breach, by: User) -> Any:
    notice = notices.record(breach, by=by, summary="x", way="x", missing="x", next_by=day())
    ended = notices.end_phase(notice.phase, by=by, reason="x")
    people = {notice.recorded_for, ended.asked_for, ended.settled_for}
    return people.pop() if len(people) == 1 else None


def followed(breach: Breach, by: User) -> Any:
    barrier = reviews.add_barrier(breach, by=by, text="x", owner=by, verify_on=day())
    looked = reviews.verify_barrier(barrier, by=by, holds=True, finding="x")
    review = Review.objects.create(breach=breach, due_on=day())
    held = reviews.hold(review, by=by, held_on=day(), participants="", course="", lessons="x")
    action = reviews.add_action(held, by=by, text="x", owner=by, due_on=day())
    people = {looked.verified_for, held.held_for, reviews.finish_action(action, by=by, result="x").done_for}
    return people.pop() if len(people) == 1 else None


def judged(breach: Breach, by: User) -> Any:
    return sanctions.record(breach, by=by, kind="none", decided_by="x", decided_on=day()).recorded_for


def silent(breach: Breach, by: User) -> Any:
    return notices.propose_silence(breach, by=by, reason="x").proposed_for


def acknowledged(breach: Breach, by: User) -> Any:
    return alerting.acknowledge(breach, by=by).acknowledged_for


def on_call(breach: Breach, by: User) -> Any:
    now = timezone.now()
    officer, other = person(Role.HIS_OFFICER), person(Role.HIS_OFFICER)
    shift = rota.plan(by=by, officer=officer, deputy=other, starts_at=now, ends_at=now + timedelta(hours=8))
    gone = rota.cancel(shift, by=by)
    return gone.made_for if gone.made_for == gone.cancelled_for else None


def assessed(breach: Breach, by: User) -> Any:
    assessment.change(
        breach,
        by=by,
        level="A",
        category=None,
        personal_data="yes",
        learned_at=breach.learned_at,
        reported_at=breach.reported_at,
    )
    return Entry.objects.filter(step="assess_breach").latest("pk").on_behalf_of


ACTS = [settled, handed, noticed, followed, judged, silent, acknowledged, on_call, assessed]


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_both_names_are_recorded_and_told_by_the_trail(
    team: Team, breach: Breach, deputy: User, act: Callable[[Breach, User], Any]
) -> None:
    begun = Entry.objects.latest("pk").pk

    assert act(breach, deputy) == team.lead

    entries = Entry.objects.filter(pk__gt=begun).exclude(content_type__model__in=("review", "user", "grant"))
    written = entries.exclude(step="").values_list("actor", "on_behalf_of")
    assert set(written) == {(deputy.pk, team.lead.pk)}


@pytest.mark.parametrize("act", ACTS[:6], ids=lambda act: act.__name__)
def test_ones_own_right_needs_nobody_elses_name(
    team: Team, breach: Breach, act: Callable[[Breach, User], Any]
) -> None:
    assert act(breach, stand_in_of_both(team)) is None


def stand_in_of_both(team: Team) -> User:
    """An officer who stands in for the lead as well: what the officer may do is done in the officer's own name."""
    return stand_in_for(team.lead, Role.HIS_OFFICER)


def test_who_was_let_in_by_name_acts_in_their_own(team: Team, breach: Breach) -> None:
    insider = stand_in_for(team.it_officer)
    insiders.admit(breach, insider, by=team.lead, reason="Kayıtları inceliyor")

    assert settled(breach, insider) == team.it_officer
    insiders.admit(breach, team.it_officer, by=team.lead, reason="Kayıtları inceliyor")
    assert settled(breach, team.it_officer) is None


def test_both_names_stand_on_the_page_in_the_timeline_and_over_the_api(
    team: Team, breach: Breach, deputy: User
) -> None:
    notices.record(breach, by=deputy, summary="İlk bildirim.", way="Form")

    both = f"{deputy.full_name} ({team.lead.full_name} adına)"
    page = signed_in_client(team.officer).get(breach.get_dossier_url()).content.decode()
    case_page = signed_in_client(team.officer).get(breach.get_absolute_url()).content.decode()
    told = program_of(team.officer).get(f"breaches/{breach.number}/").json()["notices"][0]
    assert both in page
    assert f"{team.lead.full_name} adına" in case_page
    assert (told["recorded_by"], told["recorded_for"]) == (deputy.full_name, team.lead.full_name)
    assert Happening.objects.get(kind="notice").principal == team.lead
    assert case_for(team.officer, breach.number).number == breach.number


def test_a_deputy_of_the_head_signs_in_both_names_but_not_what_the_head_proposed(
    team: Team, breach: Breach
) -> None:
    deputy = stand_in_for(team.head)
    own = notices.propose_silence(breach, by=team.head, reason="Şifreliydi.")
    assert not notices.may_sign(own, deputy)
    with pytest.raises(RuleBroken):
        notices.answer_silence(own, by=deputy, is_approved=True)

    other = notices.propose_silence(report(team), by=team.lead, reason="Şifreliydi.")
    assert notices.may_sign(other, deputy)
    signed = notices.answer_silence(other, by=deputy, is_approved=True)
    assert (signed.answered_by, signed.answered_for) == (deputy, team.head)


def test_the_head_does_not_sign_what_a_deputy_proposed_for_them(team: Team, breach: Breach) -> None:
    proposal = notices.propose_silence(breach, by=stand_in_for(team.head), reason="Şifreliydi.")

    assert not notices.may_sign(proposal, team.head)
    with pytest.raises(RuleBroken):
        notices.answer_silence(proposal, by=team.head, is_approved=True)
    assert Shift.objects.count() == 0
