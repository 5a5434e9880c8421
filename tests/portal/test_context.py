"""The frame around every page: the menu of the person, what it costs, what it remembers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from django.utils import translation

from accounts.authority import forget, roles_of
from accounts.models import User
from accounts.roles import Role
from processes import context
from processes.context import MenuEntry, Portal
from processes.models import InboxItem
from processes.rooms import all_rooms
from tests.accounts.people import person

pytestmark = pytest.mark.django_db


def frame(user: User | AnonymousUser, path: str = "/", **cookies: str) -> Portal:
    request = RequestFactory().get(path)
    request.COOKIES.update(cookies)
    request.user = user
    request.resolver_match = resolve(path.partition("?")[0])
    found = context.portal(request)["portal"]
    assert isinstance(found, Portal)
    return found


def everything(portal: Portal) -> tuple[Any, ...]:
    return (
        portal.menu,
        portal.own_menu,
        portal.inbox_count,
        portal.person_name,
        portal.organisation,
        portal.home_url,
        portal.theme_class,
    )


@pytest.mark.parametrize("role", [Role.HIS_OFFICER, Role.REQUESTING_STAFF])
def test_the_frame_costs_one_query(role: str) -> None:
    user = person(role)
    InboxItem.objects.bulk_create(InboxItem(user=user, text="x") for _place in range(3))
    portal = frame(user)
    roles_of(user)  # asked by the door before every page

    with CaptureQueriesContext(connection) as queries:
        everything(portal)
        everything(portal)

    assert len(queries) == 1
    assert portal.inbox_count == 3


def test_the_frame_of_a_stranger_costs_nothing() -> None:
    with CaptureQueriesContext(connection) as queries:
        portal = frame(AnonymousUser())
        found = everything(portal)

    assert len(queries) == 0
    assert (found[0], found[2]) == ((), 0)


def test_the_unit_sees_the_processes_and_others_do_not() -> None:
    staff, asking = frame(person(Role.HIS_OFFICER)), frame(person(Role.REQUESTING_STAFF))

    def numbers(portal: Portal) -> set[str]:
        return {item.number for section in portal.menu for item in section.items if item.number}

    assert numbers(staff) == {room.number for room in all_rooms()}
    assert numbers(asking) == set()


def test_the_page_one_is_on_is_marked_once() -> None:
    portal = frame(person(Role.HIS_OFFICER), "/cases/?subprocess=5.3.6")

    current = [item for section in portal.menu for item in section.items if item.is_current]

    assert [item.number for item in current] == ["5.3.6"]


def test_read_messages_are_not_counted() -> None:
    user = person(Role.HIS_OFFICER)
    InboxItem.objects.create(user=user, text="x", read_at="2026-11-22T09:00:00Z")

    assert frame(user).inbox_count == 0


@pytest.mark.parametrize(
    ("kept", "expected"), [("dark", "theme-dark"), ("", "theme-auto"), ('"><script>', "theme-auto")]
)
def test_the_colours_one_chose_are_kept(kept: str, expected: str) -> None:
    assert frame(AnonymousUser(), theme=kept).theme_class == expected


def test_an_app_offers_a_page_for_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "_offered", list(context._offered))
    is_head: Callable[[User], bool] = lambda user: Role.UNIT_HEAD in roles_of(user)  # noqa: E731 - shown_to is a function
    context.offer(MenuEntry("oversight", "Uyum panosu", "home", "shield", is_head))
    context.offer(MenuEntry("oversight", "Uyum panosu", "home", "shield", is_head))

    def seen(user: User) -> int:
        forget(user)
        return [str(item.label) for section in frame(user).menu for item in section.items].count(
            "Uyum panosu"
        )

    assert (seen(person(Role.UNIT_HEAD)), seen(person(Role.HIS_OFFICER))) == (1, 0)


def test_the_pages_of_a_room_unfold_where_one_works_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "_offered", [MenuEntry("5.3.6", "Yedek parça", "helpdesk-reports")])
    officer = person(Role.HIS_OFFICER)

    def labels(path: str) -> list[tuple[str, str]]:
        section = next(one for one in frame(officer, path).menu if one.key == "processes")
        return [(item.number, str(item.label)) for item in section.items]

    here, elsewhere = labels("/cases/?subprocess=5.3.6"), labels("/cases/?subprocess=5.3.7")

    assert here[[number for number, _label in here].index("5.3.6") + 1] == ("", "Yedek parça")
    assert ("", "Yedek parça") not in elsewhere
    assert ("", "Yedek parça") in labels("/reports/5.3.6/")


def test_who_does_not_work_in_the_unit_finds_the_pages_meant_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        context,
        "_offered",
        [MenuEntry("5.3.6", "Yedek parça", "helpdesk-reports", shown_to=lambda user: True)],
    )

    menu = frame(person(Role.REQUESTING_STAFF)).menu

    assert [str(item.label) for one in menu if one.key == "processes" for item in one.items] == [
        "Yedek parça"
    ]


def test_a_page_of_an_unknown_section_is_refused() -> None:
    with pytest.raises(ValueError, match="no section"):
        context.offer(MenuEntry("kitchen", "Çay", "home"))


def test_the_menu_is_told_in_the_language_of_the_reader() -> None:
    portal = frame(person(Role.HIS_OFFICER))

    with translation.override("tr"):
        turkish = [str(item.label) for item in portal.menu[0].items]
    with translation.override("en"):
        english = [str(item.label) for item in portal.menu[0].items]

    assert (turkish[0], english[0]) == ("İşlerim", "My work")


def test_a_stranger_is_shown_what_is_open_to_everybody(client: Client) -> None:
    page = client.get("/login/").content.decode()
    assert 'href="/ihlal-bildirimi/"' in page
    assert 'href="/duyurular/"' in page
    assert client.get("/duyurular/").content.decode().count('aria-current="page"') == 1


def test_whoever_is_signed_in_has_the_menu_instead() -> None:
    assert frame(AnonymousUser()).public_pages
    assert frame(person(Role.REQUESTING_STAFF)).public_pages == ()
