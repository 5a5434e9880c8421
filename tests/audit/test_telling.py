"""The trail as people read it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from accounts.models import Institution, User
from audit import telling, trail
from audit.context import acting, because, signed_in
from audit.models import Entry
from audit.queries import entries_of
from helpdesk.models import State
from tests.audit.people import somebody
from tests.audit.test_trail import hospital, ticket, tracked

__all__ = ["tracked"]


@pytest.fixture(autouse=True)
def english() -> Any:
    with override("en"):
        yield


def words(entry: Entry) -> dict[str, tuple[str, str]]:
    """The changes of an entry as they stand on the page."""
    (line,) = telling.lines([entry])
    return {change.label: (change.before, change.after) for change in line.changes}


def test_columns_and_choices_have_their_names(db: None) -> None:
    place = hospital()
    place.kind, place.is_active = "university_hospital", False
    place.save()
    assert words(entries_of(place)[0]) == {
        "Kind": ("State hospital", "University hospital"),
        "In use": ("Yes", "No"),
    }


def test_records_are_named_not_numbered(db: None) -> None:
    parent, place = hospital(name="Başhekimlik"), hospital()
    place.parent = parent
    place.save()
    assert words(entries_of(place)[0]) == {"Belongs to": ("", "Başhekimlik")}


def test_a_record_that_is_gone_stands_by_its_number(db: None) -> None:
    parent, place = hospital(name="Başhekimlik"), hospital()
    key = parent.pk
    place.parent = parent
    place.save()
    place.parent = None
    place.save()
    parent.delete()
    assert words(entries_of(place)[0]) == {"Belongs to": (f"Record {key}", "–")}


def test_a_state_stands_in_the_rooms_words(db: None) -> None:
    case = ticket()
    case.state = State.ASSESSED
    case.save()
    assert words(entries_of(case)[0]) == {"State": ("Reported", "Assessed")}


def test_a_state_the_room_no_longer_knows_stands_as_it_is(db: None) -> None:
    entry = trail.record(ticket(), "changed", {"state": ["forgotten", "assessed"]})
    assert words(entry) == {"State": ("forgotten", "Assessed")}


def test_moments_are_told_in_local_time(db: None) -> None:
    entry = trail.record(ticket(), "changed", {"due_at": [None, "2026-11-22T21:30:00+00:00"]})
    assert words(entry) == {"Due": ("", "11/23/2026 12:30 a.m.")}


def test_columns_nobody_edits_are_left_out(db: None) -> None:
    entry = trail.record(ticket(), "changed", {"version": [1, 2]})
    assert words(entry) == {}


def test_a_column_that_no_longer_exists_keeps_its_own_name(db: None) -> None:
    entry = trail.record(ticket(), "changed", {"old_column": ["a", "b"]})
    assert words(entry) == {"old column": ("a", "b")}


def test_a_long_text_is_shortened_on_the_page_only(db: None) -> None:
    entry = trail.record(ticket(), "changed", {"finding": ["", "x" * 5000]})
    ((_before, after),) = words(entry).values()
    assert (len(after), len(entry.changes["finding"][1])) == (401, 5000)  # type: ignore[index]  # written above


def test_a_deputy_and_the_principal_are_both_named(db: None) -> None:
    deputy = User.objects.get(pk=somebody("vekil").pk)
    lender = somebody("asil")
    User.objects.filter(pk=lender.pk).update(first_name="Fatma", last_name="Kaya")
    with signed_in(deputy), because(step="assess", on_behalf_of=lender):
        place = hospital()
    page = render_to_string(
        "audit/trail.html", {"entries": entries_of(place), "steps": {"assess": "5.3.6.2 Assess"}}
    )
    assert "Ayşe Yıldırım" in page
    assert "on behalf of Fatma Kaya" in page
    assert "step: 5.3.6.2 Assess" in page


def test_nobody_is_the_system(db: None) -> None:
    (line,) = telling.lines(entries_of(hospital()))
    assert line.who == "The system"


def test_what_people_typed_is_escaped(db: None) -> None:
    with because(reason="<script>alert(1)</script>"):
        place = hospital(name="<img src=x onerror=alert(1)>")
    page = render_to_string("audit/trail.html", {"entries": entries_of(place), "with_record": True})
    assert "<script>" not in page
    assert "<img" not in page


def test_an_empty_trail_says_so(db: None) -> None:
    assert "Nothing has been recorded yet." in render_to_string(
        "audit/trail.html", {"entries": Entry.objects.none()}
    )


def test_as_many_questions_for_thirty_lines_as_for_three(db: None) -> None:
    def questions(count: int) -> int:
        place = hospital(name=f"Hastane {count}")
        for number in range(count):
            place.parent = hospital(name=f"Üst {count}.{number}")
            place.save()
        with CaptureQueriesContext(connection) as queries:
            render_to_string("audit/trail.html", {"entries": entries_of(place)})
        return len(queries)

    assert (questions(3), questions(30)) == (2, 2)


def test_a_refusal_stands_out(db: None) -> None:
    with acting(address="192.0.2.7"):
        trail.refused(Institution, "not-permitted")
    page = render_to_string("audit/trail.html", {"entries": Entry.objects.newest_first()})
    assert "timeline__entry--refused" in page
    assert "192.0.2.7" in page
