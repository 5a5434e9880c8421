"""The clauses the trail keeps: each check is content when all is well and tells when something is broken."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from audit import holds, publishing, trail, verifying
from audit.context import acting
from audit.models import AnchorKind, Checkpoint, Hold, Verification
from processes import clauses
from processes.keepers import audit as keeper
from processes.models import Note
from tests.audit.people import somebody
from tests.audit.sealed import as_superuser, publish, seal, sealed, write
from tests.database.logins import OWNER, entered_as

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def whole_trail(transactional_db: None, settings: Any, tmp_path: Path) -> None:
    """Sealed and published."""
    settings.SEALS_FOLDER = tmp_path
    sealed(1, 2)


def found(*codes: str) -> None:
    """A verification that found these."""
    with transaction.atomic():
        now = timezone.now()
        Verification.objects.create(
            began_at=now,
            ended_at=now,
            tree_size=3,
            findings=[verifying.Finding(code, {"entry": 1, "pos": 0}).stored() for code in codes],
        )


def test_every_clause_of_the_trail_has_its_keeper() -> None:
    for number in keeper.HOW:
        (clause,) = [clause for clause in clauses.all_clauses() if clause.number == number]
        assert "audit" in {keeping.app for keeping in clauses.keepings(clause)}


def test_all_is_well() -> None:
    for check in (keeper.logging, keeper.watched, keeper.online, keeper.proved, keeper.traced):
        assert check() == []


def test_protection_that_is_off_is_a_finding() -> None:
    with entered_as(OWNER), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_no_change")
        assert len(keeper.logging()) == 1
        transaction.set_rollback(True)


def test_a_table_that_tells_nothing_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(trail._tracked, Note)
    assert len(keeper.logging()) == 1


def test_seals_that_stay_in_the_house_are_a_finding() -> None:
    write(1)
    seal()
    with as_superuser() as cursor:
        cursor.execute("UPDATE audit_checkpoint SET made_at = made_at - interval '1 hour'")
        assert len(keeper.watched()) == 1
        publish()
        assert keeper.watched() == []


def test_the_owners_log_in_is_a_finding_and_the_programs_own_is_none() -> None:
    assert keeper.own_roles() == []
    with entered_as(OWNER):
        assert len(keeper.own_roles()) == 1


def test_entries_that_are_gone_are_a_finding() -> None:
    found("entry-missing")
    assert len(keeper.online()) == 1


def test_seals_nobody_was_mailed_are_a_finding() -> None:
    with as_superuser() as cursor:
        cursor.execute("UPDATE audit_checkpoint SET made_at = made_at - interval '2 days'")
        assert len(keeper.online()) == 1
        publishing.record(Checkpoint.objects.get(), AnchorKind.MAIL)
        assert keeper.online() == []


def test_a_trail_that_is_not_whole_is_a_finding() -> None:
    found("root")
    assert len(keeper.proved()) == 1


def test_a_seal_of_a_stranger_is_a_finding(settings: Any) -> None:
    settings.SEAL_KEY = bytes(32)
    assert len(keeper.proved()) == 1


def test_a_change_by_nobody_from_nowhere_is_a_finding() -> None:
    with acting(request_id="istek-2026-0001"), transaction.atomic():
        person = somebody("mehmet")
    assert len(keeper.traced()) == 2
    with acting(by=person, address="192.0.2.7", request_id="istek-2026-0002"):
        trail.record(person, "viewed")
    assert len(keeper.traced()) == 2


def test_what_is_older_than_a_week_is_left_to_the_past() -> None:
    with acting(request_id="istek-2026-0001"), transaction.atomic():
        somebody("mehmet")
    with as_superuser() as cursor:
        cursor.execute("UPDATE audit_entry SET timestamp = %s", [timezone.now() - timedelta(days=8)])
        assert keeper.traced() == []


def held() -> Hold:
    with transaction.atomic():
        return holds.hold(timezone.now() - timedelta(days=400), None, "Olay incelemesi", somebody("hasan"))


def test_a_hold_is_kept_and_asked_about_after_a_year() -> None:
    held()
    assert keeper.held() == []
    hold = Hold.objects.get()
    with transaction.atomic():
        old = Hold.objects.create(
            since=hold.since, reason="Eski", by=hold.by, at=timezone.now() - timedelta(days=366)
        )
    (sentence,) = keeper.held()
    assert str(old.pk) in sentence
    with transaction.atomic():
        holds.release(old, "Bitti", hold.by)
    assert keeper.held() == []


def test_a_hold_over_a_gap_is_a_finding() -> None:
    found("entry-missing")
    assert keeper.held() == []
    held()
    assert len(keeper.held()) == 1


def test_holds_that_could_be_removed_are_a_finding() -> None:
    with as_superuser():
        assert len(keeper.held()) == 4
