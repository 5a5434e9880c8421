"""Hostile values in every parameter and every box of every page: an answer below 500, nothing executed, nothing shown."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator
from itertools import cycle, islice
from typing import Any

import pytest
from django.core.signals import got_request_exception
from django.db import transaction
from django.test import Client

from accounts.access import API
from accounts.roles import Role
from config.access import ACCESS
from tests.security import matrix
from tests.security.crawling import TOKEN, Form, visit
from tests.security.house import House, build
from tests.security.office import Office, browsers, furnish
from tests.security.test_strangers import everywhere

SCRIPT = "<script>alert(1)</script>"
HOSTILE = {
    "quote": "' OR 1=1--",
    "drop": '"; DROP TABLE processes_case; --',
    "percent": "%27 %_%",
    "script": f"{SCRIPT}<img src=x onerror=alert(1)>",
    "template": "{{7*7}}{% csrf_token %}",
    "nul": "a\x00b",
    "bidi": "rapor\u202efdp.exe",
    "newlines": "a\r\nBcc: kimse@example.invalid",
    "huge number": str(2**63),
    "negative": "-1",
    "float": "1e309",
    "nan": "NaN",
    "other digits": "１２٣",
    "no such day": "2026-02-30",
    "first day": "0001-01-01",
    "last day": "9999-12-31",
    "lookup": "state__regex",
    "path": "../../../../etc/passwd",
    "formula": "=cmd|' /C calc'!A0",
    "bomb": "a" * 50_000 + "b",
}
# What this walk does not come by, and who asks it instead.
UNSEEN = {
    *(name for name, rule in ACCESS.items() if rule == API),  # for programs: `test_described_api`
    *("api-docs", "api-schema", "developer-components", "health", "healthz", "metrics"),  # take nothing
    *("login-certificate", "login-demo", "login-passkey"),  # the doors' own tests
    "logout",
    "case-similar",  # a fragment the picker asks for by POST
    "letter-preview",  # asked for by a script; `tests/ebys/test_outgoing_pages.py`
    *("esignature-ask-open", "esignature-ask-undo"),  # forms of a page that answers a form
    "breach-silence-paper",  # stands only where a signed decision is: `tests/incidents/test_papers.py`
    *("esignature-batch-move", "supply-mark", "view-change"),  # buttons beside a record: their own tests
}
ALWAYS = ("nul", "script", "huge number", "last day")  # tried everywhere; the others take turns
IN_TURN = 5
PARAMETERS = (
    "q",
    "cursor",
    "sort",
    "page",
    "tab",
    "state",
    "since",
    "until",
    "format",
    "view",
    "next",
    "order",
    "size",
)


@pytest.fixture
def office(db: None) -> Office:
    return furnish()


@pytest.fixture
def house(db: None) -> House:
    return build()


@pytest.fixture
def failures() -> Iterator[list[str]]:
    """What went wrong inside, told to whoever reads the test's answer."""
    told: list[str] = []

    def note(sender: Any, request: Any, **kwargs: Any) -> None:
        told.append(
            f"{request.method} {request.path[:80]}: {traceback.format_exc().strip().splitlines()[-1][:300]}"
        )

    got_request_exception.connect(note)
    yield told
    got_request_exception.disconnect(note)


def send(client: Client, method: str, url: str, values: dict[str, Any]) -> Any:
    """One request, of which nothing stays."""
    with transaction.atomic():
        answer = client.get(url, values) if method == "get" else client.post(url, values)
        transaction.set_rollback(True)
    return answer


def complaint(answer: Any, what: str) -> list[str]:
    """What is wrong with an answer to a hostile request."""
    found = []
    if answer.status_code >= 500:
        found.append(f"{answer.status_code}: {what}")
    if not answer.streaming and SCRIPT.encode() in answer.content:
        found.append(f"not escaped: {what}")
    return found


class Walk:
    """What was tried, with what is wrong with the answers."""

    def __init__(self) -> None:
        self.tried: set[tuple[str, ...]] = set()
        self.reached: set[str] = set()
        self.printed: set[str] = set()
        self.complaints: list[str] = []
        self._turn = cycle(sorted(HOSTILE.keys() - ALWAYS))

    def through(self, client: Client, starts: Iterable[str], known: Iterable[str] = ()) -> None:
        """Everything a visitor comes by; `known` views are not looked at again."""
        seen = visit(client, starts, {*self.printed, *known})
        self.printed |= seen.printed
        self.reached |= seen.pages.keys()
        for view, addresses in seen.pages.items():
            if (view,) not in self.tried and view not in seen.printed:
                self._ask(client, view, addresses[0], seen.parameters.get(view, set()))
        for form in seen.forms.values():
            self.reached.add(form.view)
            boxes = form.typed()
            if form.method == "post" and form.view != "logout" and (form.view, "", *boxes) not in self.tried:
                self._fill_in(client, form, boxes)

    def _kinds(self) -> tuple[str, ...]:
        return (*ALWAYS, *islice(self._turn, IN_TURN))

    def _ask(self, client: Client, view: str, address: str, parameters: set[str]) -> None:
        """Hostile values in all parameters of an address at once."""
        self.tried.add((view,))
        names = {*parameters, *PARAMETERS}
        for kind in self._kinds():
            answer = send(client, "get", address, dict.fromkeys(names, HOSTILE[kind][:5000]))
            self.complaints += complaint(answer, f"{view}?{kind}")

    def _fill_in(self, client: Client, form: Form, boxes: list[str]) -> None:
        """Hostile values in all boxes of a form at once, and in each box alone."""
        self.tried.add((form.view, "", *boxes))
        untouched = {key: text for key, text in form.values().items() if key != TOKEN}
        tries = [(kind, dict.fromkeys(boxes, HOSTILE[kind])) for kind in self._kinds()]
        tries += [(kind, {name: HOSTILE[kind]}) for name in boxes for kind in ("nul", next(self._turn))]
        for kind, values in tries:
            answer = send(client, "post", form.action, untouched | values)
            self.complaints += complaint(answer, f"{form.view} {sorted(values)}: {kind}")


def test_no_link_leads_to_a_closed_door(office: Office, failures: list[str]) -> None:
    broken = [
        f"{role} {url}: {status}"
        for role, client in browsers(office).items()
        for url, status in visit(client).statuses.items()
        if status >= 400
    ]
    assert (broken, failures) == ([], [])


def test_hostile_input_is_answered_calmly(house: House, failures: list[str]) -> None:
    """Where links lead first; then at every address that no link led to, with the records of the access matrix."""
    office, walk = furnish(house.people), Walk()
    for client in browsers(office).values():
        walk.through(client, office.starts)
    known = set(walk.reached)
    rest = [url for (name, _record), url in matrix.pages(house) if name.split()[0] not in known]
    inside = browsers(office)
    for client in (
        *(inside[role] for role in (Role.UNIT_HEAD, Role.IT_LEAD, Role.REQUESTING_STAFF)),
        Client(raise_request_exception=False),
    ):
        walk.through(client, rest, known)
    assert (walk.complaints, failures, sorted(set(everywhere()) - walk.reached - UNSEEN)) == ([], [], [])
