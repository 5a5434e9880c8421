"""What every page of the portal shows around its content: the menu, the inbox count, the person, language and colours.

A floor cannot import the rooms above it, so an app that has pages of its own offers them here once, in its
`AppConfig.ready()`: `context.offer(MenuEntry("letters", _("Incoming"), "letter-incoming", "letter"))`. A room offers its
pages under the number of its sub-process; they unfold beneath it while one works there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache as shared
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.authority import works_in_unit
from accounts.models import User
from processes import clock, inbox
from processes.models import Case
from processes.queries import capped_counts
from processes.rooms import all_rooms

Text = str | Promise
THEMES = ("auto", "light", "dark")
SECTIONS: dict[str, Text] = {
    "work": "",
    "processes": _("Processes"),
    "letters": _("Correspondence"),
    "archive": _("Archive"),
    "oversight": _("Oversight"),
    "administration": _("Administration"),
}
MANY = 1000  # counted no further
OFFICIAL_NUMBER = re.compile(r"5\.3\.[1-9]")


@dataclass(frozen=True)
class MenuEntry:
    """A page an app wants in the menu; `shown_to` decides for whom, the page itself still refuses others.

    `section` is one of SECTIONS or the official number of a sub-process. A page with `waiting` stands there, with their
    number, only while such rows wait for the person.
    """

    section: str
    label: Text
    url_name: str
    icon: str = ""
    shown_to: Callable[[User], bool] = works_in_unit
    waiting: Callable[[User], QuerySet[Any, Any]] | None = None


@dataclass(frozen=True)
class MenuItem:
    """One link of the menu as it is printed."""

    label: Text
    url: str
    icon: str = ""
    number: str = ""
    count: int = 0
    is_current: bool = False
    key: str = ""
    is_page_of_room: bool = False


@dataclass(frozen=True)
class MenuSection:
    """Links under one heading."""

    key: str
    title: Text
    items: tuple[MenuItem, ...]


_offered: list[MenuEntry] = []
_public: list[tuple[Text, str]] = []


def offer(*entries: MenuEntry) -> None:
    """Put pages into everybody's menu; called once per app at start. A second offer of the same page changes nothing."""
    for entry in entries:
        if entry.section not in SECTIONS and not OFFICIAL_NUMBER.fullmatch(entry.section):
            raise ValueError(f"The menu has no section {entry.section!r}.")
        if entry not in _offered:
            _offered.append(entry)


def offer_public(label: Text, url_name: str) -> None:
    """Put a page that asks for no log-in under the log-in page and the other public ones."""
    if (label, url_name) not in _public:
        _public.append((label, url_name))


def organisation() -> str:
    """The directorate whose system this is, as it stands at the head of pages and print-outs."""
    return str(getattr(settings, "ORGANISATION", _("Provincial Health Directorate")))


def address_of(url_name: str) -> str:
    """The address of a page, or nothing while no app serves it: the menu then leaves it out."""
    return _address(url_name, get_urlconf() or settings.ROOT_URLCONF, get_script_prefix())


@cache
def _address(url_name: str, urlconf: str, prefix: str) -> str:
    """Worked out once: the menu of every page asks for some fifty."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


@dataclass
class Portal:
    """The frame of one request. Everything is worked out when a template asks and at most once."""

    request: HttpRequest
    theme: str = "auto"
    is_demo: bool = field(default_factory=lambda: bool(getattr(settings, "DEMO", False)))

    @property
    def theme_class(self) -> str:
        """The class of <html>: what the person chose before, so that the first paint is already right."""
        return f"theme-{self.theme}"

    @cached_property
    def user(self) -> User | None:
        """The signed-in person."""
        user = getattr(self.request, "user", AnonymousUser())
        return user if isinstance(user, User) else None

    @cached_property
    def person_name(self) -> str:
        """The signed-in person's name."""
        return self.user.get_full_name() or self.user.get_username() if self.user else ""

    @property
    def organisation(self) -> str:
        """Whose system this is."""
        return organisation()

    @cached_property
    def closed_days(self) -> Container[date]:
        """Holidays and leave from today on, for the words beside due dates; a change shows within five minutes."""
        today = timezone.localdate()
        found = shared.get_or_set(f"closed-days:{today}", lambda: frozenset(clock.days_off(today)[0]), 300)
        return found or frozenset()

    @property
    def home_url(self) -> str:
        """The page one's work begins on."""
        return address_of("home") or "/"

    @property
    def search_url(self) -> str:
        """Where the search box leads."""
        return address_of("search")

    @property
    def new_url(self) -> str:
        """Where a new case is registered."""
        return address_of("case-new")

    @property
    def upload_url(self) -> str:
        """Where the package of an official letter is posted to."""
        return address_of("letter-upload")

    @property
    def inbox_url(self) -> str:
        """The person's messages."""
        return address_of("inbox")

    @property
    def logout_url(self) -> str:
        """Where logging out is posted to."""
        return address_of("logout")

    @property
    def language_url(self) -> str:
        """Where the choice of language is posted to."""
        return address_of("set-language")

    @cached_property
    def _counts(self) -> dict[str, int]:
        """Unread messages, open cases assigned to the person, and what waits on other pages: counted in one query."""
        if self.user is None:
            return {}
        unread = inbox.unread(self.user)
        mine = Case.objects.visible_to(self.user).open().filter(assignee=self.user)
        rows = {"inbox": unread, "mine": mine}
        rows |= {entry.url_name: entry.waiting(self.user) for entry in _offered if entry.waiting is not None}
        return dict(zip(rows, capped_counts(tuple(rows.values()), MANY), strict=True))

    @property
    def inbox_count(self) -> int:
        """Messages not read yet."""
        return self._counts.get("inbox", 0)

    @cached_property
    def menu(self) -> tuple[MenuSection, ...]:
        """The menu of this person: sections without a link are left out."""
        if self.user is None:
            return ()
        pages: dict[str, list[MenuItem]] = {"work": self._work()}
        for entry in _offered:
            url = address_of(entry.url_name)
            count = self._counts.get(entry.url_name, 0) if entry.waiting is not None else 0
            if url and entry.shown_to(self.user) and (count or entry.waiting is None):
                item = MenuItem(
                    entry.label,
                    url,
                    entry.icon,
                    count=count,
                    is_current=self._is_at(entry.url_name),
                    is_page_of_room=entry.section not in SECTIONS,
                )
                pages.setdefault(entry.section, []).append(item)
        found = pages | {"processes": [*self._processes(pages), *pages.get("processes", [])]}
        return tuple(
            MenuSection(key, title, tuple(found[key])) for key, title in SECTIONS.items() if found.get(key)
        )

    @property
    def public_pages(self) -> tuple[MenuItem, ...]:
        """What is open to everybody, for a stranger; whoever is signed in has the menu."""
        if self.user is not None:
            return ()
        return tuple(
            MenuItem(label, url, is_current=self._is_at(name))
            for label, name in _public
            if (url := address_of(name))
        )

    @cached_property
    def own_menu(self) -> tuple[MenuItem, ...]:
        """The person's own pages."""
        rows = (("profile", _("My details"), "person"), ("delegations", _("Delegations"), "hand-over"))
        return tuple(MenuItem(label, url, icon) for name, label, icon in rows if (url := address_of(name)))

    def _work(self) -> list[MenuItem]:
        """My work and the whole list."""
        staff = self.user is not None and works_in_unit(self.user)
        rows = (
            ("home", _("My work"), "desk", "gi", self._counts.get("mine", 0)),
            ("case-list", _("All cases") if staff else _("My requests"), "list", "", 0),
        )
        return [
            MenuItem(label, url, icon, "", count, self._is_at(name) and not self._subprocess, key)
            for name, label, icon, key, count in rows
            if (url := address_of(name))
        ]

    def _processes(self, pages: Mapping[str, list[MenuItem]]) -> list[MenuItem]:
        """One link per sub-process for those who do the unit's work, with its own pages under the one they are in.

        Everybody else finds the pages meant for them, one beside the other.
        """
        url = address_of("case-list")
        staff = self.user is not None and works_in_unit(self.user)
        found = []
        for room in all_rooms():
            own = pages.get(room.number, [])
            if staff and url:
                at_page = any(item.is_current for item in own)
                found.append(
                    MenuItem(
                        room.title,
                        f"{url}?{urlencode({'subprocess': room.number})}",
                        number=room.number,
                        is_current=room.number == self._subprocess and not at_page,
                    )
                )
            if not staff or room.number == self._subprocess or self._is_in(room.flow.model._meta.app_label):
                found += own
        return found

    @cached_property
    def _subprocess(self) -> str:
        """The sub-process the page is about: of the case shown, or of the list's filter."""
        match = self.request.resolver_match
        number = str(match.kwargs.get("number", "")) if match else ""
        return number.partition("/")[0] if number else self.request.GET.get("subprocess", "")

    def _is_in(self, app: str) -> bool:
        """The page is one of this app's own."""
        match = self.request.resolver_match
        return match is not None and match.func.__module__.partition(".")[0] == app

    def _is_at(self, url_name: str) -> bool:
        match = self.request.resolver_match
        return match is not None and match.view_name == url_name


def portal(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `portal` for base.html, one per request however many templates are rendered."""
    frame = getattr(request, "_portal", None)
    if frame is None:
        theme = request.COOKIES.get(settings.THEME_COOKIE_NAME, "auto")
        frame = Portal(request, theme if theme in THEMES else "auto")
        request._portal = frame  # type: ignore[attr-defined]
    return {"portal": frame}
