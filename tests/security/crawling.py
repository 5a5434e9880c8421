"""A visitor that follows every link and notes every form, so that new pages are tested without naming them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.test import Client
from django.urls import Resolver404, resolve

STARTS = ("/", "/me/", "/cases/", "/new/", "/inbox/", "/search/?q=a")
PAGES_PER_VIEW = 2
NOT_FOLLOWED = ("/static/", "/admin/", "/api/", "/developer/")


@dataclass
class Field:
    """One thing a form asks for, with the value it stands at."""

    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)


@dataclass
class Form:
    """One form of a page."""

    view: str
    action: str
    method: str
    fields: dict[str, Field] = field(default_factory=dict)

    def values(self) -> dict[str, str]:
        """What the form sends when nobody touches it."""
        return {
            one.name: one.value or (one.options[0] if one.options else "") for one in self.fields.values()
        }

    def typed(self) -> list[str]:
        """The fields a person fills in, hidden ones included: anybody can change those too."""
        return [
            one.name
            for one in self.fields.values()
            if one.kind not in {"file", "submit"} and one.name != TOKEN
        ]


TOKEN = "csrfmiddlewaretoken"


class Page(HTMLParser):
    """The links and forms of one page."""

    def __init__(self, url: str, text: str) -> None:
        super().__init__()
        self.url = url
        self.links: set[str] = set()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select: Field | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.add(urljoin(self.url, given["href"]))
        elif tag == "form":
            action = urljoin(self.url, given.get("action", ""))
            self._form = Form(view_of(action) or "", action, given.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is not None and given.get("name"):
            self._note(self._form, tag, given)
        elif tag == "option" and self._select is not None:
            self._select.options.append(given.get("value", ""))
            if "selected" in given:
                self._select.value = given.get("value", "")

    def _note(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name, kind = given["name"], given.get("type", "text") if tag == "input" else tag
        if tag not in {"input", "select", "textarea", "button"}:
            return
        if kind in {"radio", "checkbox"} and name in form.fields:
            form.fields[name].options.append(given.get("value", "on"))
            return
        noted = Field(name, "submit" if tag == "button" else kind, given.get("value", ""))
        form.fields[name] = noted
        self._select = noted if tag == "select" else None

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None


def view_of(url: str) -> str | None:
    """The name of the view at an address of ours."""
    parts = urlsplit(url)
    if parts.netloc or parts.path.startswith(NOT_FOLLOWED):
        return None
    try:
        return resolve(parts.path).view_name
    except Resolver404:
        return None


@dataclass
class Visit:
    """What a visitor saw."""

    pages: dict[str, list[str]] = field(default_factory=dict)  # view → addresses that let the visitor in
    statuses: dict[str, int] = field(default_factory=dict)  # address → status
    printed: set[str] = field(default_factory=set)  # views that answer with something else than a page
    forms: dict[tuple[str, str, tuple[str, ...]], Form] = field(default_factory=dict)
    parameters: dict[str, set[str]] = field(default_factory=dict)  # view → names in its query


def visit(client: Client, starts: Iterable[str] = STARTS, printed: Iterable[str] = ()) -> Visit:
    """Follow every link from the beginning: the first addresses all of them, else a few of each view.

    `printed` are views already known to answer with a file: those are slow to make and have no links.
    """
    seen = Visit(printed=set(printed))
    first = tuple(starts)
    waiting = deque(first)
    known: set[str] = set()
    while waiting:
        url = urlsplit(waiting.popleft())._replace(fragment="").geturl()
        view = view_of(url)
        if view is None or url in known:
            continue
        known.add(url)
        seen.parameters.setdefault(view, set()).update(
            name for name, _value in parse_qsl(urlsplit(url).query)
        )
        enough = len(seen.pages.get(view, ())) >= PAGES_PER_VIEW and url not in first
        if view in seen.printed or enough:
            continue
        answer: Any = client.get(url)
        seen.statuses[url] = answer.status_code
        if answer.status_code >= 400 or answer.headers.get("Location", "").startswith("/login/"):
            continue
        seen.pages.setdefault(view, []).append(url)
        if answer.status_code != 200:
            continue
        if not answer.headers.get("Content-Type", "").startswith("text/html"):
            seen.printed.add(view)
            continue
        page = Page(url, answer.content.decode())
        waiting.extend(sorted(page.links))
        for form in page.forms:
            if form.view:
                seen.forms.setdefault((form.view, form.method, tuple(sorted(form.fields))), form)
                if form.method == "get":
                    seen.parameters.setdefault(form.view, set()).update(form.fields)
    return seen
