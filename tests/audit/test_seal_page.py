"""The unit head's page about the trail's seal."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone, translation

from accounts.roles import Role
from audit import publishing, sealing, standing, verifying
from audit.models import Acknowledgement, AnchorKind, Checkpoint, Verification
from tests.accounts.people import person, signed_in_client
from tests.audit.sealed import as_superuser, publish, seal, sealed, write
from tests.database.logins import SEALER, as_owner, entered_as

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("seals")]
PAGE = "/admin/audit/checkpoint/"


def page(role: str = Role.UNIT_HEAD) -> str:
    with transaction.atomic():
        head = person(role, language="en")
    client = signed_in_client(head)
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return answer.content.decode()


def visitor(role: str) -> Client:
    with transaction.atomic():
        somebody = person(role)
    return signed_in_client(somebody)


def sentences(now: Any = None) -> list[str]:
    return standing.amiss(now)


def test_the_page_shows_size_seal_and_the_open_window() -> None:
    size = sealed(2, 3)
    verifying.verify_and_record()
    text = page()
    assert f"<td>{size}</td>" in text
    assert "One window stays open" in text
    assert "All is well" in text


def test_protection_that_is_off_is_on_the_page() -> None:
    with as_owner() as cursor:
        cursor.execute("ALTER TABLE audit_leaf DISABLE TRIGGER audit_leaf_no_truncate")
        try:
            text = page()
        finally:
            cursor.execute("ALTER TABLE audit_leaf ENABLE ALWAYS TRIGGER audit_leaf_no_truncate")
    assert "All is well" not in text
    assert "audit_leaf_no_truncate" in text
    assert "audit_entry_no_truncate" not in text


def test_nobody_but_the_unit_head_opens_it() -> None:
    client = visitor(Role.IT_OFFICER)
    assert client.get(PAGE).status_code == 403


def test_a_seal_is_shown_as_it_was_published_and_cannot_be_changed() -> None:
    sealed(1, 1)
    client = visitor(Role.UNIT_HEAD)
    seal = Checkpoint.objects.get()
    assert seal.note.splitlines()[2] in client.get(f"{PAGE}{seal.pk}/change/").content.decode()
    assert client.post(f"{PAGE}{seal.pk}/change/", {"note": "x"}).status_code == 403
    assert client.post(f"{PAGE}{seal.pk}/delete/", {"post": "yes"}).status_code == 403


def test_what_the_last_verification_found_is_told_in_words() -> None:
    sealed(1, 3)
    Verification.objects.create(
        began_at=timezone.now(),
        ended_at=timezone.now(),
        tree_size=4,
        findings=[verifying.Finding("entry-missing", {"entry": 77, "pos": 2}).stored()],
    )
    text = page()
    assert "Entry 77 was sealed at place 2 and is gone." in text
    assert "The last verification of the trail found 1 things amiss." in text


def test_a_trail_in_order_leaves_nothing_to_tell() -> None:
    sealed(1, 3)
    verifying.verify_and_record()
    assert sentences() == []


def test_an_empty_trail_leaves_nothing_to_tell() -> None:
    assert sentences() == []


def test_a_late_seal_is_told() -> None:
    write(1)
    with translation.override("tr"):
        told = sentences(timezone.now() + timedelta(minutes=5, seconds=30))
    assert told == ["İz kayıtları 5 dakikadır mühür bekliyor."]
    assert sentences() == []


def test_an_open_transaction_is_not_taken_for_a_sealed_one() -> None:
    sealed(1, 1)
    write(1)
    found = standing.standing()
    assert found.waiting_since is not None
    seal()
    assert standing.standing().lag == timedelta()


def test_a_seal_that_did_not_leave_the_house_is_told() -> None:
    write(2)
    seal()
    assert len(sentences()) == 1
    publish()
    assert sentences() == []


def test_a_missing_time_stamp_is_told_where_an_authority_is_set(settings: Any) -> None:
    sealed(1, 2)
    verifying.verify_and_record()
    later = timezone.now() + timedelta(hours=35)
    too_late = timezone.now() + timedelta(hours=37)
    before = len(sentences(too_late))
    settings.TIMESTAMP_URL = "https://zaman.example/"
    assert sentences(later) == []
    assert len(sentences(too_late)) == before + 1
    with entered_as(SEALER):
        publishing.record(Checkpoint.objects.get(), AnchorKind.TIMESTAMP, b"stamp")
    assert len(sentences(too_late)) == before


def test_a_verification_that_is_too_old_or_missing_is_told() -> None:
    sealed(1, 2)
    assert sentences() == []
    assert len(sentences(timezone.now() + timedelta(days=2))) == 1
    verifying.verify_and_record()
    assert sentences() == []
    assert len(sentences(timezone.now() + timedelta(days=2))) == 1


def test_findings_of_the_last_verification_are_told() -> None:
    sealed(1, 2)
    with as_superuser() as cursor:
        cursor.execute("UPDATE audit_entry SET reason = 'forged'")
        report = verifying.verify(guards=False)
    with transaction.atomic():
        Verification.objects.create(
            began_at=report.began_at,
            ended_at=timezone.now(),
            tree_size=report.tree_size,
            findings=[finding.stored() for finding in report.findings],
        )
    assert len(sentences()) == 1


def test_protection_that_is_off_is_told() -> None:
    assert standing.unguarded() == []
    with as_superuser() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_no_change")
        assert len(standing.unguarded()) >= 1


def test_the_nightly_task_verifies_once_a_day() -> None:
    from audit import tasks

    sealed(1, 2)
    tasks.verify()
    tasks.verify()
    assert Verification.objects.count() == 1


def test_the_task_of_each_minute_seals_and_publishes() -> None:
    from audit import tasks

    write(3)
    with entered_as(SEALER):
        tasks.seal()
    assert standing.standing().anchors["file"].checkpoint == Checkpoint.objects.get().number


def test_without_an_authority_the_hourly_task_has_nothing_to_do() -> None:
    from audit import tasks

    sealed(1, 1)
    tasks.stamp()
    assert "timestamp" not in standing.standing().anchors


def test_where_the_sealer_has_its_own_role_the_worker_leaves_it_the_work() -> None:
    from audit import tasks

    write(1)
    assert not tasks.may_seal()
    tasks.seal()
    assert not Checkpoint.objects.exists()


def restored() -> int:
    """A restore that left a published seal behind, declared and verified; the number of its epoch."""
    sealed(1, 3)
    with entered_as(SEALER):
        number = sealing.begin_epoch("Gece yedeği geri yüklendi.").number
    with transaction.atomic():
        now = timezone.now()
        lost = verifying.Finding("published-shrank", {"size": 99, "now": 4}).stored()
        Verification.objects.create(began_at=now, ended_at=now, tree_size=4, explained=[lost])
    return number


def test_a_restore_and_what_it_left_behind_are_on_the_page_until_the_unit_head_answers() -> None:
    number = restored()
    client = visitor(Role.UNIT_HEAD)
    before = client.get(PAGE).content.decode()
    assert "Gece yedeği geri yüklendi." in before
    assert "99" in before
    assert before.count("errornote") == 2
    answer = client.post(f"{PAGE}restores/{number}/", {"reason": "Disk arızası, iki saat kayıp."})
    assert answer.status_code == 302
    after = client.get(PAGE).content.decode()
    assert "Disk arızası, iki saat kayıp." in after
    assert "errornote" not in after
    assert 'name="reason"' not in after
    assert "99" in after  # what was left behind stays on the page


def test_an_answer_without_a_reason_changes_nothing() -> None:
    number = restored()
    client = visitor(Role.UNIT_HEAD)
    client.post(f"{PAGE}restores/{number}/", {"reason": " "})
    assert not Acknowledgement.objects.exists()
    assert client.get(PAGE).content.decode().count("errornote") == 2


def test_nobody_but_the_unit_head_answers_for_a_restore() -> None:
    number = restored()
    assert visitor(Role.IT_LEAD).post(f"{PAGE}restores/{number}/", {"reason": "x"}).status_code == 403
    assert visitor(Role.UNIT_HEAD).get(f"{PAGE}restores/{number}/").status_code == 405
    assert not Acknowledgement.objects.exists()


def test_a_restore_nobody_answered_for_must_be_acted_on() -> None:
    from config import checks
    from config.monitoring import Level

    restored()
    assert checks.seal().level is Level.ACT


def test_a_failed_verification_must_be_acted_on() -> None:
    from config import checks
    from config.monitoring import Level

    sealed(1, 3)
    verifying.verify_and_record()
    assert checks.seal().level is Level.FINE
    with transaction.atomic():
        now = timezone.now()
        found = [verifying.Finding("root", {"number": 1}).stored()]
        Verification.objects.create(began_at=now, ended_at=now, tree_size=4, findings=found)
    assert checks.seal().level is Level.ACT


def test_protection_that_is_off_must_be_acted_on() -> None:
    from config import checks
    from config.monitoring import Level

    sealed(1, 3)
    verifying.verify_and_record()
    with as_owner() as cursor:
        cursor.execute("ALTER TABLE audit_epoch DISABLE TRIGGER audit_epoch_no_change")
        try:
            found = checks.seal()
        finally:
            cursor.execute("ALTER TABLE audit_epoch ENABLE ALWAYS TRIGGER audit_epoch_no_change")
    assert (found.level, "audit_epoch_no_change" in str(found.sentence)) == (Level.ACT, True)


def test_a_sealer_or_a_clock_that_never_ticked_must_be_acted_on() -> None:
    from config import checks
    from config.monitoring import Level

    write(1)
    assert (checks.seal().level, checks.beat().level) == (Level.FINE, Level.LOOK)
    with as_superuser() as cursor:
        cursor.execute(
            "UPDATE audit_entry SET db_at = db_at - interval '3 minutes', timestamp = timestamp - interval '11 minutes'"
        )
        assert (standing.standing().lag < timedelta(minutes=10), len(standing.amiss())) == (True, 1)
        assert checks.beat().level is Level.ACT
        assert any("hiç mühürlenmedi" in sentence for sentence in standing.urgent())
