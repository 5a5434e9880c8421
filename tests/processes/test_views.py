"""Saved views: one's own, and those the unit shares."""

from __future__ import annotations

import pytest

from audit.queries import entries_of
from processes.errors import NotFound, NotPermitted, RuleBroken
from processes.models import SavedView
from processes.queries import views_of
from processes.services import views
from tests.accounts.people import signed_in_client

pytestmark = pytest.mark.django_db


def test_save_keeps_the_filters_without_what_passes(around):
    view = views.save(around.officer, "cases", "  Bu  hafta ", "?due=week&cursor=abc&q=&unit=%C5%9Fube")
    assert (view.name, view.query) == ("Bu hafta", "due=week&unit=%C5%9Fube")
    assert views.address(view) == "/cases/?due=week&unit=%C5%9Fube"
    assert [(entry.event, entry.step) for entry in entries_of(view)] == [("created", "save_view")]


def test_save_under_the_same_name_replaces(around):
    views.save(around.officer, "cases", "Benim", "a=1")
    views.save(around.officer, "cases", "Benim", "a=2")
    assert SavedView.objects.get().query == "a=2"


@pytest.mark.parametrize(
    ("list_name", "name", "query"),
    [
        ("cases", " ", "a=1"),
        ("nowhere", "x", "a=1"),
        ("cases", "x" * 81, ""),
        ("cases", "x", "a=" + "b" * 1000),
    ],
)
def test_save_refuses_what_it_cannot_keep(around, list_name, name, query):
    with pytest.raises(RuleBroken):
        views.save(around.officer, list_name, name, query)
    assert not SavedView.objects.exists()


def test_shared_views_are_for_the_unit(around):
    views.save(around.officer, "cases", "Birim", "a=1", shared=True)
    views.save(around.officer, "cases", "Özel", "a=1")
    assert [view.name for view in views_of(around.lead, "cases")] == ["Birim"]
    assert views_of(around.applicant, "cases") == []
    with pytest.raises(NotPermitted):
        views.save(around.applicant, "cases", "Herkese", "a=1", shared=True)


def test_only_the_owner_changes_a_view(around):
    view = views.save(around.officer, "cases", "Birim", "a=1", shared=True)
    for change in (
        lambda: views.rename(view, around.lead, "x"),
        lambda: views.share(view, around.lead, False),
        lambda: views.remove(view, around.lead),
    ):
        with pytest.raises(NotPermitted):
            change()
    with pytest.raises(NotFound):
        views.view_of(around.lead, view.pk)


def test_rename_to_a_name_already_used_says_so(around):
    views.save(around.officer, "cases", "Bir", "a=1")
    view = views.save(around.officer, "cases", "İki", "a=1")
    with pytest.raises(RuleBroken):
        views.rename(view, around.officer, "Bir")


def test_there_is_an_end_to_the_number_of_views(around):
    SavedView.objects.bulk_create(
        SavedView(owner=around.officer, list_name="cases", name=f"v{number}") for number in range(views.MOST)
    )
    with pytest.raises(RuleBroken):
        views.save(around.officer, "cases", "fazla", "a=1")


def test_the_pages_save_change_and_remove(around):
    client = signed_in_client(around.officer)
    response = client.post("/views/cases/", {"name": "Bu hafta", "query": "due=week", "is_shared": "on"})
    assert (response.status_code, response["Location"]) == (302, "/cases/?due=week")
    view = SavedView.objects.get()
    assert view.is_shared
    client.post(f"/views/{view.pk}/change/", {"name": "Hafta", "shared": "no"})
    view.refresh_from_db()
    assert (view.name, view.is_shared) == ("Hafta", False)
    assert signed_in_client(around.lead).post(f"/views/{view.pk}/remove/").status_code == 404
    response = client.post(f"/views/{view.pk}/remove/")
    assert (response.status_code, response["Location"]) == (302, "/cases/")
    assert not SavedView.objects.exists()


def test_a_name_with_marks_nobody_sees_is_kept_without_them(around):
    client = signed_in_client(around.officer)
    assert client.post("/views/cases/", {"name": "a\0b\u202ec\r\nd", "query": "q=%00"}).status_code == 302
    assert SavedView.objects.get().name == "abc d"


def test_a_view_leads_nowhere_but_to_its_list(around):
    client = signed_in_client(around.officer)
    response = client.post("/views/cases/", {"name": "x", "query": "//evil.example/?a=1&next=//evil.example"})
    assert response["Location"].startswith("/cases/?")
    assert client.post("/views/nowhere/", {"name": "x", "query": ""}).status_code == 422
