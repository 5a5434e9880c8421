"""Breaches for tests, and the way through their steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Delegation, User
from accounts.roles import Role
from incidents import workflow
from incidents.models import Breach, Category, Evidence, Silence
from incidents.services import evidence, notices, sanctions
from tests.accounts.people import person
from tests.processes.records import pdf
from tests.processes.sheets import load


@dataclass(frozen=True)
class Team:
    """One person of each kind."""

    head: User
    lead: User
    officer: User
    it_officer: User
    reporter: User
    outsider: User


def category(name: str = "Yetkisiz erişim") -> Category:
    """A category."""
    return Category.objects.get_or_create(name=name)[0]


def report(team: Team, **values: Any) -> Breach:
    """A breach registered by the officer."""
    given: dict[str, Any] = {
        "by": team.officer,
        "title": "Kayıp taşınabilir bellek",
        "applicant": team.reporter,
        "channel": "telephone",
        "personal_data": "yes",
    }
    return workflow.report(**given | values)


def decide(breach: Breach, team: Team, decision: str = "neither", **values: Any) -> Breach:
    """The lead's decision."""
    given: dict[str, Any] = {"decision_reason": "İncelendi.", "category": category(), "personal_data": "no"}
    return workflow.decide(breach, by=team.lead, decision=decision, **given | values)


def walked(
    breach: Breach, team: Team, *, until: str, decision: str = "disciplinary", **values: Any
) -> Breach:
    """The breach after the step `until`."""
    today = timezone.localdate()
    steps: dict[str, Callable[[Breach], Breach]] = {
        "decide": lambda b: decide(b, team, decision, **values),
        "refer": lambda b: workflow.refer(b, by=team.lead, referral_number="E-1-708-5", referral_date=today),
        "contain": lambda b: workflow.contain(b, by=team.officer, note="Erişim kapatıldı."),
        "prevent": lambda b: workflow.prevent(
            b,
            by=team.officer,
            barrier="Taşınabilir bellekler şifrelendi.",
            owner=team.officer,
            verify_on=today + timedelta(days=30),
        ),
        "inform": lambda b: closed(b, team),
    }
    for name, step in steps.items():
        if name != "refer" or breach.state == "decided":
            breach = step(breach)
        if name == until:
            break
    return breach


def stand_in_for(away: User, *roles: str) -> User:
    """Somebody of the same house who acts for them today."""
    deputy = person(*roles, institution=away.institution)
    today = timezone.localdate()
    Delegation.objects.create(
        from_user=away,
        to_user=deputy,
        valid_from=today - timedelta(days=1),
        valid_until=today + timedelta(days=3),
        reason="Yıllık izin",
        given_by=away,
    )
    return deputy


def concluded(breach: Breach, by: User) -> None:
    """What came of the proceedings is recorded: they ended without a sanction."""
    for task in breach.tasks.awaiting().order_by("pk"):
        sanctions.record(
            breach,
            by=by,
            kind="none",
            decided_by="Disiplin Kurulu",
            decided_on=timezone.localdate(),
            concludes=task.awaits,
        )


def closed(breach: Breach, team: Team) -> Breach:
    """The reporter was told, after what came of the decision was recorded."""
    concluded(breach, team.officer)
    return workflow.inform(breach, by=team.officer, answer_channel="telephone", answer_note="Arandı.")


def secured() -> Evidence:
    """A piece of evidence with its file, of a breach in an office that knows nothing else."""
    load()
    officer = person(Role.HIS_OFFICER)
    breach = workflow.report(by=officer, title="Kayıp bellek", channel="telephone", personal_data="yes")
    upload = SimpleUploadedFile("kayit.pdf", pdf())
    return evidence.secure(breach, by=officer, title="Kayıt", place="Kasa", upload=upload)


def silenced(breach: Breach) -> Silence:
    """A signed decision not to tell the Board of it."""
    proposal = notices.propose_silence(breach, by=person(Role.HIS_OFFICER), reason="Şifreliydi.")
    return notices.answer_silence(proposal, by=person(Role.UNIT_HEAD), is_approved=True)
