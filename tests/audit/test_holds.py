"""Spans of the trail held for an examination: who, why, until released; and what they keep from being given up."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from audit import exporting, holds, retention
from audit.models import Entry, Hold, Release
from audit.retention import MustStay, Span
from tests.audit.people import somebody
from tests.audit.sealed import as_superuser, sealed

MORNING = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
EVENING = MORNING + timedelta(hours=10)
LATER = timedelta(days=366 * 6)


def held(
    since: datetime = MORNING, until: datetime | None = EVENING, reason: str = "Olay incelemesi"
) -> Hold:
    with transaction.atomic():
        return holds.hold(since, until, reason, somebody(f"kisi{Hold.objects.count()}"))


def test_a_hold_stands_in_the_trail_with_its_reason_and_its_person(db: None) -> None:
    hold = held()
    entry = Entry.objects.latest()
    assert (entry.event, entry.object_pk, entry.reason) == ("held", str(hold.pk), "Olay incelemesi")
    assert entry.actor == hold.by
    assert entry.step == "hold_trail"
    assert list(Hold.objects.in_force()) == [hold]


def test_a_release_stands_in_the_trail_and_leaves_the_hold_as_it_was(db: None) -> None:
    hold, other = held(), somebody("baska")
    holds.release(hold, " İnceleme bitti. ", other)
    entry = Entry.objects.latest()
    assert (entry.event, entry.reason, entry.actor_id) == ("released", "İnceleme bitti.", other.pk)
    assert not Hold.objects.in_force().exists()
    assert not Hold.objects.get().is_in_force
    with pytest.raises(holds.BadHold):
        holds.release(hold, "Bir daha", other)
    assert Release.objects.count() == 1


@pytest.mark.parametrize(
    ("since", "until", "reason"),
    [(MORNING, EVENING, "  "), (EVENING, MORNING, "x"), (MORNING, MORNING, "x")],
)
def test_a_hold_that_makes_no_sense_is_refused(
    db: None, since: datetime, until: datetime, reason: str
) -> None:
    with pytest.raises(holds.BadHold):
        holds.hold(since, until, reason, somebody())
    assert not Hold.objects.exists()


def test_a_moment_without_a_zone_is_no_moment(db: None) -> None:
    with pytest.raises(ValueError, match="time zone"):
        holds.hold(MORNING.replace(tzinfo=None), None, "x", somebody())


def test_a_release_needs_its_reason(db: None) -> None:
    with pytest.raises(holds.BadHold):
        holds.release(held(), "", somebody())
    assert Hold.objects.in_force().exists()


def test_the_database_refuses_a_span_that_is_none(db: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Hold.objects.create(since=EVENING, until=MORNING, reason="x", by=somebody())


@pytest.mark.login("owner")
@pytest.mark.parametrize("table", ["audit_hold", "audit_release"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET reason = 'başka'", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_not_even_the_owner_changes_a_hold(db: None, table: str, sql: str) -> None:
    holds.release(held(), "Bitti", somebody())
    connection.check_constraints()
    with pytest.raises(ProgrammingError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(table))
    assert getattr(refusal.value.__cause__, "pgcode", "") == "42501"


def test_what_touches_a_hold(db: None) -> None:
    bounded, open_end = held(), held(EVENING + timedelta(days=1), None)

    def touching(since: datetime, until: datetime) -> set[Hold]:
        return set(Hold.objects.touching(since, until))

    assert touching(MORNING - timedelta(days=2), MORNING - timedelta(days=1)) == set()
    assert touching(MORNING - timedelta(days=2), MORNING) == {bounded}
    assert touching(EVENING, EVENING + timedelta(hours=1)) == {bounded}
    assert touching(EVENING + timedelta(days=400), EVENING + timedelta(days=500)) == {open_end}
    assert touching(MORNING - timedelta(days=9), EVENING + timedelta(days=9)) == {bounded, open_end}


def test_five_years_and_not_a_day_less(db: None) -> None:
    span = Span(MORNING, EVENING)
    end = retention.kept_until(EVENING)
    assert end == EVENING.replace(year=2031)
    assert len(retention.obstacles(span, end - timedelta(seconds=1))) == 1
    assert retention.obstacles(span, end) == []
    leap = datetime(2028, 2, 29, 12, tzinfo=UTC)
    assert retention.kept_until(leap) == datetime(2033, 3, 1, 12, tzinfo=UTC)


def test_a_hold_keeps_a_span_longer_until_it_is_released(db: None) -> None:
    hold, span = held(), Span(MORNING, EVENING)
    (sentence,) = retention.obstacles(span, EVENING + LATER)
    assert "Olay incelemesi" in sentence
    holds.release(hold, "Bitti", somebody())
    assert retention.obstacles(span, EVENING + LATER) == []


@pytest.fixture
def exported(transactional_db: None, seals: Path, tmp_path: Path) -> Path:
    """A copy of the whole trail."""
    sealed(1, 3)
    exporting.export(tmp_path / "copy")
    return tmp_path / "copy"


def test_a_young_copy_is_not_given_up(exported: Path) -> None:
    with pytest.raises(CommandError, match=r"kept until|saklanmalıdır"):
        call_command("audit", "discard", str(exported), reason="Yer açmak")
    assert exported.exists()
    assert not Entry.objects.filter(event="discarded").exists()


def test_an_old_copy_is_given_up_and_that_stands_in_the_trail(exported: Path) -> None:
    with transaction.atomic():
        span = retention.discard(exported, timezone.now() + LATER)
    assert not exported.exists()
    entry = Entry.objects.get(event="discarded")
    assert entry.changes is not None
    assert span.since <= span.until


def test_a_held_copy_is_not_given_up(exported: Path) -> None:
    held(timezone.now() - timedelta(hours=1), None)
    with pytest.raises(MustStay, match="Olay incelemesi"), transaction.atomic():
        retention.discard(exported, timezone.now() + LATER)
    assert exported.exists()


def test_the_only_copy_is_not_given_up(exported: Path) -> None:
    with as_superuser() as cursor:
        cursor.execute("DELETE FROM audit_entry WHERE id = (SELECT max(entry_id) FROM audit_leaf)")
        with pytest.raises(MustStay):
            retention.discard(exported, timezone.now() + LATER)
    assert exported.exists()


def test_a_folder_of_something_else_is_not_given_up(db: None, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()
    for text in (None, "[]", '{"format": "x", "first": 0, "size": 0}', '{"format": 1}'):
        if text is not None:
            (tmp_path / "manifest.json").write_text(text, encoding="utf-8")
        with pytest.raises(MustStay):
            retention.discard(tmp_path, timezone.now() + LATER)
    assert (tmp_path / "thesis.txt").exists()


def test_an_export_names_the_holds_in_force(transactional_db: None, seals: Path, tmp_path: Path) -> None:
    released, kept = held(reason="Biten"), held(MORNING, None, "Süren")
    with transaction.atomic():
        holds.release(released, "Bitti", somebody())
    sealed(1, 1)
    exporting.export(tmp_path / "copy")
    manifest = json.loads((tmp_path / "copy" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["holds"] == [
        {"number": kept.pk, "since": MORNING.isoformat(), "until": None, "reason": "Süren"}
    ]


def test_the_command_prints_what_is_held(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    hold = held()
    call_command("audit", "holds")
    assert capsys.readouterr().out.startswith(f"{hold.pk}  ")
