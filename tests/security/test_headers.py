"""What every page of the portal says to the browser: nothing inline, nothing sniffed, nothing personal kept."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from tests.security.crawling import visit
from tests.security.office import Office, browsers, furnish

INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*type=[\"']application/(?:json|ld\+json)[\"'])[^>]*>|<style\b|\sstyle=[\"']|\son[a-z]+=[\"']|javascript:",
    re.IGNORECASE,
)
TEXTUAL = re.compile(r"text/|\+xml|/xml")
FORBIDDEN = ("unsafe-inline", "unsafe-eval", "data:", "http:", "https:", "*")


@pytest.fixture
def office(db: None) -> Office:
    return furnish()


def complaints(url: str, answer: Any) -> list[str]:
    found = []
    policy = answer.headers.get("Content-Security-Policy", "")
    is_page = answer.headers.get("Content-Type", "").startswith("text/html")
    forbidden = FORBIDDEN if is_page else ("unsafe-eval", "script-src 'unsafe")
    if "default-src 'none'" not in policy or any(word in policy for word in forbidden):
        found.append(f"{url}: policy {policy!r}")
    closed = ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'")
    if is_page and any(words not in policy for words in closed):
        found.append(f"{url}: plug-ins, base or frames are open in {policy!r}")
    if not re.search(
        r"frame-ancestors '(?:none|self)'", policy
    ):  # a PDF is drawn beside its letter, by us alone
        found.append(f"{url}: may stand in a frame of others")
    kind = answer.headers.get("Content-Type", "")
    if not kind or (TEXTUAL.search(kind) and "charset=utf-8" not in kind):
        found.append(f"{url}: says {kind!r} of its content")
    if answer.headers.get("Access-Control-Allow-Origin"):
        found.append(f"{url}: meant for other sites")
    if is_page and answer.status_code == 200 and not has_way_out(answer):
        found.append(f"{url}: no way out of the session in sight")
    if answer.headers.get("X-Content-Type-Options") != "nosniff":
        found.append(f"{url}: sniffed")
    if "no-store" not in answer.headers.get("Cache-Control", ""):
        found.append(f"{url}: kept by the browser")
    if is_page and (inline := INLINE.search(answer.content.decode())):
        found.append(f"{url}: inline {inline[0]!r}")
    if not is_page and answer.status_code == 200 and not says_how(answer):
        found.append(f"{url}: neither saved to disk nor harmless")
    return found


def has_way_out(answer: Any) -> bool:
    """A whole page of a person has the form that logs out; a fragment stands in such a page."""
    text = answer.content.decode()
    return "<html" not in text or f'action="{reverse("logout")}"' in text


def says_how(answer: Any) -> bool:
    """A file goes to the disk, unless it is data for our scripts, a feed, or a PDF we drew, where no script runs."""
    saved = answer.headers.get("Content-Disposition", "").startswith("attachment")
    return saved or answer.headers["Content-Type"].startswith(
        ("application/json", "text/calendar", "application/pdf", "application/atom+xml")
    )


@pytest.mark.parametrize("role", [Role.UNIT_HEAD, Role.REQUESTING_STAFF])
def test_every_page_keeps_to_the_policy(role: str, office: Office) -> None:
    client: Any = browsers(office)[role]
    answers: dict[str, Any] = {}
    get = client.get

    def noted(url: str, *args: Any, **kwargs: Any) -> Any:
        answers[url] = get(url, *args, **kwargs)
        return answers[url]

    client.get = noted  # the visitor's own requests, written down
    visit(client, office.starts)
    assert len(answers) > 20
    found = [complaint for url, answer in answers.items() for complaint in complaints(url, answer)]
    assert not found, "\n".join(found)


def test_the_doors_before_log_in_are_not_kept_either(db: None) -> None:
    answer = Client().get("/login/")
    assert complaints("/login/", answer) == ["/login/: no way out of the session in sight"]
