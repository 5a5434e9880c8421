"""What every page of the portal says to the browser: nothing inline, nothing sniffed, nothing personal kept."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from accounts.roles import Role
from tests.security.crawling import visit
from tests.security.office import Office, browsers, furnish

INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)(?![^>]*type=[\"']application/(?:json|ld\+json)[\"'])[^>]*>|<style\b|\sstyle=[\"']|\son[a-z]+=[\"']|javascript:",
    re.IGNORECASE,
)
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
    if answer.headers.get("X-Content-Type-Options") != "nosniff":
        found.append(f"{url}: sniffed")
    if "no-store" not in answer.headers.get("Cache-Control", ""):
        found.append(f"{url}: kept by the browser")
    if is_page and (inline := INLINE.search(answer.content.decode())):
        found.append(f"{url}: inline {inline[0]!r}")
    if not is_page and answer.status_code == 200 and not says_how(answer):
        found.append(f"{url}: neither saved to disk nor harmless")
    return found


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
    assert complaints("/login/", answer) == []
