"""The trail in the admin: read by search and filter, written by nobody."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from accounts.models import Institution, User
from audit import trail
from audit.admin import EntryAdmin, NearPaginator
from audit.context import acting
from audit.models import Entry
from tests.audit.people import somebody


@pytest.fixture
def pages() -> EntryAdmin:
    found = admin.site._registry[Entry]
    assert isinstance(found, EntryAdmin)
    return found


@pytest.fixture
def request_of_all_powers(rf: RequestFactory, db: None) -> Any:
    request = rf.get("/admin/audit/entry/")
    request.user = User(username="root", is_superuser=True, is_active=True, is_staff=True)
    return request


def test_nobody_writes(pages: EntryAdmin, request_of_all_powers: Any) -> None:
    request = request_of_all_powers
    assert not pages.has_add_permission(request)
    assert not pages.has_change_permission(request)
    assert not pages.has_delete_permission(request)
    assert pages.get_actions(request) == {}


def found_by(pages: EntryAdmin, request: Any, words: str) -> list[str]:
    queryset, _distinct = pages.get_search_results(request, Entry.objects.order_by("id"), words)
    return list(queryset.values_list("event", flat=True))


def test_search_by_record_person_and_request(pages: EntryAdmin, request_of_all_powers: Any) -> None:
    person = somebody("fatma")
    place = Institution(pk=1, name="Örnekova Devlet Hastanesi")
    with acting(by=person):
        trail.record(Institution(pk=2, name="Başka"), "one")
    with acting(request_id="ebys-2026-000123"):
        trail.record(Institution(pk=3, name="Üçüncü"), "two")
    trail.record(place, "three")
    request = request_of_all_powers
    assert found_by(pages, request, "Örnekova") == ["three"]
    assert "one" in found_by(pages, request, "fatma")
    assert found_by(pages, request, "ebys-2026-000123") == ["two"]
    assert found_by(pages, request, "' OR 1=1--") == []
    assert found_by(pages, request, "%") == []


def test_the_table_is_never_counted_whole(db: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert NearPaginator(Entry.objects.order_by("-id"), 50).count == 0
    (query,) = queries
    assert "LIMIT 10000" in query["sql"]


def test_the_list_asks_few_questions(pages: EntryAdmin, request_of_all_powers: Any) -> None:
    request = request_of_all_powers
    person = somebody()
    with acting(by=person):
        for number in range(1, 31):
            trail.record(Institution(pk=number, name=f"Hastane {number}"), "viewed")
    pages.get_changelist_instance(request)  # kinds of record are kept in memory from here on
    with CaptureQueriesContext(connection) as queries:
        listed = pages.get_changelist_instance(request)
        for entry in listed.result_list[:30]:
            assert (str(entry.actor), entry.kind.model) == (str(person), "institution")
            assert pages.kind(entry)
    assert len(queries) == 2


def test_a_malformed_filter_finds_nothing(pages: EntryAdmin, rf: RequestFactory, db: None) -> None:
    trail.record(Institution(pk=1, name="Bir"), "viewed")
    for bad in ("x", "-1", "９", "1' OR '1'='1"):
        request = rf.get("/admin/audit/entry/", {"kind": bad})
        request.user = User(username="root", is_superuser=True, is_active=True, is_staff=True)
        assert list(pages.get_changelist_instance(request).result_list) == []
